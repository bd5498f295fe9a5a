package pace

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How the rate is found. The numbers were chosen by trying them on a token
// bucket; what they make of it is in the tests.
const (
	firstRate  = 20.0 // requests a second, before anything is known
	lowestRate = 0.1

	// doubling is how long the rate takes to double while nothing is known of
	// the budget.
	doubling = 600 * time.Millisecond
	// setBack is the share of the rate found that is used right after an
	// overload. The budget saves up a little meanwhile.
	setBack = 0.95
	// steepness is how fast the rate leaves the level of the last overload behind:
	// it passes it by this share when the time to reach it has gone by again.
	steepness = 0.4
	// forgotten is the share by which the last overload's level must be passed
	// for it to mean nothing any more.
	forgotten = 1.25

	// confirmed is the share of the level at which an overload says that the
	// level still holds.
	confirmed = 1.08

	// The time to reach the level of the last overload again: as long as so
	// many requests take, within bounds. It doubles, up to calmestProbe or to
	// twice that, while the level is confirmed.
	probeAfter    = 120.0 // requests
	quickestProbe = 5 * time.Second
	calmestProbe  = 15 * time.Second
	rarestProbe   = 2 * time.Minute

	// idle is how long nobody needs to ask for what was served before to say
	// nothing of the budget any more: it has been saved up since.
	idle = 2 * time.Second
)

// tempo is the rate at which requests may go out. It grows only while requests
// wait for it. From one overload to the next the service lets through just what
// its budget grew by, so that what was served in between tells the budget's
// rate, however much could be saved up in it.
type tempo struct {
	limiter *rate.Limiter

	mu     sync.Mutex
	rate   float64       // requests a second
	level  float64       // the budget's rate as the last overload told it; 0: not known
	reach  time.Duration // how long the rate takes to be back at level
	waited time.Duration // what requests have waited for the rate since the last overload
	sent   int           // requests, ever
	last   time.Time     // when the last request went out
	opened time.Time     // when the first one went out after the last overload

	since   time.Time // the beginning of what is counted:
	before  int       // requests sent until then
	refused int       // of those sent since then
	emptied bool      // the budget was used up then, so that the count is exact

	budget  budget
	delays  delays
	settled time.Time // until when rising delays are no news
}

func newTempo() *tempo {
	t := &tempo{limiter: rate.NewLimiter(firstRate, 1)}
	t.set(firstRate)
	return t
}

// set changes the rate. A few requests may be made up for when the machine was
// late, never a crowd.
func (t *tempo) set(r float64) {
	t.rate = max(r, lowestRate)
	allowed := min(t.rate, t.budget.allows())
	t.limiter.SetLimit(rate.Limit(allowed))
	t.limiter.SetBurst(1 + int(allowed/50))
}

// next reserves the next request's moment. It returns how long it is until then,
// and the request's number.
func (t *tempo) next() (delay time.Duration, number int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.since.IsZero() || now.Sub(t.last) > idle && t.limiter.TokensAt(now) >= 1 {
		t.since, t.before, t.refused, t.emptied = now, t.sent, 0, false
	}
	delay = t.limiter.ReserveN(now, 1).DelayFrom(now)
	t.last = now.Add(delay)
	if t.opened.Before(t.since) {
		t.opened = t.last
	}
	if delay > 0 {
		t.grow(now, delay)
	}
	t.sent++
	return delay, t.sent
}

// grow lets the rate go up, requests having waited for it a further while.
func (t *tempo) grow(now time.Time, waited time.Duration) {
	if t.delays.rising() {
		t.settle(now)
		return
	}
	t.waited += waited
	if t.rate > t.budget.allows() {
		return
	}
	if t.level == 0 || t.budget.plentiful(t.rate) {
		t.set(t.rate * math.Exp2(waited.Seconds()/doubling.Seconds()))
		if t.level > 0 { // from here slowly, once there is no plenty any more
			t.level, t.waited = max(t.level, t.rate), t.reach
		}
		return
	}
	// Fast back to the level, slowly past it, faster the farther it is behind:
	// the curve of TCP's CUBIC (RFC 9438).
	x := (t.waited - t.reach).Seconds() / t.reach.Seconds()
	steep := steepness
	if x < 0 {
		steep = 1 - setBack
	}
	t.set(t.level * (1 + steep*x*x*x))
	if t.rate > forgotten*t.level {
		t.level = 0
	}
}

// settle goes back to the rate at which answers come, once for each time that
// delays have risen: more requests would only wait at the service.
func (t *tempo) settle(now time.Time) {
	if !now.After(t.settled) {
		return
	}
	t.settled = now.Add(2 * t.delays.now())
	t.level = min(t.rate, t.delays.answersPerSecond())
	t.reach = t.nextProbe(0, now.Sub(t.since))
	t.waited = 0
	t.set(setBack * t.level)
}

// answered notes that a request was answered, after d.
func (t *tempo) answered(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.delays.add(time.Now(), d)
}

// overloaded notes that the request of that number, sent at sentAt, was
// refused. Only the first one of an overload changes the rate; the others,
// echoes of it, are not to be counted as served.
func (t *tempo) overloaded(number int, sentAt time.Time, echo bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if echo {
		if number > t.before {
			t.refused++
		}
		return
	}
	t.budget.refused(t.rate)
	last := t.level
	t.level = t.budgetRate(number, sentAt)
	if !t.emptied {
		// Part of what was served had been saved up before.
		t.level = min(t.level, max(last, t.rate/2))
	}
	t.reach = t.nextProbe(last, sentAt.Sub(t.since))
	t.since, t.before, t.refused, t.emptied = sentAt, number, 0, true
	t.waited = 0
	t.set(setBack * t.level)
}

// budgetRate is what is known of the budget's rate when the request of that
// number was refused. Those on their way count as served.
func (t *tempo) budgetRate(number int, sentAt time.Time) float64 {
	elapsed, served := sentAt.Sub(t.since), number-1-t.before-t.refused
	if elapsed <= 0 || served <= 0 {
		return t.rate / 2
	}
	if open := sentAt.Sub(t.opened); open > 4*t.opened.Sub(t.since) {
		elapsed = open // what was saved up in the pause is little beside it
	}
	return min(t.rate, float64(served)/elapsed.Seconds())
}

// nextProbe is how long the rate takes to the level, which was told by what was
// counted for so long, and which was last at the overload before.
func (t *tempo) nextProbe(last float64, counted time.Duration) time.Duration {
	calls := time.Duration(probeAfter / t.level * float64(time.Second))
	shortest := max(min(calls, rarestProbe, 3*counted), quickestProbe)
	if last > 0 && t.rate < confirmed*t.level {
		return max(shortest, min(2*t.reach, max(calmestProbe, 2*shortest)))
	}
	return shortest
}

// hint notes what the service says about its budget.
func (t *tempo) hint(h Hint) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.budget.learn(h, time.Now())
	t.set(t.rate)
}

// hasPlenty reports whether the service says that there is no need to hold back.
func (t *tempo) hasPlenty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.budget.plentiful(t.rate)
}

// current is the rate in force, in requests a second.
func (t *tempo) current() float64 { return float64(t.limiter.Limit()) }
