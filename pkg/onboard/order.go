package onboard

import "sync"

// inOrder completes outcomes and hands them on in the order of their places,
// whatever order they arrive in.
type inOrder struct {
	room    chan struct{} // bounds the outcomes that are reserved and not handed on
	arrived chan placed
	broken  chan struct{} // closed when emit has failed
}

type placed struct {
	place int
	draft draft
}

// newInOrder lets so many outcomes be reserved, and so many wait to be handed on
// though they are due.
func newInOrder(reserved, due int) *inOrder {
	return &inOrder{
		room:    make(chan struct{}, reserved),
		arrived: make(chan placed, due),
		broken:  make(chan struct{}),
	}
}

// reserve waits until there is room for one more outcome, and reports whether
// outcomes are still wanted.
func (q *inOrder) reserve() bool {
	select {
	case q.room <- struct{}{}:
		return true
	case <-q.broken:
		return false
	}
}

// put takes the outcome of a place, each place once. It waits while outcomes come
// faster than they are handed on.
func (q *inOrder) put(place int, d draft) {
	select {
	case q.arrived <- placed{place, d}:
	case <-q.broken:
	}
}

// handOn gives emit all that is due until arrived is closed, or up to its first
// error.
func (q *inOrder) handOn(emit func(Outcome) error) error {
	held := map[int]draft{}
	next := 0
	for p := range q.arrived {
		if p.place != next {
			held[p.place] = p.draft
			continue
		}
		for d, due := p.draft, true; due; d, due = held[next] {
			delete(held, next)
			next++
			<-q.room
			if err := emit(d.complete()); err != nil {
				close(q.broken)
				return err
			}
		}
	}
	return nil
}

// turns makes rows about the same person go one after the other.
type turns struct {
	free chan struct{} // closed: what the first in a line waits for

	mu   sync.Mutex
	last map[string]chan struct{}
}

func newTurns() *turns {
	free := make(chan struct{})
	close(free)
	return &turns{free: free, last: map[string]chan struct{}{}}
}

// turn is the place of one row in the line for its person.
type turn struct {
	ready <-chan struct{} // closed when all earlier rows are done
	done  func()
}

// take queues up for key, behind everybody who took a turn before.
func (t *turns) take(key string) turn {
	mine := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	before, waiting := t.last[key]
	if !waiting {
		before = t.free
	}
	t.last[key] = mine
	return turn{ready: before, done: func() { t.leave(key, mine) }}
}

func (t *turns) leave(key string, mine chan struct{}) {
	close(mine)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last[key] == mine {
		delete(t.last, key)
	}
}
