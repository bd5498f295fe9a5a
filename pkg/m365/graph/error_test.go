package graph

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"enlist/pkg/m365/pace"
)

func TestErrors(t *testing.T) {
	tests := []struct {
		name  string
		reply http.HandlerFunc
		want  Error
		kind  error
	}{
		{
			"bad request", reply(400, `{"error":{"code":"Request_UnsupportedQuery","message":"Unsupported or invalid query filter clause specified for property 'x' of resource 'OrgContact'.","innerError":{"request-id":"r-1"}}}`),
			Error{Status: 400, Code: "Request_UnsupportedQuery", Message: "Unsupported or invalid query filter clause specified for property 'x' of resource 'OrgContact'.", RequestID: "r-1"}, ErrBadRequest,
		},
		{
			"unauthorized", reply(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}`),
			Error{Status: 401, Code: "InvalidAuthenticationToken", Message: "Access token has expired or is not yet valid."}, ErrUnauthorized,
		},
		{
			"forbidden", reply(403, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innerError":{"date":"2026-11-23T10:00:00","request-id":"r-2","client-request-id":"q"}}}`),
			Error{Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation.", RequestID: "r-2"}, ErrForbidden,
		},
		{
			"throttled", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "0.249")
				w.Header().Set("request-id", "r-3")
				reply(429, `{"error":{"code":"TooManyRequests","message":"Too many requests"}}`)(w, r)
			},
			Error{Status: 429, Code: "TooManyRequests", Message: "Too many requests", RequestID: "r-3", RetryAfter: 249 * time.Millisecond}, ErrThrottled,
		},
		{
			"throttled with a date", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", "Mon, 23 Nov 2026 10:00:00 GMT")
				w.Header().Set("Retry-After", "Mon, 23 Nov 2026 10:00:07 GMT")
				reply(429, `{}`)(w, r)
			},
			Error{Status: 429, Message: "{}", RetryAfter: 7 * time.Second}, ErrThrottled,
		},
		{"a gateway's page", replyAs(502, "text/html", "<html>Bad gateway</html>"), Error{Status: 502, Message: "the answer is a web page, not one of Graph: a proxy or gateway seems to stand in between"}, ErrUnavailable},
		{"plain text", replyAs(503, "text/plain", "no\n healthy upstream"), Error{Status: 503, Message: "no healthy upstream"}, ErrUnavailable},
		{"nothing", replyAs(500, "", ""), Error{Status: 500, Message: "the answer is empty"}, ErrUnavailable},
		{"JSON of somebody else", reply(403, `{"error":"access_denied"}`), Error{Status: 403, Message: `{"error":"access_denied"}`}, ErrForbidden},
		{"HTML declared as JSON", reply(404, `<h1>404</h1>`), Error{Status: 404, Message: "the answer is a web page, not one of Graph: a proxy or gateway seems to stand in between"}, ErrNotFound},
		{"a captive proxy", replyAs(200, "text/html", "<!DOCTYPE html><title>Sign in"), Error{Status: 200, Message: "the answer is a web page, not one of Graph: a proxy or gateway seems to stand in between"}, ErrUnexpectedAnswer},
		{"an empty answer", reply(200, ``), Error{Status: 200, Message: "the answer is empty"}, ErrUnexpectedAnswer},
		{
			"a redirect", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
			},
			Error{Status: 302, Message: "the answer is a redirect, which Graph does not send: a proxy seems to stand in between"}, ErrUnexpectedAnswer,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.reply)
			c := s.client(t)
			c.pacer = pace.New(pace.Options{Attempts: 1})
			_, err := list(c.Contacts(t.Context()))
			got, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %T: %v", err, err)
			}
			want := tt.want
			want.Request = "GET /v1.0/contacts"
			if diff := cmp.Diff(want, *got, cmpopts.IgnoreUnexported(Error{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, kind := range []error{ErrBadRequest, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrThrottled, ErrUnavailable, ErrUnexpectedAnswer} {
				if errors.Is(err, kind) != (kind == tt.kind) {
					t.Errorf("errors.Is(%v, %v) = %v", err, kind, kind != tt.kind)
				}
			}
		})
	}
}

func TestAnUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[]}`))
	c, err := New(Options{BaseURL: s.URL + "/v1.0", Credential: &tokens{}, Scope: testScope, Transport: http.DefaultTransport.(*http.Transport).Clone()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = list(c.Contacts(t.Context()))
	if !errors.Is(err, ErrUnavailable) || errors.Is(err, pace.ErrGaveUp) {
		t.Errorf("got %v", err)
	}
	if retries := c.pacer.Stats().Retries; retries != 0 {
		t.Errorf("%d retries", retries)
	}
}
