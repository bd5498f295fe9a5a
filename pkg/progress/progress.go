// Package progress shows on a terminal or in a log how far a run is.
package progress

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"enlist/pkg/onboard"
)

// Display shows a run while it goes on. Its methods may be called by several
// goroutines at once, though not after Close.
type Display interface {
	// Add counts one more row.
	Add(onboard.Outcome)
	// Note tells a person something in a line of its own.
	Note(string)
	// Waiting tells what the run waits for, until it is told anew; empty is
	// nothing.
	Waiting(what string)
	// Close takes the display away, so that other text may follow.
	Close()
}

// Mode says what a display looks like.
type Mode string

// The modes, as --progress names them.
const (
	Auto  Mode = "auto"  // a live line on a terminal, Plain elsewhere
	Plain Mode = "plain" // a line every ten seconds
	None  Mode = "none"  // notes only
)

// New gives a display that writes to out. A mode that it doesn't know is
// taken for Auto.
func New(out io.Writer, mode Mode) Display {
	switch {
	case mode == None:
		return &none{out: out}
	case mode == Plain || !isTerminal(out):
		return newPlain(out)
	}
	return newLive(out)
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// state is what a display counts.
type state struct {
	tally   *onboard.Tally
	started time.Time
	waiting string // what for; empty for nothing
}

func newState() state {
	return state{tally: onboard.NewTally(), started: time.Now()}
}

// String tells the state in a line that fits a terminal: "1m20s: 960 rows
// done, 900 created, 950 added, 10 failed; 12.0 rows/s". Created are contacts,
// added memberships, failed and deferred rows.
func (s state) String() string {
	v := s.tally.Verdicts
	line := fmt.Sprintf("%s: %s done, %d created, %d added, %d failed",
		time.Since(s.started).Round(time.Second), rows(s.tally.Rows),
		s.tally.Contacts[onboard.ContactCreated], s.tally.Members[onboard.MemberAdded],
		v[onboard.Partial]+v[onboard.Failed]+v[onboard.Invalid])
	if n := v[onboard.Deferred]; n > 0 {
		line += fmt.Sprintf(", %d deferred", n)
	}
	line += fmt.Sprintf("; %.1f rows/s", s.rate())
	if s.waiting != "" {
		line += "; " + s.waiting
	}
	return line
}

func (s state) rate() float64 {
	seconds := time.Since(s.started).Seconds()
	if seconds == 0 {
		return 0
	}
	return float64(s.tally.Rows) / seconds
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
