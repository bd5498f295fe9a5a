package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"enlist/pkg/m365/pace"
)

const (
	tenantID = "0b7c6a3e-2a1f-4d0c-9a52-3f3e7b1d9c11"
	secret   = "header.payload.signature"
)

// request is what the server got.
type request struct {
	*http.Request
	body  string
	input struct {
		CmdletInput struct {
			CmdletName string
			Parameters map[string]any
		}
	}
}

// server stands for the service. Its answers are used up in turn; the last one
// is given again and again.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []request
}

func newServer(t *testing.T, answers ...http.HandlerFunc) *server {
	s := &server{answers: answers}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are meant to
	s.EnableHTTP2 = true                           // as the service does
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	got := request{Request: r, body: string(body)}
	_ = json.Unmarshal(body, &got.input)
	s.mu.Lock()
	s.requests = append(s.requests, got)
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	next(w, r)
}

// client returns a client of s that waits next to nothing between tries.
func (s *server) client(t *testing.T, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{
		BaseURL:         s.URL,
		TenantID:        tenantID,
		Token:           func(context.Context) (string, error) { return secret, nil },
		HTTP:            s.Server.Client(),
		Pacer:           pace.New(pace.Options{Attempts: 3, Delay: time.Millisecond}),
		ApplicationName: "enlist",
	}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// say answers with a status, a body, and headers in pairs.
func say(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp breaks the connection instead of answering.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cmdletError is the body of a cmdlet that failed, as observed: the reason
// stands in details only.
func cmdletError(reason string) string {
	body, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": "BadRequest", "message": "Error executing cmdlet",
		"details": []any{map[string]any{"code": "Client", "target": "", "message": reason}},
		"innererror": map[string]any{
			"message": "Error executing cmdlet",
			"type":    "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
			"internalexception": map[string]any{
				"message": "Exception of type 'Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException' was thrown.",
				"type":    "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException",
			},
		},
		"adminapi.warnings@odata.type": "#Collection(String)",
		"@adminapi.warnings":           []any{},
	}})
	return string(body)
}

const alreadyMember = `|Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException|The recipient "Ana" is already a member of the group "Partners".`
