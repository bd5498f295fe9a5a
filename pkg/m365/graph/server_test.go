package graph

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"enlist/pkg/m365/pace"
)

const testScope = "https://graph.microsoft.com/.default"

// request is what the server was sent.
type request struct {
	method, path string
	query        map[string][]string
	header       http.Header
	body         string
	length       int64
}

// server stands for Graph: it answers each request with the next of its replies, the last one for ever, and keeps what
// it was sent.
type server struct {
	*httptest.Server
	replies []http.HandlerFunc

	mu   sync.Mutex
	sent []request
}

func newServer(t *testing.T, replies ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{replies: replies}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.answer))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	n := len(s.sent)
	s.sent = append(s.sent, request{r.Method, r.URL.Path, r.URL.Query(), r.Header, string(body), r.ContentLength})
	s.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.replies[min(n, len(s.replies)-1)](w, r)
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// client talks to s, waits hardly at all between attempts, and sends each request three times at most.
func (s *server) client(t *testing.T) *Client {
	t.Helper()
	return s.clientWith(t, &tokens{})
}

func (s *server) clientWith(t *testing.T, credential azcore.TokenCredential) *Client {
	t.Helper()
	c, err := New(Options{
		BaseURL:    s.URL + "/v1.0",
		Credential: credential,
		Scope:      testScope,
		Transport:  s.Client().Transport,
		Pacer:      pace.New(pace.Options{Attempts: 3, Delay: time.Millisecond, MaxDelay: time.Millisecond}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reply answers with a status and a JSON body.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// replyAs answers with a status, a content type and a body.
func replyAs(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// replyWithLink answers with a page whose link leads to query on the same server.
func replyWithLink(value, query string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"@odata.nextLink":"https://%s%s?%s","value":[%s]}`, r.Host, r.URL.Path, query, value)
	}
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// tokens is a credential that gives out a new token each time, or only empty ones.
type tokens struct {
	mu    sync.Mutex
	given int
	empty bool
	err   error
}

func (c *tokens) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return azcore.AccessToken{}, c.err
	}
	if c.empty || !slices.Equal(o.Scopes, []string{testScope}) {
		return azcore.AccessToken{}, nil
	}
	c.given++
	return azcore.AccessToken{Token: fmt.Sprintf("token-%d", c.given), ExpiresOn: time.Now().Add(time.Hour)}, nil
}
