package onboard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Causes with which the context of [Job.Run] can be cancelled, so that the
// outcomes of the rows left over tell why they were left.
var (
	ErrInterrupted = errors.New("the run was interrupted")
	ErrDeadline    = errors.New("the run's time was up")
)

// Job is one execution over one input. The zero value of each field but Tenant
// is a sensible choice.
type Job struct {
	Tenant    Tenant
	Policies  Policies   // what may be done about which group
	Update    *Update    // nil: contacts that exist stay as they are
	NewGroups *NewGroups // nil: groups that nobody has stay so
	// Key is the custom attribute in which contacts keep the rows' key. By that,
	// a person whose address has changed is known, and the contact gets the new
	// address. Rows of one key must have one address. Empty: people are known by
	// their address alone.
	Key Field
	// Workers is how many rows are worked on at once; default 16. Rows that
	// wait for the tenant to show a new contact do not count.
	Workers int
	// Patience is how long a row waits for the tenant.
	Patience Patience
	Observer Observer // nil: nobody
	// Watch, if set, is told of each row that is taken up. The context that it
	// gives goes with all that the row asks of the tenant; done is called once
	// the outcome is whole, which may be a while after the row's last step.
	Watch func(ctx context.Context, row Row) (watched context.Context, done func(Outcome))
	// Grace is how long rows in hand may go on after the context was
	// cancelled; default 30 s.
	Grace time.Duration
}

const (
	// inHand bounds the rows whose turn it was at once and that are neither
	// finished nor parked; most of them wait for the tenant to show a new contact.
	inHand = 2048
	// ahead bounds the rows that are parked, that wait for an earlier row about
	// the same person, or that are finished but wait for any earlier row, since
	// outcomes go out in the order of the input.
	ahead = 65536
)

// Run works off the rows and hands one outcome for each to emit, in the order
// of the rows; emit is never called by two goroutines at once.
//
// When ctx is cancelled no further row is begun: rows in hand are finished
// within Grace, and all others, read to the end of the input, come out as
// deferred. The same happens when the tenant denies access or fails again and
// again. Run then returns the reason: the cause of ctx, or an error that wraps
// [ErrDenied] or [ErrUnavailable]. It also returns the first error of rows or
// emit, after which outcomes are missing. Rows that fail are no error of Run.
func (j Job) Run(ctx context.Context, rows iter.Seq2[Row, error], emit func(Outcome) error) error {
	if err := j.Policies.check(); err != nil {
		return err
	}
	j = j.withDefaults()
	stop, stopBecause := context.WithCancelCause(ctx)
	defer stopBecause(nil)
	j.Tenant = watch(j.Tenant, stopBecause)
	hard, cancelHard := withGrace(stop, j.Grace)
	defer cancelHard()

	workers, work := errgroup.WithContext(hard)
	r := &run{
		job:      j,
		stop:     stop,
		slots:    make(chan struct{}, j.Workers),
		settings: newSettingBook(),
		out:      newInOrder(ahead, j.Workers),
		turns:    newTurns(),
		claims:   newClaims(),
		hands:    make(chan struct{}, inHand),
		idle:     newIdle(j.Workers),
		quota:    newQuotaGate(j.Patience.Quota, j.Observer),
	}
	workers.Go(func() error { return r.out.handOn(emit) })
	var tending sync.WaitGroup
	tending.Go(func() { r.tendQuota(work, workers, r.idle.over) })
	readErr := r.dispatch(work, workers, rows)
	if readErr != nil {
		r.quota.stop() // an error is told at once, not when the tenant takes contacts again
	}
	r.undone.Wait()
	close(r.idle.over)
	close(r.out.arrived)
	tending.Wait()
	if err := workers.Wait(); err != nil {
		return err
	}
	if readErr != nil {
		return readErr
	}
	return context.Cause(stop)
}

// withGrace gives a context that ends a while after stop does, so that what is
// in hand then can be finished.
func withGrace(stop context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(stop))
	unregister := context.AfterFunc(stop, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	return ctx, func() {
		unregister()
		cancel()
	}
}

func (j Job) withDefaults() Job {
	if j.Workers <= 0 {
		j.Workers = 16
	}
	if j.Grace <= 0 {
		j.Grace = 30 * time.Second
	}
	if j.Watch == nil {
		j.Watch = func(ctx context.Context, _ Row) (context.Context, func(Outcome)) { return ctx, nil }
	}
	if j.Observer == nil {
		j.Observer = nobody{}
	}
	j.Patience = j.Patience.withDefaults()
	if j.Update != nil {
		j.Update = j.Update.keyed(j.Key)
	}
	return j
}

// run is the state that the rows of one Run share.
type run struct {
	job      Job
	stop     context.Context // done: begin nothing new
	slots    chan struct{}   // one for each row being worked on
	settings *settingBook
	lines    lines
	seen     seenSet
	crowds   crowds
	quota    *quotaGate
	out      *inOrder
	turns    *turns
	claims   *claims        // of rows with keys
	hands    chan struct{}  // one for each row in hand; see inHand
	undone   sync.WaitGroup // one for each row that is begun and not finished
	idle     idle
	// slow: the tenant did not find a contact that this run had created.
	slow atomic.Bool
}

// dispatch reads the rows and starts a goroutine for each, in the order of the
// input as slots become free. Rows about the same person take turns.
func (r *run) dispatch(ctx context.Context, workers *errgroup.Group, rows iter.Seq2[Row, error]) error {
	seq := 0
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("reading the input: %w", err)
		}
		if !r.out.reserve() {
			return nil // the error of emit comes back from where it was called
		}
		if r.job.Key != "" {
			row = r.job.keyed(row)
			if row.Problem == nil {
				r.claims.name(row.Contact.Email, row.Line)
				r.claims.recall(row)
			}
		}
		place := seq
		seq++
		if row.Known != nil {
			r.seen.first(row.Contact.key())
		}
		if o, decided := row.decided(); decided {
			r.out.put(place, draft{outcome: o})
			continue
		}
		r.hands <- struct{}{}
		r.undone.Add(1)
		w := &worker{run: r, row: row, place: place, turn: r.turns.take(row.Contact.key())}
		r.start(ctx, workers, w, sync.OnceFunc(func() { <-r.hands }))
	}
	return nil
}

// start works on a row, in a goroutine that has no other, as soon as a slot is
// free. letGo is called when the row is finished or parked, or has to wait for an
// earlier one, which may be parked; perhaps more than once.
func (r *run) start(ctx context.Context, workers *errgroup.Group, w *worker, letGo func()) {
	if !w.takeSlotIfNext(ctx) {
		letGo()
	}
	r.idle.give(workers, func() {
		defer letGo()
		r.finish(ctx, w, letGo)
	})
}

// finish works on a row until it has an outcome, or is parked.
func (r *run) finish(ctx context.Context, w *worker, letGo func()) {
	for {
		d, parked := w.work(ctx)
		r.quota.done(w)
		if !parked {
			r.out.put(w.place, d)
			w.releaseSlot() // only now: nobody works further ahead than outcomes are handed on
			w.turn.done()
			r.undone.Done()
			return
		}
		w.releaseSlot()
		letGo()
		if r.quota.park(w) {
			return
		}
	}
}
