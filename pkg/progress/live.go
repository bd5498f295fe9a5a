package progress

import (
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

// live keeps one line at the bottom of a terminal up to date. It shows no
// share of the whole, since the input is streamed and its length not known.
type live struct {
	container *mpb.Progress
	line      *mpb.Bar

	mu    sync.Mutex
	state state
}

func newLive(out io.Writer) *live {
	l := &live{state: newState()}
	l.container = mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh(), mpb.WithRefreshRate(liveEvery))
	l.line = l.container.New(0, mpb.NopStyle(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return l.text() })))
	return l
}

func (l *live) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state.String()
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

// Note writes above the line.
func (l *live) Note(text string) {
	io.WriteString(l.container, text+"\n")
}

// Close wipes the line: the summary that follows says more.
func (l *live) Close() {
	l.line.Abort(true)
	l.container.Wait()
}
