package pace

import (
	"math/rand/v2"
	"sync"
	"time"
)

// backoff doubles a delay from try to try.
type backoff struct{ first, most time.Duration }

// delay returns what to wait after the n-th failure in a row (n from 1): the
// doubled delay, less up to a half by chance, so that callers drift apart.
func (b backoff) delay(n int) time.Duration {
	d := b.first
	for range n - 1 {
		if d >= b.most {
			break
		}
		d *= 2
	}
	d = min(d, b.most)
	return d/2 + rand.N(d/2+1)
}

// next returns what one call waits after its n-th failed try, the service
// having asked for at least after (zero if it did not say). The service's time
// is never cut short; the chance on top keeps callers that were told the same
// from coming back at the same moment.
func (b backoff) next(n int, after time.Duration) time.Duration {
	if after > 0 {
		return after + rand.N(b.first)
	}
	return b.delay(n)
}

// gate is the pause that all callers share.
type gate struct {
	backoff backoff

	mu     sync.Mutex
	began  time.Time // when the last overload was noticed
	until  time.Time // when the last pause ends or ended
	cause  error     // what the service answered then
	streak int       // overloads since a call sent after a pause succeeded
	pauses int64
}

// throttled notes that a request sent at sentAt was refused because of load, and
// reports whether that is a new overload. Requests already on their way when an
// overload is noticed are part of it: their answers lengthen the pause only if
// the service itself names a later end.
func (g *gate) throttled(sentAt time.Time, after time.Duration, cause error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	echo := g.pauses > 0 && !sentAt.After(g.began)
	if !echo {
		g.began = now
		g.pauses++
		g.streak++
		if after <= 0 {
			after = g.backoff.delay(g.streak)
		}
	}
	if end := now.Add(after); end.After(g.until) {
		g.until = end
		g.cause = cause
	}
	return !echo
}

// succeeded notes that a request sent at sentAt was served: the overload is
// over if that was after the pause.
func (g *gate) succeeded(sentAt time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !sentAt.Before(g.until) {
		g.streak = 0
	}
}

// pause returns how long a caller has to wait now, and why.
func (g *gate) pause() (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	left := time.Until(g.until)
	if left <= 0 {
		return 0, nil
	}
	return left, g.cause
}

func (g *gate) state() (pauses int64, left time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pauses, max(0, time.Until(g.until))
}
