package throttle

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// Graph charges every request what it costs in resource units and lets it pass,
// late or not at all. Put it around single requests and around the items of a
// $batch, not around the $batch: Graph evaluates limits for each item.
func (l *Limiter) Graph(next http.Handler) http.Handler {
	lim := l.limits
	if lim.Latency <= 0 && lim.GraphUnits <= 0 && lim.GraphWrites <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := l.caller(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		write := isWrite(r)
		cost := unitCost(r.Method, r.URL)
		w.Header().Set("X-Ms-Resource-Unit", strconv.Itoa(cost))
		used, refused := l.charge(id, cost, write)
		if used > 0.8 {
			w.Header().Set("X-Ms-Throttle-Limit-Percentage", strconv.FormatFloat(used, 'f', 2, 64))
		}
		if refused != nil {
			refused.answerGraph(w, r, id, write, l.now())
			return
		}
		l.think(r.Context())
		next.ServeHTTP(w, r)
	})
}

// charge takes the cost from the caller's budgets. It returns the share of the
// units in use.
func (l *Limiter) charge(id string, cost int, write bool) (used float64, refused *refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.of(id)
	if write && l.limits.GraphWrites > 0 {
		if wait, ok := take(b.writes, now, 1); !ok {
			return inUse(b.writes, now), l.refuse(outOfWrites, wait)
		}
	}
	if l.limits.GraphUnits == 0 {
		return 0, nil
	}
	wait, ok := take(b.units, now, cost)
	if !ok {
		return inUse(b.units, now), l.refuse(outOfUnits, wait)
	}
	return inUse(b.units, now), nil
}

func inUse(bucket *rate.Limiter, now time.Time) float64 {
	return 1 - bucket.TokensAt(now)/float64(bucket.Burst())
}

func isWrite(r *http.Request) bool {
	switch r.Method {
	case http.MethodPatch, http.MethodPut, http.MethodDelete:
		return true
	case http.MethodPost:
		return !strings.HasSuffix(r.URL.Path, "/getByIds")
	}
	return false
}

// unitCost is the price of a request in resource units (Microsoft Learn,
// "Microsoft Graph service-specific throttling limits"; contracts/graph-evidence.md, 1.4).
func unitCost(method string, u *url.URL) int {
	cost := 1
	switch base := path.Base(u.Path); {
	case method == http.MethodPost && base == "getByIds":
		cost = 5
	case method != http.MethodGet:
		return 1
	case strings.Contains(u.Path, "/transitiveMembers"):
		cost = 5
	case strings.Contains(u.Path, "/members"):
		cost = 3
	case strings.HasPrefix(u.Path, "/v1.0/users"):
		cost = 2
	}
	q := u.Query()
	if q.Has("$select") {
		cost--
		if method == http.MethodPost {
			cost -= 2 // getByIds costs 2 with $select
		}
	}
	if q.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(q.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(1, cost)
}

func (r *refusal) answerGraph(w http.ResponseWriter, req *http.Request, id string, write bool, now time.Time) {
	status := r.begin(w)
	access := "Read"
	if write {
		access = "ReadWrite"
	}
	h := w.Header()
	h.Set("X-Ms-Throttle-Scope", fmt.Sprintf("Tenant_Application/%s/%s", access, id))
	h.Set("X-Ms-Throttle-Information", "ResourceUnitLimitExceeded")
	if r.reason == outOfWrites {
		h.Set("X-Ms-Throttle-Information", "WriteLimitExceeded")
	}
	code, message := "TooManyRequests", "Too many requests."
	if r.unavailable {
		code, message = "serviceNotAvailable", "The service is temporarily unavailable."
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code":    code,
		"message": message,
		"innerError": map[string]any{
			"date":              now.UTC().Format("2006-01-02T15:04:05"),
			"request-id":        h.Get("request-id"),
			"client-request-id": req.Header.Get("client-request-id"),
		},
	}})
}
