package main

import (
	"path/filepath"

	"github.com/spf13/cobra"
)

const rootHelp = `enlist puts external people on Exchange Online distribution groups, in bulk.

It reads a CSV file, creates a mail contact for each person who has none, adds
the contact to the groups that the row names, and lets those groups take mail
from outside. Running the same file again changes nothing that is as wanted.

Exit codes:
  0    every row is as wanted
  1    unexpected failure
  2    wrong usage, configuration or input file; nothing was written
  3    finished, but some rows failed or were invalid; see the report
  4    plan --detailed-exitcode only: there are changes to make
  5    try again later, unchanged; deferred rows are left
  6    credentials or permissions
  7    a safety limit was reached; nothing past it was written
  10   --max-duration reached; deferred rows are left
  11   another run holds the state file
  130  interrupted; enlist resume goes on, or run the same file again`

func newRootCommand(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "enlist",
		Short:         "Put external people on Exchange Online distribution groups, in bulk",
		Long:          rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          noSuchCommand,

		SuggestionsMinimumDistance: 2,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := settle(cmd); err != nil {
				return err
			}
			logAsJSON(cmd)
			return nil
		},
	}
	root.PersistentFlags().String("config", "", "configuration file (YAML); \"enlist config init\" writes one")
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.AddCommand(newRunCommand(), newPlanCommand(), newResumeCommand(), newUndoCommand(), newHistoryCommand(), newShowCommand(), newInspectCommand(), newDoctorCommand(), newConfigCommand(), newManCommand(), newVersionCommand())
	for _, cmd := range root.Commands() {
		completeChoices(cmd)
	}
	tellMisuse(root)
	speakPlainly(root)
	return root
}

// someFiles wants the input as arguments: one file or more, of different names,
// since each has a report of its own under its name.
func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &usageError{Message: "No input file was named.",
			NextStep: "Give the CSV file, as in: " + cmd.CommandPath() + " partners.csv (or - for standard input)."}
	}
	seen := map[string]bool{}
	for _, name := range args {
		if seen[filepath.Base(name)] {
			return &usageError{Message: "Two input files are named " + filepath.Base(name) + ".",
				NextStep: "Run enlist once for each of them."}
		}
		seen[filepath.Base(name)] = true
	}
	return nil
}

// oneFile wants exactly one argument, the input.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &usageError{Message: "More than one input file was named.", NextStep: "Give one file at a time."}
	}
	return someFiles(cmd, args)
}
