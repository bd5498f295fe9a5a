package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
)

// limitOptions are the flags that stop a run which does more than it should.
type limitOptions struct {
	creates  limit
	failures limit
	shrunk   bool
}

func (o *limitOptions) register(flags *pflag.FlagSet) {
	flags.Var(&o.creates, "max-creates", "stop before more contacts are created, as a number or a share of the rows, as in 5%")
	flags.Var(&o.failures, "max-failures", "stop when more rows failed or are invalid, as a number or a share of the rows")
	flags.BoolVar(&o.shrunk, "accept-shrunk-input", false, "go on although the input is empty, or has half the rows of the last run or less")
}

// limit is a number, or a share of the input's rows.
type limit struct {
	n       int
	percent bool
	set     bool
}

// String gives the limit as Set takes it.
func (l *limit) String() string {
	switch {
	case !l.set:
		return ""
	case l.percent:
		return fmt.Sprintf("%d%%", l.n)
	}
	return strconv.Itoa(l.n)
}

// Set takes "25" or "10%"; empty means no limit.
func (l *limit) Set(text string) error {
	if text == "" {
		*l = limit{}
		return nil
	}
	number, percent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || percent && n > 100 {
		return errors.New("it is neither a number such as 25 nor a share such as 10%")
	}
	*l = limit{n: n, percent: percent, set: true}
	return nil
}

// Type is the word for the value in the help.
func (l *limit) Type() string { return "N|N%" }

// of is the limit for an input of so many rows.
func (l *limit) of(rows int) int {
	switch {
	case !l.set:
		return onboard.NoLimit
	case l.percent:
		return rows * l.n / 100
	}
	return l.n
}

// limits gives what bounds the run over an input.
func (o *limitOptions) limits(s survey, stop context.CancelCauseFunc) *onboard.Limits {
	return &onboard.Limits{Creates: o.creates.of(s.rows), Failures: o.failures.of(s.rows), Stop: stop}
}

// limitError is a safety limit that shows before anything is written.
type limitError struct {
	Message  string
	NextStep string
}

func (e *limitError) Error() string { return e.Message + "\n" + e.NextStep }
func (e *limitError) Unwrap() error { return onboard.ErrLimit }

// check judges an input that was counted beforehand. last is the last whole
// run over an input from the same source, if there is one.
func (o *limitOptions) check(s survey, last *journal.Run) error {
	if most := o.failures.of(s.rows); most != onboard.NoLimit && s.invalid > most {
		return &limitError{Message: fmt.Sprintf("%d of %d rows of the input are invalid, and --max-failures allows %d.", s.invalid, s.rows, most),
			NextStep: "Mend the input (enlist inspect shows what is wrong), or raise --max-failures."}
	}
	switch {
	case o.shrunk:
		return nil
	case s.rows == 0:
		return emptyInput()
	case last != nil && 2*s.rows <= last.Rows:
		return &limitError{Message: fmt.Sprintf("The input has %d rows, and that of the last run of %s had %d.", s.rows, last.Source, last.Rows),
			NextStep: "Look whether the input is whole. If it is meant to be so, give --accept-shrunk-input; if it comes from elsewhere, name that with --source."}
	}
	return nil
}

func emptyInput() error {
	return &limitError{Message: "The input has no rows.",
		NextStep: "Look whether the input is whole. If it is meant to be empty, give --accept-shrunk-input."}
}
