package pace

import (
	"context"
	"fmt"
	"time"
)

// call is one run of Pacer.Do.
type call struct {
	pacer  *Pacer
	budget time.Duration // what is left of Options.MaxWait
	began  time.Time     // when it was made
	waited time.Duration
	tries  int
	last   error // of the last attempt

	// Of the attempt under way:
	sentAt  time.Time
	number  int // of all requests of the Pacer
	abreast int // how many were in flight when it went out, itself included
}

// admit waits until the call may go out, and takes a place in flight. Calls
// queue for the turn, and only the one that has it waits for the end of a
// pause, a place and the rate: after a pause they come out one by one.
func (c *call) admit(ctx context.Context) error {
	if ctx.Err() != nil {
		return c.interrupted(ctx)
	}
	if pause, cause := c.pacer.gate.pause(); c.tooLong(ctx, pause) {
		return c.gaveUp(cause)
	}
	select {
	case c.pacer.turn <- struct{}{}:
		defer func() { <-c.pacer.turn }()
	case <-ctx.Done():
		return c.interrupted(ctx)
	}
	for c.abreast = 0; c.abreast == 0; {
		if err := c.sitOut(ctx); err != nil {
			return err
		}
		if err := c.takePlace(ctx); err != nil {
			return err
		}
	}
	return nil
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

// takePlace waits for a place and for the rate. It comes back without a place
// when a pause has begun meanwhile.
func (c *call) takePlace(ctx context.Context) error {
	p := c.pacer
	for {
		abreast, ok := p.crowd.enter()
		if ok {
			c.abreast = abreast
			break
		}
		select {
		case <-p.crowd.freed:
		case <-ctx.Done():
			return c.interrupted(ctx)
		}
	}
	delay, number := p.tempo.next()
	c.number = number
	err := c.sleep(ctx, delay)
	if pause, _ := p.gate.pause(); err != nil || pause > 0 {
		p.crowd.leave()
		c.abreast = 0
	}
	return err
}

// send runs one attempt in the place that admit took, and frees the place.
func (c *call) send(ctx context.Context, attempt func(context.Context) error) error {
	p := c.pacer
	defer p.crowd.leave()
	c.tries++
	p.sent.Add(1)
	if c.tries > 1 {
		p.retries.Add(1)
	}
	c.sentAt = time.Now()
	return attempt(ctx)
}

// served notes that the attempt got an answer, be it a refusal of what it asked
// for: that, too, came out of the budget.
func (c *call) served() {
	p := c.pacer
	p.gate.succeeded(c.sentAt)
	p.crowd.succeeded(c.abreast)
	p.tempo.answered(time.Since(c.sentAt))
}

// overloaded has everybody pause, and the rate or the number at once reduced.
func (c *call) overloaded(a Advice, err error) {
	p := c.pacer
	p.throttled.Add(1)
	echo := !p.gate.throttled(c.sentAt, a.After, err)
	if !echo && a.Crowded {
		// Then it was not the rate. But services say so of the rate, too.
		echo = p.crowd.refused(c.abreast, p.tempo.hasPlenty())
	}
	p.tempo.overloaded(c.number, c.sentAt, echo)
}

// wait sleeps for d if the call may still wait that long; cause is why it waits.
func (c *call) wait(ctx context.Context, d time.Duration, cause error) error {
	if ctx.Err() != nil {
		return c.interrupted(ctx)
	}
	if c.tooLong(ctx, d) {
		return c.gaveUp(cause)
	}
	if err := c.sleep(ctx, d); err != nil {
		return err
	}
	c.budget -= d
	c.waited += d
	return nil
}

// tooLong reports whether d is more than the call may still wait.
func (c *call) tooLong(ctx context.Context, d time.Duration) bool {
	deadline, bounded := ctx.Deadline()
	return d > c.budget || bounded && time.Until(deadline) < d
}

func (c *call) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
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
