package journal

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// Error says why a state file can't be used, or no longer.
type Error struct {
	Path     string
	Message  string // what is wrong
	NextStep string // what to do about it
	Cause    error  // the error beneath, if any
}

// Error gives the file, what is wrong and what to do about it.
func (e *Error) Error() string {
	text := fmt.Sprintf("The state file %s %s.", e.Path, e.Message)
	if e.NextStep != "" {
		text += "\n" + e.NextStep
	}
	return text
}

// Unwrap gives the error beneath.
func (e *Error) Unwrap() error { return e.Cause }

// ErrWrite: a run could not be recorded any further, and was stopped for that.
var ErrWrite = errors.New("the run can't be recorded")

// The result codes of SQLite that a person can do something about
// (sqlite.org/rescode.html).
const (
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
)

const (
	nameAnother = "Name another file with --state, or go without one with --state off."
	startAnew   = "Put it back from a backup, or name a new one with --state: a run finds what exists in the tenant and does nothing twice."
)

func goOn(path string) string {
	return "go on with enlist resume --state " + path + ", or run the same file again: what is done is found, not done twice."
}

// explain tells an error of SQLite so that a person can act on it.
func explain(path string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{Path: path, Message: fmt.Sprintf("can't be used: %v", err), NextStep: nameAnother, Cause: err}
	var refused *sqlite.Error
	if !errors.As(err, &refused) {
		return e
	}
	switch refused.Code() & 0xff {
	case codeNotADB:
		e.Message, e.NextStep = "is not a state file of enlist", nameAnother
	case codeCorrupt:
		e.Message, e.NextStep = "is damaged", startAnew
	case codeReadOnly, codeCantOpen:
		e.Message, e.NextStep = "can't be written", "Give enlist the right to write to the file and its folder, or name another with --state."
	case codeFull:
		e.Message, e.NextStep = "can't grow: the disk is full", "Make room, then "+goOn(path)
	case codeIO:
		e.Message, e.NextStep = fmt.Sprintf("can't be read or written: %v", err), "Check the disk, then "+goOn(path)
	}
	return e
}
