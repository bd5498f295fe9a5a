package onboard

import (
	"context"
	"sync"
	"sync/atomic"
)

// settingBook has what becomes of the groups' settings, each of which is seen
// to once in a run, however many rows name the group.
type settingBook struct {
	mu    sync.Mutex
	pages map[string]*settingPage
}

// settingPage is what became of one setting of one group.
type settingPage struct {
	turn    chan struct{}              // has room for the row that sees to it
	settled atomic.Pointer[settlement] // nil: not yet
	changes []Change                   // none any more once an outcome has told of them
}

// settlement is how it ended, for all rows.
type settlement struct{ err error }

func newSettingBook() *settingBook { return &settingBook{pages: map[string]*settingPage{}} }

func (b *settingBook) page(setting string) *settingPage {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[setting]
	if !ok {
		p = &settingPage{turn: make(chan struct{}, 1)}
		b.pages[setting] = p
	}
	return p
}

// once runs ensure for whichever row comes first. A failure is the same for all
// rows, unless it may pass. The changes are told of with the first row in the
// order of the input that wanted them, which need not be the one that came first.
func (w *worker) once(ctx context.Context, setting string, t *target, ensure func() ([]Change, error)) error {
	p := w.settings.page(setting)
	s := p.settled.Load()
	if s == nil {
		var err error
		if s, err = w.settleInTurn(ctx, p, ensure); err != nil {
			return err
		}
	}
	if s.err == nil {
		t.inOrder(p.tell)
	}
	return s.err
}

// settleInTurn runs ensure when no other row is at it, unless one has settled it
// meanwhile. An error that may pass settles nothing.
func (w *worker) settleInTurn(ctx context.Context, p *settingPage, ensure func() ([]Change, error)) (*settlement, error) {
	if err := w.takeTurn(ctx, p.turn); err != nil {
		return nil, err
	}
	defer func() { <-p.turn }()
	if s := p.settled.Load(); s != nil {
		return s, nil
	}
	changes, err := ensure()
	if err != nil && problemOf(err, "").deferrable() {
		return nil, err
	}
	p.changes = changes
	s := &settlement{err}
	p.settled.Store(s)
	return s, nil
}

// tell tells of the changes with the result, unless that was done before.
func (p *settingPage) tell(result *GroupResult) {
	result.Changes = append(result.Changes, p.changes...)
	p.changes = nil
}

// takeTurn waits for the turn, giving the row's slot to others meanwhile: the
// row whose turn it is may be waiting for a slot itself.
func (w *worker) takeTurn(ctx context.Context, turn chan struct{}) error {
	select {
	case turn <- struct{}{}:
		return nil
	default:
	}
	w.releaseSlot()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	err := w.retakeSlot(ctx)
	if err != nil {
		<-turn
	}
	return err
}

// retakeSlot goes on in a slot after the row gave its own to others.
func (w *worker) retakeSlot(ctx context.Context) error {
	select {
	case w.slots <- struct{}{}:
		w.hasSlot = true
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
