package fault

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// nulBytes is the length of the 403 body that was seen from the service
// (contracts/exchange-admin-api.md, 0.5).
const nulBytes = 470

// play lets the fault happen to one request.
func (f Fault) play(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch f.Action {
	case Status:
		f.answer(w, http.StatusServiceUnavailable)
	case StatusAfter:
		next.ServeHTTP(newRecording(), r)
		f.answer(w, http.StatusServiceUnavailable)
	case ResetBefore, RefuseConnection:
		cut(w)
	case ResetAfter:
		next.ServeHTTP(newRecording(), r)
		cut(w)
	case Truncate:
		done := newRecording()
		next.ServeHTTP(done, r)
		done.sendHalf(w)
	case Garbage:
		f.garbage(w)
	case Slow:
		done := newRecording()
		next.ServeHTTP(done, r)
		wait(r.Context(), f.Delay)
		done.send(w)
	case RefuseToken:
		refuseToken(w, r)
	}
}

// answer sends the fault's own status, headers and body.
func (f Fault) answer(w http.ResponseWriter, status int) {
	if f.Status != 0 {
		status = f.Status
	}
	if strings.HasPrefix(strings.TrimSpace(f.Body), "{") {
		w.Header().Set("Content-Type", "application/json")
	} else if f.Body != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	maps.Copy(w.Header(), f.header())
	w.WriteHeader(status)
	// The client may be gone; the fault has been played all the same.
	_, _ = io.WriteString(w, f.Body)
}

// garbage sends a body that says it is gzip and is not.
func (f Fault) garbage(w http.ResponseWriter) {
	if f.Body == "" {
		f.Body = string(make([]byte, nulBytes))
	}
	w.Header().Set("Content-Encoding", "gzip")
	f.answer(w, http.StatusForbidden)
}

// refuseToken answers as the service does to a token that has expired: Graph
// with an error object, Exchange with nothing but headers
// (contracts/exchange-admin-api.md, 4.2, "401 headers").
func refuseToken(w http.ResponseWriter, r *http.Request) {
	if isGraph(r.URL.Path) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired.","innerError":{}}}`)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token",Basic Realm=""`)
	w.Header().Set("X-Ms-Diagnostics", `2000008;reason="The token has expired.";error_category="invalid_lifetime"`)
	w.Header().Set("X-Backendhttpstatus", "401")
	w.WriteHeader(http.StatusUnauthorized)
}

// cut ends the connection without an answer: a reset over HTTP/1, a stream
// error over HTTP/2. It does not return.
func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		reset(conn)
	}
	panic(http.ErrAbortHandler)
}

// reset closes a connection so that the other side gets RST, as from a service that died.
func reset(conn net.Conn) {
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}

// wait returns after d, or earlier when nobody waits for the answer any more.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// recording keeps an answer instead of sending it.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecording() *recording {
	return &recording{header: http.Header{}, status: http.StatusOK}
}

func (a *recording) Header() http.Header { return a.header }

func (a *recording) WriteHeader(status int) { a.status = status }

func (a *recording) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *recording) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	// The client of a slow answer may have lost patience: that is what the fault is for.
	_, _ = w.Write(a.body.Bytes())
}

// sendHalf promises the whole answer, sends half of it and cuts the connection.
func (a *recording) sendHalf(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(max(a.body.Len(), 2)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
