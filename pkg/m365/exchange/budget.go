package exchange

import (
	"net/http"
	"strconv"
	"time"

	"enlist/pkg/m365/pace"
)

// budgetHint reads what an answer says about the tenant's budget of requests:
// Rate-Limit-Remaining, and Rate-Limit-Reset as a time (observed) or as a number
// of seconds. A time is held against the answer's own Date, for the clocks may
// differ.
func budgetHint(h http.Header, now time.Time) (pace.Hint, bool) {
	remaining, err := strconv.Atoi(h.Get("Rate-Limit-Remaining"))
	if err != nil || remaining < 0 {
		return pace.Hint{}, false
	}
	reset := h.Get("Rate-Limit-Reset")
	if seconds, err := strconv.Atoi(reset); err == nil && seconds >= 0 {
		return pace.Hint{Remaining: remaining, Reset: time.Duration(seconds) * time.Second}, true
	}
	at, err := time.Parse(time.RFC3339, reset)
	if err != nil {
		return pace.Hint{}, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil && date.Sub(now).Abs() > time.Minute {
		now = date // whole seconds only, so not better than a clock that is right
	}
	return pace.Hint{Remaining: remaining, Reset: max(0, at.Sub(now))}, true
}
