package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Bounds on what is read of an answer. A page of 999 objects is about 1 MB.
const (
	maxBody      = 64 << 20
	maxErrorBody = 64 << 10
)

// errUnsigned means that the SDK was about to send a request without a token.
var errUnsigned = errors.New("graph: request has no access token, so it was not sent")

// guard lets nothing out that has no token, and nothing to another host than the one the client was made for.
type guard struct {
	host string
	next http.RoundTripper
}

func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	bearer, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	switch {
	case bearer != "Bearer" || token == "":
		return nil, refuse(req, errUnsigned)
	case req.URL.Scheme != "https" || req.URL.Host != g.host:
		return nil, refuse(req, fmt.Errorf("graph: request to %s://%s was not sent: the client is for https://%s", req.URL.Scheme, req.URL.Host, g.host))
	}
	return g.next.RoundTrip(req)
}

// refuse closes the request's body, as a RoundTripper must, and returns the error.
func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return err
}

// answers bounds answers and brings refusals into the one form that the SDK decodes without losing the status:
// gateways answer with HTML, plain text or nothing at all.
type answers struct {
	next http.RoundTripper
	log  *slog.Logger
}

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := a.next.RoundTrip(req)
	took := slog.Duration("took", time.Since(start))
	if err != nil {
		a.log.DebugContext(req.Context(), "graph request failed", "method", req.Method, "path", req.URL.Path, took, "error", err)
		return nil, err
	}
	a.log.DebugContext(req.Context(), "graph request", "method", req.Method, "path", req.URL.Path, took,
		"status", resp.StatusCode, "request_id", resp.Header.Get("request-id"))
	switch {
	case resp.StatusCode >= 400:
		return refusal(resp), nil
	case resp.StatusCode >= 300:
		_ = resp.Body.Close()
		return nil, &Error{
			Status:  resp.StatusCode,
			Message: "the answer is a redirect, which Graph does not send: a proxy seems to stand in between",
		}
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxBody)
	return resp, nil
}

// refusal replaces the body of a failed answer by an error in Graph's form, unless it is one already.
func refusal(resp *http.Response) *http.Response {
	// What can be read of a broken body still tells more than the error of reading it.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	_ = resp.Body.Close()
	var envelope struct {
		Error *struct{ Code, Message string }
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Error == nil {
		body, _ = json.Marshal(map[string]any{"error": map[string]string{"code": "", "message": plain(body)}})
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	resp.Header.Set("Content-Type", "application/json")
	resp.Header.Del("Content-Length")
	dropUnreadableChallenge(resp.Header)
	return resp
}

func isWebPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// dropUnreadableChallenge removes a WWW-Authenticate header whose claims have no quotes: the adapter panics on it.
func dropUnreadableChallenge(h http.Header) {
	for parameter := range strings.SplitSeq(h.Get("WWW-Authenticate"), ",") {
		_, claims, found := strings.Cut(parameter, "claims")
		if found && strings.Count(claims, `"`) < 2 {
			h.Del("WWW-Authenticate")
			return
		}
	}
}

// plain says in a few words what stands in an answer that isn't Graph's.
func plain(body []byte) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(body), "")), " ")
	switch {
	case text == "":
		return "the answer is empty"
	case isWebPage(body):
		return "the answer is a web page, not one of Graph: a proxy or gateway seems to stand in between"
	}
	const most = 200
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}
