package throttle

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Counter is told of every call that is refused, and of every Exchange command
// that is not.
type Counter interface {
	Throttled()
	Admitted()
}

// Config is what a Limiter is made from.
type Config struct {
	Limits Limits
	// Seed of everything that is left to chance.
	Seed uint64
	// Caller names whoever's budgets a request is charged to. A request
	// without a caller is charged to nobody: the face behind will refuse it.
	Caller func(*http.Request) (id string, ok bool)
	// Counter is told of refusals.
	Counter Counter
	// AtWork is put around the commands of Exchange that are admitted, from when
	// they are until they are done, latency included; nil is nothing.
	AtWork func(http.Handler) http.Handler
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Limiter keeps the budgets of all callers. Its methods may be called from many
// goroutines at once.
type Limiter struct {
	limits  Limits
	seed    uint64
	caller  func(*http.Request) (string, bool)
	counter Counter
	atWork  func(http.Handler) http.Handler
	now     func() time.Time
	started time.Time

	mu      sync.Mutex
	random  *rand.Rand
	budgets map[string]*budget
}

// budget is what one caller has left.
type budget struct {
	inWork   int
	commands *rate.Limiter
	drifted  int64 // the window for which the rate of commands was drawn
	units    *rate.Limiter
	writes   *rate.Limiter
}

// New makes a Limiter.
func New(cfg Config) *Limiter {
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	return &Limiter{
		limits:  cfg.Limits,
		seed:    cfg.Seed,
		caller:  cfg.Caller,
		counter: cfg.Counter,
		atWork:  cfg.AtWork,
		now:     now,
		started: now(),
		random:  rand.New(rand.NewPCG(cfg.Seed, 1)),
		budgets: map[string]*budget{},
	}
}

// refusal is why a call is not admitted, and what the answer to it looks like.
type refusal struct {
	reason      reason
	retryAfter  time.Duration // 0 is without the header
	plainText   bool
	unavailable bool
}

type reason int

const (
	tooManyAtOnce reason = iota + 1
	outOfCommands
	outOfUnits
	outOfWrites
)

// refuse draws what the refusal looks like. The caller holds the lock.
func (l *Limiter) refuse(why reason, after time.Duration) *refusal {
	l.counter.Throttled()
	r := &refusal{reason: why, retryAfter: wholeSeconds(after)}
	if l.random.Float64() < l.limits.Bare {
		r.retryAfter = 0
	}
	r.plainText = why == tooManyAtOnce || l.random.Float64() < l.limits.PlainText
	r.unavailable = l.random.Float64() < l.limits.Unavailable
	return r
}

// wholeSeconds rounds up: Retry-After is in whole seconds, and 0 would say "at once".
func wholeSeconds(d time.Duration) time.Duration {
	return max(time.Second, time.Duration(math.Ceil(d.Seconds()))*time.Second)
}

// of returns the caller's budget. The caller of this method holds the lock.
func (l *Limiter) of(id string) *budget {
	b, ok := l.budgets[id]
	if !ok {
		b = &budget{
			commands: rate.NewLimiter(rate.Limit(l.limits.Rate), l.limits.burst()),
			drifted:  -1,
			units:    perWindow(l.limits.GraphUnits, graphUnitsWindow),
			writes:   perWindow(l.limits.GraphWrites, graphWritesWindow),
		}
		l.budgets[id] = b
	}
	return b
}

func perWindow(n int, window time.Duration) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(n)/window.Seconds()), n)
}

// drift sets the rate that holds in the present window. It depends on the seed
// and the window alone, not on who asked when.
func (l *Limiter) drift(b *budget, now time.Time) {
	window := int64(now.Sub(l.started) / driftWindow)
	if l.limits.Drift == 0 || window == b.drifted {
		return
	}
	b.drifted = window
	share := rand.New(rand.NewPCG(l.seed, uint64(window))).Float64()
	b.commands.SetLimitAt(now, rate.Limit(l.limits.Rate*(1-l.limits.Drift*share)))
}

// take charges n to the bucket, or says how long until it could.
func take(bucket *rate.Limiter, now time.Time, n int) (wait time.Duration, ok bool) {
	if bucket.AllowN(now, n) {
		return 0, true
	}
	missing := float64(n) - bucket.TokensAt(now)
	return time.Duration(missing / float64(bucket.Limit()) * float64(time.Second)), false
}

// think waits for the latency. A caller that goes away in the meantime ends the
// wait, not the call: the service does the work all the same.
func (l *Limiter) think(ctx context.Context) {
	d := l.limits.Latency
	if d <= 0 {
		return
	}
	if l.limits.Jitter > 0 {
		l.mu.Lock()
		share := 2*l.random.Float64() - 1
		l.mu.Unlock()
		d += time.Duration(share * l.limits.Jitter * float64(d))
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
