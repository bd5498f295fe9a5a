package progress

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"enlist/pkg/onboard"
)

// liveEvery is how often the line on the terminal is drawn: seldom enough to
// be read.
const liveEvery = 500 * time.Millisecond

// live keeps three lines at the bottom of a terminal up to date: how far the run
// is, what came of it, and how fast the tenant lets it be. Each fits 80 columns.
type live struct {
	container *mpb.Progress
	lines     []*mpb.Bar

	mu    sync.Mutex
	state state
}

func newLive(out io.Writer, o Options) *live {
	l := &live{state: newState(o)}
	l.container = mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh(), mpb.WithRefreshRate(liveEvery))
	l.add(func(s state) string {
		return fmt.Sprintf("%s%s (%s so far)", s.bar(), s.extent(), time.Since(s.started).Round(time.Second))
	})
	l.add(state.results)
	l.add(state.pace)
	return l
}

// add puts a line below the others.
func (l *live) add(text func(state) string) {
	l.lines = append(l.lines, l.container.New(0, mpb.NopStyle(), mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
		l.mu.Lock()
		defer l.mu.Unlock()
		return text(l.state)
	}))))
}

func (l *live) Add(o onboard.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.tally.Add(o)
}

func (l *live) Waiting(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.waiting = what
}

// Note writes above the lines.
func (l *live) Note(text string) {
	io.WriteString(l.container, text+"\n")
}

// Close wipes the lines: the summary that follows says more.
func (l *live) Close() {
	for _, line := range l.lines {
		line.Abort(true)
	}
	l.container.Wait()
}
