package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"enlist/pkg/cause"
	"enlist/pkg/intake"
	"enlist/pkg/journal"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/onboard"
	"enlist/pkg/report"
)

// exitCode is what a scheduler acts on. One meaning each; never 0 when a row
// failed.
type exitCode int

const (
	exitDone        exitCode = 0   // every row is as wanted
	exitUnexpected  exitCode = 1   // a bug
	exitUsage       exitCode = 2   // wrong usage, configuration or input; nothing was written
	exitRowsFailed  exitCode = 3   // finished, but some rows failed or were invalid
	exitChanges     exitCode = 4   // plan --detailed-exitcode only: there are changes to make
	exitLater       exitCode = 5   // try again later, unchanged
	exitDenied      exitCode = 6   // credentials or permissions
	exitLimit       exitCode = 7   // a safety limit was reached; nothing past it was written
	exitDeadline    exitCode = 10  // --max-duration reached
	exitHeld        exitCode = 11  // another run holds the state file
	exitInterrupted exitCode = 130 // interrupted; can be gone on with
)

// usageError is a mistake in how enlist was called.
type usageError struct {
	Message  string
	NextStep string
	cause    error
}

func (e *usageError) Error() string {
	if e.NextStep == "" {
		return e.Message
	}
	return e.Message + "\n" + e.NextStep
}

func (e *usageError) Unwrap() error { return e.cause }

// worse gives the exit code of two runs together: the one that a person should
// look at first.
func worse(a, b exitCode) exitCode {
	for _, code := range []exitCode{exitInterrupted, exitDeadline, exitDenied, exitUnexpected, exitLimit, exitRowsFailed, exitLater, exitChanges} {
		if a == code || b == code {
			return code
		}
	}
	return exitDone
}

// exitCodeOf is the one place where errors become exit codes.
func exitCodeOf(err error) exitCode {
	var (
		ended  *runEnded
		usage  *usageError
		input  *intake.InputError
		signIn *cloud.SignInError
		held   *journal.HeldError
		state  *journal.Error
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &ended):
		return ended.code
	case errors.Is(err, onboard.ErrInterrupted):
		return exitInterrupted
	case errors.Is(err, onboard.ErrDeadline):
		return exitDeadline
	case errors.Is(err, onboard.ErrLimit):
		return exitLimit
	case errors.As(err, &held):
		return exitHeld
	case errors.Is(err, journal.ErrWrite), errors.Is(err, report.ErrWrite):
		return exitLater
	case errors.As(err, &usage), errors.As(err, &input), errors.As(err, &state):
		return exitUsage
	case errors.As(err, &signIn) && signIn.Temporary:
		return exitLater
	case errors.As(err, &signIn), errors.Is(err, cloud.ErrNoCredential), errors.Is(err, onboard.ErrDenied):
		return exitDenied
	case errors.Is(err, onboard.ErrUnavailable), errors.Is(err, onboard.ErrThrottled):
		return exitLater
	}
	return exitUnexpected
}

// outcomeCode is the exit code of a run that reached the end of its input.
func outcomeCode(t *onboard.Tally) exitCode {
	bad := t.Verdicts[onboard.Failed] + t.Verdicts[onboard.Partial] + t.Verdicts[onboard.Invalid]
	switch {
	case bad > 0 && bad == t.Problems[onboard.CodeDenied]:
		return exitDenied
	case bad > 0:
		return exitRowsFailed
	case t.Verdicts[onboard.Deferred] > 0:
		return exitLater
	}
	return exitDone
}

// asSentence gives a text the looks of one: an upper-case letter at its beginning,
// unless that is a name such as a file's, and a full stop at its end.
func asSentence(text string) string {
	word, _, _ := strings.Cut(text, " ")
	if !strings.ContainsFunc(word, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }) {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(last) || unicode.IsDigit(last) || last == '"' || last == ')' {
		text += "."
	}
	return text
}

// explain is what a person reads when a command fails.
func explain(err error) string {
	if ended, ok := errors.AsType[*runEnded](err); ok {
		return ended.explain()
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, onboard.ErrInterrupted):
		return "Interrupted before the first row. Nothing was changed."
	case errors.Is(err, onboard.ErrDeadline):
		return "The time allowed with --max-duration was up before the first row. Nothing was changed."
	}
	text := cause.Text(err)
	_, misused := errors.AsType[*usageError](err)
	_, unreported := errors.AsType[*unreportedError](err)
	if !misused && !unreported { // which are sentences, or end with a command
		text = asSentence(text)
	}
	text = "Error: " + text
	switch exitCodeOf(err) {
	case exitUsage, exitLimit:
		text += "\nNothing was changed."
	case exitDenied:
		text += "\n\"enlist doctor\" checks credential, permissions and roles one by one, and says how to mend what is missing."
	case exitLater:
		if errors.Is(err, journal.ErrWrite) || errors.Is(err, report.ErrWrite) {
			break // there is something to mend first, and the text says so
		}
		text += "\nTry again later, unchanged."
	case exitUnexpected:
		text += "\nThis should not happen. Please report it, with this message and the output of \"enlist version\"."
	}
	return text
}
