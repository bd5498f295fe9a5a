package throttle_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/throttle"
)

type counter struct{ n, admitted atomic.Int32 }

func (c *counter) Throttled() { c.n.Add(1) }
func (c *counter) Admitted()  { c.admitted.Add(1) }

// byApp takes the caller from a header, so that tests need no tokens.
func byApp(r *http.Request) (string, bool) {
	app := r.Header.Get("App")
	return app, app != ""
}

func newLimiter(limits throttle.Limits) (*throttle.Limiter, *counter) {
	c := &counter{}
	return throttle.New(throttle.Config{Limits: limits, Seed: 1, Caller: byApp, Counter: c}), c
}

var done = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })

func ask(h http.Handler, app, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("App", app)
	h.ServeHTTP(w, r)
	return w
}

func command(h http.Handler, app string) *httptest.ResponseRecorder {
	return ask(h, app, "POST", "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand")
}

// statuses sends n commands one after the other.
func statuses(h http.Handler, n int) []int {
	var got []int
	for range n {
		got = append(got, command(h, "a").Code)
	}
	return got
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := newLimiter(throttle.Limits{Latency: 120 * time.Millisecond})
		start := time.Now()
		command(l.Exchange(done), "a")
		ask(l.Graph(done), "a", "GET", "/v1.0/contacts")
		if took := time.Since(start); took != 240*time.Millisecond {
			t.Errorf("two calls took %v, want 240ms", took)
		}
	})
}

func TestJitterStaysWithinItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := newLimiter(throttle.Limits{Latency: time.Second, Jitter: 0.5})
		h := l.Exchange(done)
		seen := map[time.Duration]bool{}
		for range 50 {
			start := time.Now()
			command(h, "a")
			took := time.Since(start)
			seen[took] = true
			if took < 500*time.Millisecond || took > 1500*time.Millisecond {
				t.Fatalf("a call took %v", took)
			}
		}
		if len(seen) < 2 {
			t.Error("all calls took the same time")
		}
	})
}

// The service goes on with a command whose client has given up.
func TestWorkIsDoneThoughTheClientWentAway(t *testing.T) {
	l, _ := newLimiter(throttle.Limits{Latency: time.Hour})
	worked := false
	h := l.Exchange(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { worked = true }))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "POST", "/adminapi/beta/t/InvokeCommand", nil)
	r.Header.Set("App", "a")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if !worked {
		t.Error("the work was not done")
	}
}

func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, c := newLimiter(throttle.Limits{Latency: time.Second, Concurrency: 2})
		h := l.Exchange(done)
		var calls sync.WaitGroup
		for range 2 {
			calls.Go(func() {
				if w := command(h, "a"); w.Code != 200 {
					t.Errorf("within the limit: %d", w.Code)
				}
			})
		}
		synctest.Wait()
		w := command(h, "a")
		if w.Code != 429 || w.Header().Get("Retry-After") != "1" ||
			!strings.HasPrefix(w.Body.String(), "You have reached the maximum number of concurrent requests per tenant.") {
			t.Errorf("third call at once: %d, Retry-After %q, %q", w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		if w := command(h, "b"); w.Code != 200 {
			t.Errorf("another app has its own limit, but got %d", w.Code)
		}
		calls.Wait()
		if w := command(h, "a"); w.Code != 200 {
			t.Errorf("after the others ended: %d", w.Code)
		}
		if c.n.Load() != 1 {
			t.Errorf("counted %d refusals, want 1", c.n.Load())
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, c := newLimiter(throttle.Limits{Rate: 2, Burst: 3})
		h := l.Exchange(done)
		if diff := cmp.Diff([]int{200, 200, 200, 429, 429}, statuses(h, 5)); diff != "" {
			t.Errorf("a burst (-want +got):\n%s", diff)
		}
		time.Sleep(time.Second)
		if diff := cmp.Diff([]int{200, 200, 429}, statuses(h, 3)); diff != "" {
			t.Errorf("a second later (-want +got):\n%s", diff)
		}
		if c.n.Load() != 3 || c.admitted.Load() != 5 {
			t.Errorf("counted %d refusals and %d commands admitted, want 3 and 5", c.n.Load(), c.admitted.Load())
		}
	})
}

func TestRetryAfterIsEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := newLimiter(throttle.Limits{Rate: 0.25, Burst: 1})
		h := l.Exchange(done)
		command(h, "a")
		w := command(h, "a")
		if w.Code != 429 || w.Header().Get("Retry-After") != "4" {
			t.Fatalf("got %d with Retry-After %q, want 429 with 4", w.Code, w.Header().Get("Retry-After"))
		}
		time.Sleep(4 * time.Second)
		if w := command(h, "a"); w.Code != 200 {
			t.Errorf("after Retry-After: %d", w.Code)
		}
	})
}

func TestBudgetHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at 2000-01-01
		l, _ := newLimiter(throttle.Limits{Rate: 10, Burst: 20})
		w := command(l.Exchange(done), "a")
		got := map[string]string{}
		for _, name := range []string{"Rate-Limit-Limit", "Rate-Limit-Remaining", "Rate-Limit-Reset", "X-Concurrencycount"} {
			got[name] = w.Header().Get(name)
		}
		want := map[string]string{
			"Rate-Limit-Limit":     "20",
			"Rate-Limit-Remaining": "19",
			"Rate-Limit-Reset":     "2000-01-01T00:00:00.100Z",
			"X-Concurrencycount":   "0",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
	})
}

func TestDriftTakesBudgetAway(t *testing.T) {
	perWindow := func(drift float64) []int {
		var counts []int
		synctest.Test(t, func(t *testing.T) {
			l, _ := newLimiter(throttle.Limits{Rate: 100, Burst: 1, Drift: drift})
			h := l.Exchange(done)
			for range 5 {
				n := 0
				for range 1000 {
					if command(h, "a").Code == 200 {
						n++
					}
					time.Sleep(10 * time.Millisecond)
				}
				counts = append(counts, n)
			}
		})
		return counts
	}
	for i, n := range perWindow(0) {
		if n < 999 {
			t.Errorf("steady budget, window %d: %d commands", i, n)
		}
	}
	moving := perWindow(0.9)
	if cmp.Equal(moving[1:], moving[:len(moving)-1]) {
		t.Errorf("the budget did not move: %v", moving)
	}
	if diff := cmp.Diff(moving, perWindow(0.9)); diff != "" {
		t.Errorf("the same seed moved otherwise:\n%s", diff)
	}
}

func TestHostileRefusals(t *testing.T) {
	tests := []struct {
		name       string
		limits     throttle.Limits
		status     int
		retryAfter string
		body       string
	}{
		{"as documented", throttle.Limits{}, 429, "1", `"code":"TooManyRequests"`},
		{"bare", throttle.Limits{Bare: 1}, 429, "", `"code":"TooManyRequests"`},
		{"plain text", throttle.Limits{PlainText: 1}, 429, "1", "maximum number of concurrent requests"},
		{"unavailable", throttle.Limits{Unavailable: 1}, 503, "1", "<h1>503"},
		{"all at once", throttle.Limits{Bare: 1, PlainText: 1, Unavailable: 1}, 503, "", "maximum number of concurrent requests"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.limits.Rate, tt.limits.Burst = 1, 1
			l, _ := newLimiter(tt.limits)
			h := l.Exchange(done)
			command(h, "a")
			w := command(h, "a")
			if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retryAfter || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("got %d, Retry-After %q, %q", w.Code, w.Header().Get("Retry-After"), w.Body)
			}
		})
	}
}

func TestRequestsWithoutCallerPass(t *testing.T) {
	l, c := newLimiter(throttle.Limits{Rate: 1, Burst: 1, GraphUnits: 1, GraphWrites: 1})
	for range 5 {
		if w := command(l.Exchange(done), ""); w.Code != 200 {
			t.Errorf("Exchange: %d", w.Code)
		}
		if w := ask(l.Graph(done), "", "GET", "/v1.0/contacts"); w.Code != 200 {
			t.Errorf("Graph: %d", w.Code)
		}
	}
	if c.n.Load() != 0 {
		t.Errorf("counted %d refusals", c.n.Load())
	}
}
