package exchange

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/m365/pace"
)

// wire answers requests without a network, so that time can be a synthetic one.
type wire func(*http.Request) (status int, header map[string]string)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header := w(r)
	answer := &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(`{"value":[]}`)), Request: r,
	}
	for name, value := range header {
		answer.Header.Set(name, value)
	}
	return answer, nil
}

func wiredClient(t *testing.T, p *pace.Pacer, w wire) *Client {
	t.Helper()
	c, err := New(Options{
		BaseURL: "https://exchange.example", TenantID: "00000000-0000-0000-0000-00000000cafe",
		Token: func(context.Context) (string, error) { return "token", nil },
		HTTP:  &http.Client{Transport: w}, Pacer: p,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var question = Command{Name: "Get-Recipient", Effect: Read}

// What the answers tell of the budget holds the commands back before it is empty.
func TestRateLimitHeadersHoldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Options{})
		whole, left := time.Now().Add(10*time.Minute), 100
		c := wiredClient(t, p, func(*http.Request) (int, map[string]string) {
			time.Sleep(100 * time.Millisecond)
			left--
			return http.StatusOK, map[string]string{
				"Rate-Limit-Remaining": strconv.Itoa(left),
				"Rate-Limit-Reset":     whole.UTC().Format(time.RFC3339),
			}
		})
		for range 50 {
			if _, err := c.Invoke(t.Context(), question); err != nil {
				t.Fatal(err)
			}
		}
		if rate := p.Stats().Rate; rate > 1 {
			t.Errorf("%.2f commands a second may go out, with %d left for ten minutes", rate, left)
		}
	})
}

// A Retry-After that is a date, under whatever status, is waited for by all.
func TestRetryAfterDateIsWaitedFor(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			asked := 0
			c := wiredClient(t, pace.New(pace.Options{}), func(*http.Request) (int, map[string]string) {
				if asked++; asked == 1 {
					return status, map[string]string{"Retry-After": start.Add(40 * time.Second).UTC().Format(http.TimeFormat)}
				}
				if waited := time.Since(start); waited < 40*time.Second {
					t.Errorf("HTTP %d: asked again after %v, before the 40s were over", status, waited)
				}
				return http.StatusOK, nil
			})
			done := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := c.Invoke(t.Context(), question)
					done <- err
				}()
				synctest.Wait()
			}
			for range 2 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			if waited := time.Since(start); waited > time.Minute {
				t.Errorf("HTTP %d: took %v", status, waited)
			}
		})
	}
}
