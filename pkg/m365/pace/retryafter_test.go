package pace

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	tests := []struct {
		name, value, date string
		want              time.Duration
		ok                bool
	}{
		{"whole seconds", "120", "", 2 * time.Minute, true},
		{"decimals", "0.25", "", 250 * time.Millisecond, true},
		{"spaces", " 3 ", "", 3 * time.Second, true},
		{"zero", "0", "", 0, true},
		{"date", date(90 * time.Second), "", 90 * time.Second, true},
		{"date by the service's clock", date(90 * time.Second), date(80 * time.Second), 10 * time.Second, true},
		{"date in the past", date(-time.Hour), "", 0, true},
		{"absurdly long", "1e300", "", longestRetryAfter, true},
		{"missing", "", "", 0, false},
		{"negative", "-1", "", 0, false},
		{"not a number", "NaN", "", 0, false},
		{"words", "soon", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Retry-After", tt.value)
			if tt.date != "" {
				h.Set("Date", tt.date)
			}
			if got, ok := RetryAfter(h, now); got != tt.want || ok != tt.ok {
				t.Errorf("RetryAfter(%q) = %v, %v; want %v, %v", tt.value, got, ok, tt.want, tt.ok)
			}
		})
	}
}
