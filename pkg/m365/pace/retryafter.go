package pace

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestRetryAfter bounds what a header can ask for, so that nonsense such
// as 1e300 does not overflow a time.Duration.
const longestRetryAfter = 365 * 24 * time.Hour

// RetryAfter reads the Retry-After header: whole or decimal seconds, or an
// HTTP date (RFC 9110 section 10.2.3). A date is held against the answer's own
// Date header where there is one, for the clocks of client and service may
// differ; else against now. A date in the past is a delay of zero. The second
// result is false when the header is missing or cannot be understood.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if math.IsNaN(seconds) || seconds < 0 {
			return 0, false
		}
		if seconds >= longestRetryAfter.Seconds() {
			return longestRetryAfter, true
		}
		return time.Duration(seconds * float64(time.Second)), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(0, at.Sub(now)), longestRetryAfter), true
}
