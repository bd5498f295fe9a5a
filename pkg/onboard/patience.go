package onboard

import (
	"context"
	"errors"
	"time"
)

// Patience is how long a row waits for something that the tenant will show
// soon: a new contact that the next command doesn't find yet. Observed with
// the service: 3 to 5 tries and up to 75 s when tried at once, seldom more
// than 15 s (contracts, exchange-admin-api.md, 6.3).
type Patience struct {
	First time.Duration // the first wait; each further one is twice as long. Default 2 s
	Most  time.Duration // the longest single wait. Default 15 s
	Total time.Duration // all waits of one step together. Default 2 min 30 s
	// Settle is how long a new contact waits for its first membership, once it
	// has shown in this run that the tenant needs such time. Default 15 s, after
	// which the first try was observed to succeed 19 times of 19.
	Settle time.Duration
	// Quota is how long creations wait, all waits together, while the tenant
	// takes no further contacts. Default: not at all.
	Quota time.Duration
}

func (p Patience) withDefaults() Patience {
	if p.First <= 0 {
		p.First = 2 * time.Second
	}
	if p.Most <= 0 {
		p.Most = 15 * time.Second
	}
	if p.Total <= 0 {
		p.Total = 150 * time.Second
	}
	if p.Settle <= 0 {
		p.Settle = 15 * time.Second
	}
	return p
}

var errNoMorePatience = errors.New("waited as long as allowed")

// waits are the waits of one step of one row.
type waits struct {
	worker *worker
	wait   time.Duration
	spent  time.Duration
}

func (w *worker) waits() *waits { return &waits{worker: w, wait: w.job.Patience.First} }

// next waits once, giving the row's slot to others meanwhile. It returns
// errNoMorePatience when the bound is reached, or why the run stops.
func (s *waits) next(ctx context.Context) error {
	p := s.worker.job.Patience
	if s.spent+s.wait > p.Total {
		return errNoMorePatience
	}
	s.worker.releaseSlot()
	err := sleep(ctx, s.worker.stop, s.wait)
	s.spent += s.wait
	s.wait = min(2*s.wait, p.Most)
	if err != nil {
		return err
	}
	return s.worker.takeSlot(ctx)
}

// awaitShown gives a new contact, before its first membership, the time that the
// tenant needs to show it, and the row's slot to others meanwhile. The anchor of
// its requests mostly leads to the server that knows it already, so the wait
// begins only once a try has failed in this run.
func (w *worker) awaitShown(ctx context.Context) error {
	if !w.person.New || w.awaited || !w.slow.Load() {
		return nil
	}
	w.awaited = true
	w.releaseSlot()
	if err := sleep(ctx, w.stop, w.job.Patience.Settle-time.Since(w.created)); err != nil {
		return err
	}
	return w.takeSlot(ctx)
}

// noteNotShown notes that the tenant did not find a contact that this run has
// created.
func (w *worker) noteNotShown() {
	if w.person.New {
		w.slow.Store(true)
	}
}

// noteRepeated notes that a command is repeated after the error.
func (w *worker) noteRepeated(err error) {
	if !errors.Is(err, ErrUncertain) {
		w.job.Observer.TriedTooSoon()
	}
}

// sleep waits for d, or until the run stops.
func sleep(ctx, stop context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-stop.Done():
		return context.Cause(stop)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// firstNot gives err, or instead when err is the boring one.
func firstNot(err, boring, instead error) error {
	if errors.Is(err, boring) {
		return instead
	}
	return err
}
