package pace

import (
	"math"
	"time"
)

// Hint is what a service says in an answer about the budget that the requests
// come out of.
type Hint struct {
	// Remaining is how many requests are left of the budget.
	Remaining int
	// Reset is the time until the budget is whole again.
	Reset time.Duration
}

const (
	// A budget is watched for so long, and so many answers, before it is said
	// how fast it fills.
	watched        = time.Second
	watchedAnswers = 10
)

// budget follows the hints. Whether a service fills its budget up bit by bit or
// all at once at the end of a window isn't known, and need not be: what is left
// has to last until the budget is whole, besides what comes in meanwhile.
type budget struct {
	known   bool
	filling float64 // requests a second that come in
	allowed float64 // requests a second

	began     time.Time // of the watch
	whole     time.Time // when the budget was to be whole then
	remaining int       // then
	answers   int       // since then

	latest int  // what remained last
	misled bool // requests were refused although much was left
}

// plenty is how many seconds' worth of requests must be left for the budget to
// be no reason for caution.
const (
	plenty = 2
	few    = 8 // requests, which are no plenty at any rate
)

// plentiful reports whether there is no reason to hold back at that rate.
func (b *budget) plentiful(rate float64) bool {
	return !b.misled && float64(b.latest) > max(plenty*rate, few)
}

// refused notes a refusal at that rate. A service that refuses while it tells of
// plenty counts something else.
func (b *budget) refused(rate float64) {
	if b.plentiful(rate) {
		b.misled = true
	}
}

// learn takes in the hint of one more answer.
func (b *budget) learn(h Hint, now time.Time) {
	b.answers++
	b.latest = h.Remaining
	if b.began.IsZero() || !now.Before(b.whole) {
		b.watch(h, now)
		return
	}
	elapsed := now.Sub(b.began)
	if elapsed < watched || b.answers < watchedAnswers {
		return
	}
	filling := max(0, float64(b.answers+h.Remaining-b.remaining)/elapsed.Seconds())
	if b.known {
		filling = (b.filling + filling) / 2
	}
	b.known, b.filling = true, filling
	// A little less, so that something always remains.
	b.allowed = 0.97*filling + float64(h.Remaining)/max(h.Reset.Seconds(), 0.01)
	b.watch(h, now)
}

// watch begins anew. Of a budget that has become whole in the meantime nothing
// can be told from the difference.
func (b *budget) watch(h Hint, now time.Time) {
	if !now.Before(b.whole) {
		b.known = false
	}
	b.began, b.whole, b.remaining, b.answers = now, now.Add(h.Reset), h.Remaining, 0
}

// allows is the rate that the budget bears, as far as is known.
func (b *budget) allows() float64 {
	if !b.known {
		return math.Inf(1)
	}
	return max(b.allowed, lowestRate)
}
