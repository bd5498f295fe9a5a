package exchange

import (
	"net/http"
	"testing"
	"time"

	"enlist/pkg/m365/pace"
)

func TestBudgetHint(t *testing.T) {
	now := time.Date(2024, 5, 22, 16, 52, 10, 0, time.UTC)
	tests := []struct {
		name, remaining, reset string
		clock                  time.Duration // how far our clock is ahead
		want                   pace.Hint
		ok                     bool
	}{
		{"as observed", "29997", "2024-05-22T16:52:26.365Z", 0, pace.Hint{Remaining: 29997, Reset: 16365 * time.Millisecond}, true},
		{"by the service's clock", "5", "2024-05-22T16:52:26Z", time.Hour, pace.Hint{Remaining: 5, Reset: 16 * time.Second}, true},
		{"in the past", "5", "2024-05-22T16:52:00Z", 0, pace.Hint{Remaining: 5}, true},
		{"seconds", "5", "12", 0, pace.Hint{Remaining: 5, Reset: 12 * time.Second}, true},
		{"no header", "", "", 0, pace.Hint{}, false},
		{"no time", "5", "soon", 0, pace.Hint{}, false},
		{"nonsense", "-5", "12", 0, pace.Hint{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Date", now.Format(http.TimeFormat))
			h.Set("Rate-Limit-Remaining", tt.remaining)
			h.Set("Rate-Limit-Reset", tt.reset)
			if got, ok := budgetHint(h, now.Add(tt.clock)); got != tt.want || ok != tt.ok {
				t.Errorf("budgetHint = %+v, %v; want %+v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}
