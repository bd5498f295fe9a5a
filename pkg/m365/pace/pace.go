// Package pace decides when a request to one API of one tenant may go out, and
// whether a failed one goes again. It is the only retry layer there is: clients
// hand it one attempt as a function and return errors that give Advice.
//
// What the service allows is not known beforehand, and changes. A Pacer finds
// it out: requests go out at a rate that grows while they queue, and falls to
// what was really served when the service says that it is too much. A throttled
// answer pauses all callers of the Pacer, because the service counts the
// tenant's requests and not a worker's. What a payload means is none of this
// package's business.
package pace

import (
	"context"
	"sync/atomic"
	"time"
)

// Options sets the bounds of a Pacer. A zero field takes its default.
type Options struct {
	// MaxInFlight is the most attempts that run at the same time; default 16.
	// It is a ceiling, not an aim: the rate decides.
	MaxInFlight int
	// Attempts is how often one call is sent at most, the first time
	// included; default 6.
	Attempts int
	// MaxWait is what one call may spend waiting in all, be it for its own
	// next attempt or in a pause of all callers; default 5 minutes. The
	// attempts themselves, and queueing for one's turn, do not count.
	MaxWait time.Duration
	// Outage is how long a call may go on, whatever the bounds above, while
	// nobody at all is served who was served before; default no longer.
	Outage time.Duration
	// Delay is what is waited before the second attempt when the service
	// names no time. It doubles with each further one; default 1 second.
	Delay time.Duration
	// MaxDelay is where the doubling ends; default 30 seconds. What the
	// service asks for is honoured to the full, however long.
	MaxDelay time.Duration
}

// Pacer paces the calls to one API of one tenant. It is safe for concurrent use.
type Pacer struct {
	attempts int
	maxWait  time.Duration
	longest  time.Duration // outage that is waited out
	backoff  backoff
	turn     chan struct{} // held by the one call that is next to go out
	gate     gate
	crowd    *crowd
	tempo    *tempo

	sent, throttled, retries atomic.Int64
	served                   atomic.Pointer[time.Time] // when the service last gave an answer of use
}

// New returns a Pacer with the bounds that o sets.
func New(o Options) *Pacer {
	b := backoff{
		first: positiveOr(o.Delay, time.Second),
		most:  positiveOr(o.MaxDelay, 30*time.Second),
	}
	return &Pacer{
		attempts: positiveOr(o.Attempts, 6),
		maxWait:  positiveOr(o.MaxWait, 5*time.Minute),
		longest:  o.Outage,
		backoff:  b,
		turn:     make(chan struct{}, 1),
		gate:     gate{backoff: b},
		crowd:    newCrowd(positiveOr(o.MaxInFlight, 16)),
		tempo:    newTempo(),
	}
}

func positiveOr[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Do runs attempt, again and again as its errors advise, until one attempt
// succeeds, an error is final, or a bound is reached. Then the error of the
// last attempt is returned, within a *GaveUpError if it was a bound. A wait
// that would outlast ctx's deadline is such a bound, so that the reason for
// waiting is not lost behind context.DeadlineExceeded.
//
// When ctx is done Do returns at once; the error matches ctx.Err() and, if
// there was an attempt, its error.
func (p *Pacer) Do(ctx context.Context, attempt func(ctx context.Context) error) error {
	c := call{pacer: p, budget: max(p.maxWait, p.longest), began: time.Now()}
	for {
		if err := c.admit(ctx); err != nil {
			return err
		}
		err := c.send(ctx, attempt)
		advice := adviceOf(err)
		switch {
		case advice.Throttled:
			c.overloaded(advice, err)
		case !advice.Again:
			c.served()
			p.noteServed()
		}
		if err == nil || !advice.Again || ctx.Err() != nil {
			return err
		}
		c.last = err
		if c.tries >= p.attempts && !p.outage(c.began) {
			return c.gaveUp(err)
		}
		if err := c.wait(ctx, p.backoff.next(c.tries, advice.After), err); err != nil {
			return err
		}
	}
}

func (p *Pacer) noteServed() {
	now := time.Now()
	p.served.Store(&now)
}

// outage reports whether nobody was served since the moment, though somebody
// was before it. Then it is not this call that is at fault but the service, as
// in its nightly maintenance (observed: 404 and 503 for everything, for some
// minutes), and the call goes on as long as it may wait.
func (p *Pacer) outage(since time.Time) bool {
	served := p.served.Load()
	return p.longest > 0 && served != nil && served.Before(since)
}

// Hint takes in what an answer says about the service's budget: when to hold
// back, and when there is no need to be careful. What is allowed is found out
// all the same, for it isn't known what a service counts.
func (p *Pacer) Hint(h Hint) { p.tempo.hint(h) }

// Stats is what a Pacer has seen so far.
type Stats struct {
	Attempts  int64         // requests sent
	Retries   int64         // of them, those that were not the first of their call
	Throttled int64         // answers that said: too much
	Pauses    int64         // pauses of all callers; answers of one overload make one pause
	InFlight  int           // attempts running now
	Pause     time.Duration // what is left of the current pause; zero when there is none
	Rate      float64       // requests a second that may go out now
}

// Stats returns the counters as they stand now.
func (p *Pacer) Stats() Stats {
	pauses, left := p.gate.state()
	return Stats{
		Attempts:  p.sent.Load(),
		Retries:   p.retries.Load(),
		Throttled: p.throttled.Load(),
		Pauses:    pauses,
		InFlight:  p.crowd.now(),
		Pause:     left,
		Rate:      p.tempo.current(),
	}
}
