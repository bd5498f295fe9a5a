package contract_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

func limitClaims() []claim {
	return []claim{
		{"E6.1 headers tell the budget and what is in work", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-AcceptedDomain", nil)
			for name, want := range map[string]string{
				"Rate-Limit-Limit": "3", "Rate-Limit-Remaining": "2", "X-Concurrencycount": "0", "X-Combinedapponlyconcurrencycount": "0",
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if _, err := time.Parse("2006-01-02T15:04:05.000Z", a.header.Get("Rate-Limit-Reset")); err != nil {
				t.Error(err)
			}
		}},
		{"E4.4 429 with Retry-After in whole seconds", func(t *testing.T, w *wire) {
			for range 2 {
				w.run(t, "Get-AcceptedDomain", nil).want(t, 200)
			}
			a := w.run(t, "Get-AcceptedDomain", nil)
			if wait, err := time.ParseDuration(a.header.Get("Retry-After") + "s"); a.status != 429 || err != nil || wait < time.Second {
				t.Errorf("%d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
		}},
		{"E4.4 408, 429, 503 and 504, and 500 and 400 with the texts of transient faults", func(t *testing.T, w *wire) {
			as := w.as(t, reader, exchangeScope)
			for _, status := range []int{408, 429, 500, 503, 504, 400} {
				w.order(t, fmt.Sprintf(`[{"command":"Get-Recipient","action":"status","status":%d,"headers":{"Retry-After":"5"},"body":"ServerBusyException"}]`, status))
				a := w.run(t, "Get-Recipient", nil, as)
				a.want(t, status, "ServerBusyException")
				if got := a.header.Get("Retry-After"); got != "5" {
					t.Errorf("Retry-After is %q", got)
				}
			}
		}},
		{"E12 an error after the change was applied", func(t *testing.T, w *wire) {
			w.order(t, `[{"command":"New-MailContact","action":"status_after","status":504}]`)
			w.run(t, "New-MailContact", args{"Name": "Late", "ExternalEmailAddress": "late@adatum.example"}, w.as(t, creator, exchangeScope)).want(t, 504)
			w.run(t, "Get-MailContact", args{"Identity": "Late"}, w.as(t, creator, exchangeScope)).want(t, 200)
		}},
		{"E12 a token that is refused in mid-run", func(t *testing.T, w *wire) {
			w.order(t, `[{"command":"Get-Recipient","action":"refuse_token"}]`)
			w.run(t, "Get-Recipient", args{"ResultSize": 1}, w.as(t, viewer, exchangeScope)).want(t, 401)
			w.run(t, "Get-Recipient", args{"ResultSize": 1}, w.as(t, viewer, exchangeScope)).want(t, 200)
		}},
	}
}

func crowdClaims() []claim {
	return []claim{
		{"E4.4 too many requests at once: a plain-text body", func(t *testing.T, w *wire) {
			w.token(t, admin, exchangeScope)
			for range 10 {
				var together sync.WaitGroup
				answers := make([]answer, 5)
				for i := range answers {
					together.Go(func() { answers[i] = w.run(t, "Get-AcceptedDomain", nil) })
				}
				together.Wait()
				for _, a := range answers {
					if a.status != http.StatusOK {
						a.want(t, 429, "You have reached the maximum number of concurrent requests per tenant. Please wait and try again")
						return
					}
				}
			}
			t.Error("five requests at once were never too many")
		}},
	}
}

// order asks for faults.
func (w *wire) order(t *testing.T, faults string) {
	t.Helper()
	if a := w.send(t, "POST", "/sim/faults", []byte(faults)); a.status/100 != 2 {
		t.Fatalf("faults: %d %s", a.status, a.raw)
	}
}
