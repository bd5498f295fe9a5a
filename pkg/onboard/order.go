package onboard

import "sync"

// inOrder completes outcomes and hands them on in the order of their places,
// whatever order they arrive in.
type inOrder struct {
	room   chan struct{} // bounds the outcomes that are reserved and not handed on
	emit   func(Outcome) error
	broken chan struct{} // closed when emit has failed

	mu   sync.Mutex
	next int
	held map[int]draft
	err  error
}

func newInOrder(bound int, emit func(Outcome) error) *inOrder {
	return &inOrder{
		room:   make(chan struct{}, bound),
		emit:   emit,
		broken: make(chan struct{}),
		held:   map[int]draft{},
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

// put takes the outcome of a place, each place once, and hands on all that are
// due. After emit has failed once it is not called again.
func (q *inOrder) put(place int, d draft) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held[place] = d
	for q.err == nil {
		d, due := q.held[q.next]
		if !due {
			return nil
		}
		delete(q.held, q.next)
		q.next++
		<-q.room
		if q.err = q.emit(d.complete()); q.err != nil {
			close(q.broken)
		}
	}
	return q.err
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
