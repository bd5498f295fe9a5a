package onboard

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// part is what a command changes of a group.
type part int

const (
	// memberships are changed side by side, until the tenant shows that it
	// doesn't take that for this group.
	memberships part = iota
	// allowedSenders are asked for side by side; the tenant joins them.
	allowedSenders
	// settings are changed one at a time.
	settings
)

// lines keep commands that change the same group apart. Commands on different
// groups know nothing of each other.
type lines struct {
	mu     sync.Mutex
	groups map[string]*line // by id
}

func (l *lines) of(g Group) *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups == nil {
		l.groups = map[string]*line{}
	}
	if l.groups[g.ID] == nil {
		l.groups[g.ID] = &line{}
	}
	return l.groups[g.ID]
}

// line is who changes one group, and who waits to. One part is changed at a
// time, and those who came first for another one are next: with them go all who
// want the same part, if that is changed side by side.
type line struct {
	mu       sync.Mutex
	part     part // that is being changed
	running  int  // commands under way
	oneByOne bool // memberships, too
	waiting  []*place
}

type place struct {
	part  part
	free  chan struct{} // closed when the command may go out
	alone bool          // known then: no other command of ours is beside it
}

// enter takes a place, which is free at once or later.
func (l *line) enter(p part) *place {
	l.mu.Lock()
	defer l.mu.Unlock()
	mine := &place{part: p, free: make(chan struct{})}
	l.waiting = append(l.waiting, mine)
	if len(l.waiting) == 1 {
		l.admit()
	}
	return mine
}

// admit lets out whoever may go. The caller holds the lock.
func (l *line) admit() {
	if len(l.waiting) == 0 {
		return
	}
	next := l.waiting[0].part
	if l.running > 0 && (next != l.part || !l.sideBySide(next)) {
		return
	}
	l.part = next
	l.waiting = slices.DeleteFunc(l.waiting, func(w *place) bool {
		if w.part != next || l.running > 0 && !l.sideBySide(next) {
			return false
		}
		l.running++
		w.alone = next != memberships || l.oneByOne
		close(w.free)
		return true
	})
}

func (l *line) sideBySide(p part) bool {
	return p == allowedSenders || p == memberships && !l.oneByOne
}

// leave gives the place to others, taken or not.
func (l *line) leave(mine *place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, mine); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	} else {
		l.running--
	}
	l.admit()
}

// collided notes that the tenant refused a command for another one that changed
// the group at the same time: from now on memberships of this group go one by one.
func (l *line) collided() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.oneByOne = true
}

// inLine sends a command that changes the part of the group, when it is its turn,
// and sends it again when the tenant refused it because of others. While the row
// waits it gives its slot to others.
func (w *worker) inLine(ctx context.Context, g Group, p part, send func() error) error {
	l := w.lines.of(g)
	for waits := w.waits(); ; {
		alone, err := w.sendInLine(ctx, l, p, send)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if l.collided(); !alone {
			continue // it was our own, and won't be again
		}
		if waitErr := waits.next(ctx); waitErr != nil {
			return firstNot(waitErr, errNoMorePatience, err)
		}
	}
}

// sendInLine sends the command once, and tells whether it had the group for itself.
func (w *worker) sendInLine(ctx context.Context, l *line, p part, send func() error) (alone bool, err error) {
	mine := l.enter(p)
	defer l.leave(mine)
	if err := w.awaitTurn(ctx, mine.free); err != nil {
		return false, err
	}
	return mine.alone, send()
}

// awaitTurn waits until the turn comes, giving the row's slot to others
// meanwhile: whose turn it is may be waiting for a slot itself.
func (w *worker) awaitTurn(ctx context.Context, turn <-chan struct{}) error {
	select {
	case <-turn:
		return nil
	default:
	}
	w.releaseSlot()
	select {
	case <-turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return w.retakeSlot(ctx)
}
