package throttle

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// tooManyAtOnceText is the service's plain-text answer to too many requests at
// once (contracts/exchange-admin-api.md, 4.4).
const tooManyAtOnceText = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"

// standing is what a caller is told about its budget in the answer's headers.
type standing struct {
	limit     int
	remaining int
	reset     time.Time
	inWork    int
}

// Exchange charges every request as one Exchange command and lets it pass, late
// or not at all. Put it around single commands and around the items of a
// $batch, not around the $batch.
func (l *Limiter) Exchange(next http.Handler) http.Handler {
	work := l.working(next)
	lim := l.limits
	if lim.Latency <= 0 && lim.Concurrency <= 0 && lim.Rate <= 0 {
		return work
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := l.caller(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		at, refused := l.enter(id)
		l.tellBudget(w, at)
		if refused != nil {
			refused.answerExchange(w)
			return
		}
		defer l.leave(id)
		work.ServeHTTP(w, r)
	})
}

// working is what becomes of a command that is admitted.
func (l *Limiter) working(next http.Handler) http.Handler {
	var work http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.counter.Admitted()
		l.think(r.Context())
		next.ServeHTTP(w, r)
	})
	if l.atWork != nil {
		work = l.atWork(work)
	}
	return work
}

func (l *Limiter) enter(id string) (standing, *refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.of(id)
	if l.limits.Concurrency > 0 && b.inWork >= l.limits.Concurrency {
		return l.standing(b, now), l.refuse(tooManyAtOnce, l.limits.Latency)
	}
	if l.limits.Rate > 0 {
		l.drift(b, now)
		if wait, ok := take(b.commands, now, 1); !ok {
			return l.standing(b, now), l.refuse(outOfCommands, wait)
		}
	}
	at := l.standing(b, now)
	b.inWork++
	return at, nil
}

func (l *Limiter) leave(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(id).inWork--
}

func (l *Limiter) standing(b *budget, now time.Time) standing {
	at := standing{limit: l.limits.burst(), inWork: b.inWork}
	if l.limits.Rate > 0 {
		tokens := b.commands.TokensAt(now)
		at.remaining = max(0, int(tokens))
		untilFull := (float64(at.limit) - tokens) / float64(b.commands.Limit())
		at.reset = now.Add(time.Duration(untilFull * float64(time.Second)))
	}
	return at
}

// tellBudget writes the headers that the service was seen to send
// (contracts/exchange-admin-api.md, 3.1). What their numbers count is unknown;
// here they count commands.
func (l *Limiter) tellBudget(w http.ResponseWriter, at standing) {
	h := w.Header()
	h.Set("X-Concurrencycount", strconv.Itoa(at.inWork))
	h.Set("X-Combinedapponlyconcurrencycount", strconv.Itoa(at.inWork))
	if l.limits.Rate > 0 {
		h.Set("Rate-Limit-Limit", strconv.Itoa(at.limit))
		h.Set("Rate-Limit-Remaining", strconv.Itoa(at.remaining))
		h.Set("Rate-Limit-Reset", at.reset.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
}

func (r *refusal) answerExchange(w http.ResponseWriter) {
	status := r.begin(w)
	switch {
	case r.plainText:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, tooManyAtOnceText)
	case r.unavailable:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><body><h1>503 Service Unavailable</h1></body></html>")
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, `{"error":{"code":"TooManyRequests","message":"Too many requests.","innererror":{"message":"Too many requests.","type":"Microsoft.Exchange.Admin.OData.Core.ODataServiceException","stacktrace":""}}}`)
	}
}

// begin sets Retry-After, when the refusal has one, and returns the status.
func (r *refusal) begin(w http.ResponseWriter) int {
	if r.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(r.retryAfter.Seconds())))
	}
	if r.unavailable {
		return http.StatusServiceUnavailable
	}
	return http.StatusTooManyRequests
}
