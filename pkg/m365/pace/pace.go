// Package pace decides when a request to one API of one tenant may go out, and
// whether a failed one goes again. It is the only retry layer there is: clients
// hand it one attempt as a function and return errors that give Advice.
//
// A throttled answer pauses all callers of the Pacer, because the service
// counts the tenant's requests and not a worker's. What a payload means is none
// of this package's business.
package pace

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Options sets the bounds of a Pacer. A zero field takes its default.
type Options struct {
	// MaxInFlight is the most attempts that run at the same time; default 16.
	MaxInFlight int
	// Attempts is how often one call is sent at most, the first time
	// included; default 6.
	Attempts int
	// MaxWait is what one call may spend waiting in all, be it for its own
	// next attempt or in a pause of all callers; default 5 minutes. The
	// attempts themselves, and queueing for a place in flight, do not count.
	MaxWait time.Duration
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
	backoff  backoff
	places   chan struct{}
	gate     gate

	sent, throttled, retries atomic.Int64
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
		backoff:  b,
		places:   make(chan struct{}, positiveOr(o.MaxInFlight, 16)),
		gate:     gate{backoff: b},
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
	c := call{pacer: p, budget: p.maxWait}
	for {
		if err := c.admit(ctx); err != nil {
			return err
		}
		sentAt, err := c.send(ctx, attempt)
		if err == nil {
			p.gate.succeeded(sentAt)
			return nil
		}
		advice := adviceOf(err)
		if advice.Throttled {
			p.throttled.Add(1)
			p.gate.throttled(sentAt, advice.After, err)
		}
		if !advice.Again || ctx.Err() != nil {
			return err
		}
		c.last = err
		if c.tries == p.attempts {
			return c.gaveUp(err)
		}
		if err := c.wait(ctx, p.backoff.next(c.tries, advice.After), err); err != nil {
			return err
		}
	}
}

// Stats is what a Pacer has seen so far.
type Stats struct {
	Attempts  int64         // requests sent
	Retries   int64         // of them, those that were not the first of their call
	Throttled int64         // answers that said: too much
	Pauses    int64         // pauses of all callers; answers of one overload make one pause
	InFlight  int           // attempts running now, or held back by the pause
	Pause     time.Duration // what is left of the current pause; zero when there is none
}

// Stats returns the counters as they stand now.
func (p *Pacer) Stats() Stats {
	pauses, left := p.gate.state()
	return Stats{
		Attempts:  p.sent.Load(),
		Retries:   p.retries.Load(),
		Throttled: p.throttled.Load(),
		Pauses:    pauses,
		InFlight:  len(p.places),
		Pause:     left,
	}
}

// call is one run of Pacer.Do.
type call struct {
	pacer  *Pacer
	budget time.Duration // what is left of Options.MaxWait
	waited time.Duration
	tries  int
	last   error // of the last attempt
}

// admit takes a place in flight and sits out the pause. The place is held
// during the pause, so that no more callers than fit are let go after it; it is
// given back when admit fails.
func (c *call) admit(ctx context.Context) error {
	p := c.pacer
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return c.interrupted(ctx)
	}
	err := c.sitOut(ctx)
	if err == nil && ctx.Err() != nil { // a free place and a done ctx at once
		err = c.interrupted(ctx)
	}
	if err != nil {
		<-p.places
	}
	return err
}

// sitOut waits until no pause is on; another may begin while it waits.
func (c *call) sitOut(ctx context.Context) error {
	for {
		pause, cause := c.pacer.gate.pause()
		if pause <= 0 {
			return nil
		}
		if err := c.wait(ctx, pause, cause); err != nil {
			return err
		}
	}
}

// send runs one attempt in the place that admit took, and frees the place.
func (c *call) send(ctx context.Context, attempt func(context.Context) error) (sentAt time.Time, err error) {
	p := c.pacer
	defer func() { <-p.places }()
	c.tries++
	p.sent.Add(1)
	if c.tries > 1 {
		p.retries.Add(1)
	}
	sentAt = time.Now()
	return sentAt, attempt(ctx)
}

// wait sleeps for d if the call may still wait that long; cause is why it waits.
func (c *call) wait(ctx context.Context, d time.Duration, cause error) error {
	if ctx.Err() != nil {
		return c.interrupted(ctx)
	}
	deadline, bounded := ctx.Deadline()
	if d > c.budget || bounded && time.Until(deadline) < d {
		return c.gaveUp(cause)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		c.budget -= d
		c.waited += d
		return nil
	case <-ctx.Done():
		return c.interrupted(ctx)
	}
}

// gaveUp reports a bound, with the call's own last error if it has one.
func (c *call) gaveUp(cause error) error {
	if c.last != nil {
		cause = c.last
	}
	return &GaveUpError{Attempts: c.tries, Waited: c.waited, Err: cause}
}

func (c *call) interrupted(ctx context.Context) error {
	if c.last == nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w, while waiting to try again after: %w", ctx.Err(), c.last)
}
