package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"

	"enlist/pkg/m365/pace"
)

// post is a request with a body; the client has none of its own yet.
func post(c *Client, body string) *abs.RequestInformation {
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.POST, "{+baseurl}/$batch", c.root())
	request.SetStreamContentAndContentType([]byte(body), "application/json")
	return request
}

func TestABodyIsSentWholeAgain(t *testing.T) {
	// The SDK's default middlewares send the second attempt plain, under the first one's Content-Encoding: gzip.
	throttled := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "0")
		reply(429, `{"error":{"code":"TooManyRequests","message":"Too many requests"}}`)(w, r)
	}
	s := newServer(t, throttled, throttled, reply(200, `{}`))
	c := s.client(t)
	body := `{"requests":[` + strings.Repeat(`{"id":"1"},`, 400) + `{"id":"2"}]}`
	if _, err := c.send(t.Context(), post(c, body)); err != nil {
		t.Fatal(err)
	}
	sent := s.requests()
	if len(sent) != 3 {
		t.Fatalf("sent %d requests", len(sent))
	}
	for i, r := range sent {
		if r.body != body || r.length != int64(len(body)) || r.header.Get("Content-Encoding") != "" {
			t.Errorf("attempt %d: %d bytes of %d, declared %d, Content-Encoding %q", i+1, len(r.body), len(body), r.length, r.header.Get("Content-Encoding"))
		}
	}
}

func TestNothingGoesOutWithoutAToken(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[]}`))
	_, err := list(s.clientWith(t, &tokens{empty: true}).Contacts(t.Context()))
	if !errors.Is(err, errUnsigned) {
		t.Errorf("got %v, want %v", err, errUnsigned)
	}

	// A host that the SDK's token provider doesn't know gets no token; the SDK itself says nothing about it.
	c := s.client(t)
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.GET, "https://localhost:1/v1.0/contacts", c.root())
	if _, err := c.send(t.Context(), request); !errors.Is(err, errUnsigned) {
		t.Errorf("unknown host: got %v, want %v", err, errUnsigned)
	}
	if n := len(s.requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

func TestNoTokenToAnotherPortOfTheHost(t *testing.T) {
	// The SDK's list of hosts knows no ports.
	s := newServer(t, reply(200, `{"value":[]}`))
	other := newServer(t, reply(200, `{"value":[]}`))
	c := s.client(t)
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.GET, other.URL+"/v1.0/contacts", c.root())
	if _, err := c.send(t.Context(), request); err == nil {
		t.Error("no error")
	}
	if n := len(other.requests()); n != 0 {
		t.Errorf("%d requests went out", n)
	}
}

func TestOneRetryLayer(t *testing.T) {
	s := newServer(t, replyAs(503, "text/html", "<h1>Service unavailable</h1>"))
	_, err := list(s.client(t).Contacts(t.Context()))
	if !errors.Is(err, pace.ErrGaveUp) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("sent %d requests, want the pacer's 3", n)
	}
}

func TestWhatIsSentAgain(t *testing.T) {
	tests := []struct {
		name      string
		reply     http.HandlerFunc
		get, post int
	}{
		{"429", reply(429, ``), 3, 3},
		{"503", reply(503, ``), 3, 3},
		{"500", reply(500, ``), 3, 1},
		{"502", replyAs(502, "text/html", "<h1>Bad gateway</h1>"), 3, 1},
		{"504", reply(504, ``), 3, 1},
		{"507", reply(507, ``), 1, 1},
		{"400", reply(400, `{"error":{"code":"Request_BadRequest","message":"x"}}`), 1, 1},
		{"401", reply(401, ``), 1, 1},
		{"403", reply(403, ``), 1, 1},
		{"no answer", hangUp, 3, 1},
		{"garbled", reply(200, `{"value":[{"id":`), 3, 1},
		{"a web page", replyAs(200, "text/html", "<html>sign in</html>"), 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.reply)
			if _, err := list(s.client(t).Contacts(t.Context())); err == nil {
				t.Error("no error")
			}
			got := len(s.requests())
			c := s.client(t)
			_, _ = c.send(t.Context(), post(c, `{}`))
			if posted := len(s.requests()) - got; got != tt.get || posted != tt.post {
				t.Errorf("sent GET %d times, POST %d times; want %d, %d", got, posted, tt.get, tt.post)
			}
		})
	}
}

func TestErrorsOfTheCredentialAreNotTheNetworks(t *testing.T) {
	wrongSecret := errors.New("wrong secret")
	s := newServer(t, reply(200, `{"value":[]}`))
	_, err := list(s.clientWith(t, &tokens{err: wrongSecret}).Contacts(t.Context()))
	if !errors.Is(err, wrongSecret) || errors.Is(err, ErrUnavailable) || errors.Is(err, pace.ErrGaveUp) {
		t.Errorf("got %v", err)
	}
}

// renewable is a credential whose current token can be replaced.
type renewable struct {
	tokens
	rejected []string
}

func (c *renewable) Renew(_ context.Context, rejected string) (string, error) {
	c.rejected = append(c.rejected, rejected)
	return "new", nil
}

func TestARejectedTokenIsRenewedOnce(t *testing.T) {
	refusal := reply(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}`)
	t.Run("then accepted", func(t *testing.T) {
		s := newServer(t, refusal, reply(200, `{"value":[]}`))
		credential := &renewable{}
		if _, err := list(s.clientWith(t, credential).Contacts(t.Context())); err != nil {
			t.Error(err)
		}
		if fmt.Sprint(credential.rejected) != "[token-1]" {
			t.Errorf("renewed %v", credential.rejected)
		}
	})
	t.Run("refused again", func(t *testing.T) {
		s := newServer(t, refusal)
		_, err := list(s.clientWith(t, &renewable{}).Contacts(t.Context()))
		if n := len(s.requests()); !errors.Is(err, ErrUnauthorized) || n != 2 {
			t.Errorf("%d requests, %v", n, err)
		}
	})
}

func TestAClaimsChallengeIsNoReasonToPanic(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", error="insufficient_claims", claims=eyJ`)
		reply(401, ``)(w, r)
	})
	if _, err := list(s.client(t).Contacts(t.Context())); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
}

func TestInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := list(s.client(t).Contacts(ctx))
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
