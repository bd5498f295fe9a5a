package m365

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"enlist/pkg/m365/exchange"
)

// A look-up waits for others to share its command: at least for gathering, which
// is little beside the time that a command takes, and while another one is under
// way, since it would have to queue in any case; but not for longer than patience.
const (
	gathering = 10 * time.Millisecond
	patience  = time.Second
)

// lookups asks Exchange who has a value, such as an address, for many workers at
// once with one command.
type lookups[R any] struct {
	most int // values that a command takes
	ask  func(ctx context.Context, values ...string) ([]R, error)
	has  func(r R, value string) bool
	turn chan struct{} // has room for the one under way

	mu   sync.Mutex
	open *lookup[R] // takes further values; nil when there is none
}

func newLookups[R any](most int, ask func(ctx context.Context, values ...string) ([]R, error), has func(r R, value string) bool) *lookups[R] {
	return &lookups[R]{most: most, ask: ask, has: has, turn: make(chan struct{}, 1)}
}

// lookup is one command, and those who wait for its answer.
type lookup[R any] struct {
	values []string // in lower case, each once
	full   chan struct{}
	done   chan struct{} // closed when the answer is there
	found  []R
	err    error
}

// holders gives the recipients that have the value. Who opens a look-up sends
// it; whoever comes in time shares it.
func (l *lookups[R]) holders(ctx context.Context, value string) ([]R, error) {
	value = strings.ToLower(value)
	mine, first := l.join(value)
	if first {
		hasTurn := l.gather(ctx, mine)
		mine.found, mine.err = l.ask(ctx, mine.values...)
		close(mine.done)
		if hasTurn {
			<-l.turn
		}
	}
	select {
	case <-mine.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	switch {
	case len(mine.values) == 1:
		return mine.found, mine.err
	case isRefusal(mine.err), slices.ContainsFunc(mine.found, func(r R) bool { return l.isStray(mine, r) }):
		// It may be about another value, or somebody was found by something that
		// is not among the values.
		return l.ask(ctx, value)
	case mine.err != nil:
		return nil, mine.err
	}
	var holders []R
	for _, r := range mine.found {
		if l.has(r, value) {
			holders = append(holders, r)
		}
	}
	return holders, nil
}

// join adds the value to the look-up that is open, or opens one.
func (l *lookups[R]) join(value string) (mine *lookup[R], first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = &lookup[R]{full: make(chan struct{}), done: make(chan struct{})}
		first = true
	}
	mine = l.open
	if !slices.Contains(mine.values, value) {
		mine.values = append(mine.values, value)
	}
	if len(mine.values) == l.most {
		l.open = nil
		close(mine.full)
	}
	return mine, first
}

// gather waits until the look-up is to be sent, and reports whether it has the
// turn. After that nobody adds to it.
func (l *lookups[R]) gather(ctx context.Context, mine *lookup[R]) (hasTurn bool) {
	timer := time.NewTimer(gathering)
	defer timer.Stop()
	select {
	case <-mine.full:
		return false
	case <-timer.C:
	case <-ctx.Done():
	}
	timer.Reset(patience)
	select {
	case <-mine.full:
		return false
	case l.turn <- struct{}{}:
		hasTurn = true
	case <-timer.C:
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == mine {
		l.open = nil
	}
	return hasTurn
}

func (l *lookups[R]) isStray(of *lookup[R], r R) bool {
	return !slices.ContainsFunc(of.values, func(value string) bool { return l.has(r, value) })
}

// isRefusal tells an error that is about what was asked from one that would
// come for any question.
func isRefusal(err error) bool {
	return errors.Is(err, exchange.ErrInvalidParameter) || errors.Is(err, exchange.ErrInvalidAddress) || errors.Is(err, exchange.ErrMalformed)
}

func holds(r exchange.Recipient, address string) bool {
	return slices.ContainsFunc(r.Addresses(), func(a string) bool { return strings.EqualFold(a, address) })
}
