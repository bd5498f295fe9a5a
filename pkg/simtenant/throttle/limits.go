package throttle

import "time"

// Limits say how fast one app may go. The zero value is no limit at all.
type Limits struct {
	// Latency is how long the tenant thinks about each call it does not refuse.
	Latency time.Duration
	// Jitter spreads the latency evenly over Latency·(1±Jitter); in [0, 1].
	Jitter float64

	// Concurrency is how many Exchange commands may be in work at once; 0 is any number.
	Concurrency int
	// Rate is the Exchange commands per second that the budget grows by; 0 is no budget.
	Rate float64
	// Burst is the most that the budget holds; 0 is two seconds' worth of Rate.
	Burst int
	// Drift lets the rate wander, anew every ten seconds, between Rate·(1-Drift) and Rate; in [0, 1).
	Drift float64

	// GraphUnits is Graph's budget of resource units per ten seconds; 0 is none.
	GraphUnits int
	// GraphWrites is Graph's budget of writes per 150 seconds; 0 is none.
	GraphWrites int

	// Bare is the share of refusals that lack Retry-After.
	Bare float64
	// PlainText is the share of Exchange's refusals for want of budget that
	// come as a sentence instead of JSON. Refusals for concurrency always do.
	PlainText float64
	// Unavailable is the share of refusals that are a 503 instead of a 429.
	Unavailable float64
}

const (
	graphUnitsWindow  = 10 * time.Second
	graphWritesWindow = 150 * time.Second
	driftWindow       = 10 * time.Second
)

// burst is the most commands that the budget holds.
func (l Limits) burst() int {
	if l.Burst > 0 {
		return l.Burst
	}
	return max(1, int(2*l.Rate))
}
