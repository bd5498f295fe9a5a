// Package progress shows on a terminal or in a log how far a run is.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
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

// Options say what there is to show besides rows.
type Options struct {
	// Rows is how many there are; 0 if that is not known.
	Rows int
	// Tenant tells how the tenant lets the run go; nil if nobody can.
	Tenant func() Tenant
}

// Tenant is how the tenant lets the run go.
type Tenant struct {
	Rate      float64       // requests a second that may go out
	Throttled int           // requests so far that it answered by asking to slow down
	Pause     time.Duration // for which it asked, as far as it is left
}

// New gives a display that writes to out. A mode that it doesn't know is
// taken for Auto.
func New(out io.Writer, mode Mode, o Options) Display {
	switch {
	case mode == None:
		return &none{out: out}
	case mode == Plain || !isTerminal(out):
		return newPlain(out, o)
	}
	return newLive(out, o)
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
	options Options
}

func newState(o Options) state {
	return state{tally: onboard.NewTally(), started: time.Now(), options: o}
}

// String tells the state in a line for a log: "1m20s: 960 of 5000 rows done,
// about 5m40s left; 900 created, 950 added, 10 failed; 12.0 rows/s; the tenant
// allows 28 requests/s, 2 throttled".
func (s state) String() string {
	line := fmt.Sprintf("%s: %s; %s", time.Since(s.started).Round(time.Second), s.extent(), s.results())
	if pace := s.pace(); pace != "" {
		line += "; " + pace
	}
	return line
}

// extent tells how far the run is.
func (s state) extent() string {
	if s.options.Rows == 0 {
		return rows(s.tally.Rows) + " done"
	}
	text := fmt.Sprintf("%d of %s done", s.tally.Rows, rows(s.options.Rows))
	if left := s.options.Rows - s.tally.Rows; left > 0 && s.rate() > 0 {
		text += fmt.Sprintf(", about %s left", rough(float64(left)/s.rate()))
	}
	return text
}

// rough gives seconds as nobody would mind them to be wrong.
func rough(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d > time.Hour:
		d = d.Round(5 * time.Minute)
	case d > 10*time.Minute:
		d = d.Round(time.Minute)
	default:
		return max(d.Round(10*time.Second), time.Second).String()
	}
	return strings.TrimSuffix(d.String(), "0s")
}

// results counts contacts created, memberships added, failed and deferred rows,
// and rows a second.
func (s state) results() string {
	v := s.tally.Verdicts
	text := fmt.Sprintf("%d created, %d added, %d failed",
		s.tally.Contacts[onboard.ContactCreated], s.tally.Members[onboard.MemberAdded],
		v[onboard.Partial]+v[onboard.Failed]+v[onboard.Invalid])
	if n := v[onboard.Deferred]; n > 0 {
		text += fmt.Sprintf(", %d deferred", n)
	}
	return text + fmt.Sprintf("; %.1f rows/s", s.rate())
}

// pace tells how fast the tenant lets the run be, and what the run waits for;
// empty if there is nothing to tell.
func (s state) pace() string {
	var parts []string
	if s.options.Tenant != nil {
		parts = append(parts, s.options.Tenant().String())
	}
	if s.waiting != "" {
		parts = append(parts, s.waiting)
	}
	return strings.Join(parts, "; ")
}

func (t Tenant) String() string {
	text := fmt.Sprintf("the tenant allows %.0f requests/s", t.Rate)
	if t.Pause > 0 {
		text = fmt.Sprintf("the tenant asked to wait %s", max(t.Pause.Round(time.Second), time.Second))
	}
	if t.Throttled > 0 {
		text += fmt.Sprintf(", %d throttled", t.Throttled)
	}
	return text
}

// bar draws the share of the rows that are done; empty if it is not known.
func (s state) bar() string {
	if s.options.Rows == 0 {
		return ""
	}
	const width = 20
	share := min(float64(s.tally.Rows)/float64(s.options.Rows), 1)
	full := int(share * width)
	return fmt.Sprintf("[%s%s] %d %%  ", strings.Repeat("#", full), strings.Repeat("-", width-full), int(share*100))
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
