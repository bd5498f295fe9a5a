package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tellMisuse makes the command and those below it tell mistakes of the caller
// in words of ours, where cobra and pflag speak to programmers.
func tellMisuse(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{Message: flagMistake(err), NextStep: "See " + cmd.CommandPath() + " --help.", cause: err}
	})
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if _, told := errors.AsType[*usageError](err); err == nil || told {
				return err
			}
			return &usageError{Message: fmt.Sprintf("This is not how %q is called.", cmd.CommandPath()),
				NextStep: "Write: " + cmd.UseLine(), cause: err}
		}
	}
	for _, sub := range cmd.Commands() {
		tellMisuse(sub)
	}
}

// flagMistake tells an error of pflag as a sentence.
func flagMistake(err error) string {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Sprintf("--%s does not take %q: %s.", wrong.GetFlag().Name, wrong.GetValue(), wanted(wrong.GetFlag(), wrong.Unwrap()))
	}
	message := err.Error()
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// wanted says what a flag takes. Flags with values of our own say it themselves.
func wanted(f *pflag.Flag, err error) string {
	switch f.Value.Type() {
	case "int":
		return "it wants a whole number"
	case "duration":
		return "it wants a duration, such as 90s, 30m or 2h"
	case "bool":
		return "it wants true or false"
	}
	return err.Error()
}

// noSuchCommand is what the program does when it is called without a command
// that it has.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	next := "See enlist --help for those that there are."
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		next = "Did you mean: enlist " + strings.Join(like, ", enlist ") + "? " + next
	}
	return &usageError{Message: fmt.Sprintf("There is no command %q.", args[0]), NextStep: next}
}
