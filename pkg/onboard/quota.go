package onboard

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// The tries while the tenant takes no contacts: the first one after a share of
// the time that there is, each further one after twice as long, within bounds.
const (
	quotaTries      = 32
	soonestQuotaTry = time.Second
	latestFirstTry  = time.Minute
	rarestQuotaTry  = 30 * time.Minute
)

// errParked says that the row is to be parked until the tenant takes contacts.
var errParked = errors.New("the row waits for the tenant to take contacts again")

// quotaGate is closed while the tenant takes no further contacts. Rows that need
// none go on; those that do are parked, without a worker and without a
// goroutine. From time to time one of them is let through, and the gate opens for
// all of them when the tenant takes its contact.
type quotaGate struct {
	first    time.Duration // the first wait
	observer Observer
	news     chan struct{} // has room for one: there may be something to let through

	mu      sync.Mutex
	left    time.Duration // for all waits to come
	reason  error         // why contacts are not taken; nil while they are
	forGood bool          // nothing is tried any more
	stopped bool          // the run ends: nobody waits any more
	wait    time.Duration // the last wait
	next    time.Time     // when one may try
	trying  bool          // one does
	parked  parking
}

func newQuotaGate(most time.Duration, o Observer) *quotaGate {
	return &quotaGate{
		left:     most,
		first:    min(max(most/quotaTries, soonestQuotaTry), latestFirstTry),
		observer: o,
		news:     make(chan struct{}, 1),
	}
}

// pass lets the row create its contact, or says why not.
func (g *quotaGate) pass(w *worker) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.reason == nil, w.tries:
		return nil
	case g.forGood, g.stopped, w.inGroups:
		return g.reason
	case !g.trying && !time.Now().Before(g.next):
		g.trying, w.tries = true, true
		return nil
	}
	return errParked
}

// refused notes that the tenant did not take the row's contact, and gives the
// error that the row goes on with. Of those who were on their way when the gate
// was closed, nothing new is learnt.
func (g *quotaGate) refused(w *worker, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.reason == nil:
		g.reason, g.wait = err, 0
		g.waitMore()
	case w.tries:
		w.tries, g.trying = false, false
		g.waitMore()
	}
	if g.forGood || w.inGroups {
		return err
	}
	return errParked
}

// waitMore sets the next try. The caller holds the lock.
func (g *quotaGate) waitMore() {
	g.wait = min(max(2*g.wait, g.first), rarestQuotaTry, g.left)
	if g.wait <= 0 {
		g.forGood = true
		if !g.next.IsZero() {
			g.observer.CreationsGivenUp()
		}
	} else {
		g.left -= g.wait
		g.next = time.Now().Add(g.wait)
		g.observer.CreationsWait(g.next)
	}
	g.tell()
}

// accepted notes that the tenant took the row's contact. Only one that was let
// through to find that out proves anything.
func (g *quotaGate) accepted(w *worker) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.tries {
		w.tries, g.trying = false, false
		g.reason = nil
		g.observer.CreationsGoOn()
		g.tell()
	}
}

// done notes that the row has ended. If it was let through and never came to ask
// for its contact, the next one is.
func (g *quotaGate) done(w *worker) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.tries {
		w.tries, g.trying = false, false
		g.tell()
	}
}

// park keeps the row, unless there is nothing to wait for any more.
func (g *quotaGate) park(w *worker) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reason == nil || g.forGood || g.stopped {
		return false
	}
	heap.Push(&g.parked, w)
	g.tell()
	return true
}

// release gives the first of the parked rows that need not wait any more, or nil.
func (g *quotaGate) release() *worker {
	g.mu.Lock()
	defer g.mu.Unlock()
	try := g.reason != nil && !g.forGood && !g.stopped
	if len(g.parked) == 0 || try && (g.trying || time.Now().Before(g.next)) {
		return nil
	}
	w := heap.Pop(&g.parked).(*worker)
	switch {
	case try:
		g.trying, w.tries = true, true
	case g.forGood:
		w.turnedAway = g.reason
	}
	return w
}

// stop lets all parked rows out, to end as the run does.
func (g *quotaGate) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	g.tell()
}

// untilNext is the time until a parked row may try. It is false while none is to.
func (g *quotaGate) untilNext() (time.Duration, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Until(g.next), len(g.parked) > 0 && !g.trying
}

func (g *quotaGate) tell() {
	select {
	case g.news <- struct{}{}:
	default:
	}
}

// tendQuota has the parked rows go on when they may, until all rows are done.
func (r *run) tendQuota(ctx context.Context, workers *errgroup.Group, finished <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	stopped, cut, broken := r.stop.Done(), ctx.Done(), r.out.broken
	for {
		for w := r.quota.release(); w != nil; w = r.quota.release() {
			r.start(ctx, workers, w, func() {})
		}
		if wait, ok := r.quota.untilNext(); ok {
			timer.Reset(wait)
		}
		select {
		case <-r.quota.news:
		case <-timer.C:
		case <-stopped:
			r.quota.stop()
			stopped = nil
		case <-cut:
			r.quota.stop()
			cut = nil
		case <-broken:
			r.quota.stop()
			broken = nil
		case <-finished:
			return
		}
	}
}

// parking has the parked rows in the order of the input.
type parking []*worker

func (p parking) Len() int           { return len(p) }
func (p parking) Less(i, j int) bool { return cmp.Less(p[i].place, p[j].place) }
func (p parking) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *parking) Push(w any)        { *p = append(*p, w.(*worker)) }

func (p *parking) Pop() any {
	last := len(*p) - 1
	w := (*p)[last]
	(*p)[last] = nil
	*p = (*p)[:last]
	return w
}
