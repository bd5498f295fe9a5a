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

// lookups asks Exchange who holds an address, for many workers at once with one
// command.
type lookups struct {
	ask  func(ctx context.Context, addresses ...string) ([]exchange.Recipient, error)
	turn chan struct{} // has room for the one under way

	mu   sync.Mutex
	open *lookup // takes further addresses; nil when there is none
}

func newLookups(ask func(ctx context.Context, addresses ...string) ([]exchange.Recipient, error)) *lookups {
	return &lookups{ask: ask, turn: make(chan struct{}, 1)}
}

// lookup is one command, and those who wait for its answer.
type lookup struct {
	addresses []string // in lower case, each once
	full      chan struct{}
	done      chan struct{} // closed when the answer is there
	found     []exchange.Recipient
	err       error
}

// holders gives the recipients that hold the address. Who opens a look-up sends
// it; whoever comes in time shares it.
func (l *lookups) holders(ctx context.Context, address string) ([]exchange.Recipient, error) {
	address = strings.ToLower(address)
	mine, first := l.join(address)
	if first {
		hasTurn := l.gather(ctx, mine)
		mine.found, mine.err = l.ask(ctx, mine.addresses...)
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
	case len(mine.addresses) == 1:
		return mine.found, mine.err
	case isRefusal(mine.err), slices.ContainsFunc(mine.found, mine.isStray):
		// It may be about another address, or somebody was found by something
		// that is not among the addresses.
		return l.ask(ctx, address)
	case mine.err != nil:
		return nil, mine.err
	}
	var holders []exchange.Recipient
	for _, r := range mine.found {
		if holds(r, address) {
			holders = append(holders, r)
		}
	}
	return holders, nil
}

// join adds the address to the look-up that is open, or opens one.
func (l *lookups) join(address string) (mine *lookup, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = &lookup{full: make(chan struct{}), done: make(chan struct{})}
		first = true
	}
	mine = l.open
	if !slices.Contains(mine.addresses, address) {
		mine.addresses = append(mine.addresses, address)
	}
	if len(mine.addresses) == exchange.MaxAddresses {
		l.open = nil
		close(mine.full)
	}
	return mine, first
}

// gather waits until the look-up is to be sent, and reports whether it has the
// turn. After that nobody adds to it.
func (l *lookups) gather(ctx context.Context, mine *lookup) (hasTurn bool) {
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

func (l *lookup) isStray(r exchange.Recipient) bool {
	return !slices.ContainsFunc(l.addresses, func(address string) bool { return holds(r, address) })
}

// isRefusal tells an error that is about what was asked from one that would
// come for any question.
func isRefusal(err error) bool {
	return errors.Is(err, exchange.ErrInvalidParameter) || errors.Is(err, exchange.ErrInvalidAddress) || errors.Is(err, exchange.ErrMalformed)
}

func holds(r exchange.Recipient, address string) bool {
	return slices.ContainsFunc(r.Addresses(), func(a string) bool { return strings.EqualFold(a, address) })
}
