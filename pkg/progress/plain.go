package progress

import (
	"fmt"
	"io"
	"sync"
	"time"

	"enlist/pkg/onboard"
)

const plainEvery = 10 * time.Second

// plain writes a line now and then, for logs and pipes.
type plain struct {
	mu    sync.Mutex
	out   io.Writer
	state state

	stop    chan struct{}
	stopped chan struct{}
}

func newPlain(out io.Writer, o Options) *plain {
	p := &plain{out: out, state: newState(o), stop: make(chan struct{}), stopped: make(chan struct{})}
	go p.tell()
	return p
}

func (p *plain) Add(o onboard.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.tally.Add(o)
}

func (p *plain) Note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.out, text)
}

func (p *plain) Waiting(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.waiting = what
}

func (p *plain) Close() {
	close(p.stop)
	<-p.stopped
}

func (p *plain) tell() {
	defer close(p.stopped)
	tick := time.NewTicker(plainEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.Note(p.line())
		}
	}
}

func (p *plain) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.String()
}

// none shows notes only: what a person must know is not progress.
type none struct {
	mu  sync.Mutex
	out io.Writer
}

func (n *none) Add(onboard.Outcome) {}

func (n *none) Waiting(string) {}

func (n *none) Note(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fmt.Fprintln(n.out, text)
}

func (n *none) Close() {}
