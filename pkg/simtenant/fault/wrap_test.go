package fault_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"enlist/pkg/simtenant/fault"
)

const (
	exchangePath = "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand"
	newContact   = `{"CmdletInput":{"CmdletName":"New-MailContact","Parameters":{"Name":"a"}}}`
	contactBody  = `{"value":[{"Name":"a"}]}`
)

// tenant is a server that does work when it is asked, with faults in front.
type tenant struct {
	*httptest.Server
	faults *fault.Injector
	worked atomic.Int32
	asked  atomic.Value // the last body
}

func newTenant(t *testing.T, http2 bool) *tenant {
	t.Helper()
	s := &tenant{faults: fault.New(1, new(counter))}
	work := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked.Store(string(body))
		s.worked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, contactBody)
	})
	s.Server = httptest.NewUnstartedServer(s.faults.Wrap(work))
	s.Server.Listener = s.faults.Listener(s.Server.Listener)
	s.Server.EnableHTTP2 = http2
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *tenant) post(t *testing.T, path string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+path, strings.NewReader(newContact))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // so that the transport does not undo gzip
	res, err := s.Client().Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

func TestPlay(t *testing.T) {
	type outcome struct {
		fault  fault.Fault
		worked int32 // calls that did the work
		broken bool  // the client sees a broken connection
		status int
		body   string
	}
	tests := []outcome{
		{fault.Fault{Action: fault.Status}, 0, false, 503, ""},
		{fault.Fault{Action: fault.Status, Status: 429, Body: "slow down"}, 0, false, 429, "slow down"},
		{fault.Fault{Action: fault.StatusAfter, Status: 504}, 1, false, 504, ""},
		{fault.Fault{Action: fault.ResetBefore}, 0, true, 0, ""},
		{fault.Fault{Action: fault.ResetAfter}, 1, true, 0, ""},
		{fault.Fault{Action: fault.Truncate}, 1, true, 0, ""},
		{fault.Fault{Action: fault.Slow, Delay: time.Millisecond}, 1, false, 200, contactBody},
		{fault.Fault{Action: fault.RefuseToken}, 0, false, 401, ""},
	}
	check := func(t *testing.T, s *tenant, want outcome) {
		want.fault.Command = "New-MailContact"
		if err := s.faults.Add(want.fault); err != nil {
			t.Fatal(err)
		}
		res, body, err := s.post(t, exchangePath)
		switch {
		case want.broken:
			if err == nil {
				t.Errorf("got %s %q, want a broken connection", res.Status, body)
			}
		case err != nil:
			t.Errorf("got error %v", err)
		case res.StatusCode != want.status || body != want.body:
			t.Errorf("got %d %q, want %d %q", res.StatusCode, body, want.status, want.body)
		}
		if n := s.worked.Load(); n != want.worked {
			t.Errorf("the work was done %d times, want %d", n, want.worked)
		}

		if _, body, err := s.post(t, exchangePath); err != nil || body != contactBody {
			t.Errorf("the call after the fault got %q, %v", body, err)
		}
		if asked := s.asked.Load(); asked != newContact {
			t.Errorf("the work was asked with %q; the body was not put back whole", asked)
		}
	}
	for _, tt := range tests {
		t.Run("HTTP1 "+string(tt.fault.Action), func(t *testing.T) {
			check(t, newTenant(t, false), tt)
		})
		t.Run("HTTP2 "+string(tt.fault.Action), func(t *testing.T) {
			check(t, newTenant(t, true), tt)
		})
	}
}

// The service answers a cmdlet outside the app's roles with NUL bytes that are
// declared as gzip; a client that decodes it blindly gets an error about gzip.
func TestGarbageIsNoGzip(t *testing.T) {
	s := newTenant(t, true)
	if err := s.faults.Add(fault.Fault{Action: fault.Garbage}); err != nil {
		t.Fatal(err)
	}
	res, body, err := s.post(t, exchangePath)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 403 || res.Header.Get("Content-Encoding") != "gzip" || body != strings.Repeat("\x00", 470) {
		t.Errorf("got %d, encoding %q, %d bytes", res.StatusCode, res.Header.Get("Content-Encoding"), len(body))
	}
	if _, err := gzip.NewReader(strings.NewReader(body)); !errors.Is(err, gzip.ErrHeader) {
		t.Errorf("reading it as gzip: %v", err)
	}
}

func TestRefusedTokenOnGraphHasAnErrorObject(t *testing.T) {
	s := newTenant(t, true)
	if err := s.faults.Add(fault.Fault{Action: fault.RefuseToken}); err != nil {
		t.Fatal(err)
	}
	res, body, err := s.post(t, "/v1.0/contacts")
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 401 || !strings.Contains(body, "InvalidAuthenticationToken") {
		t.Errorf("got %d %q", res.StatusCode, body)
	}
}

func TestRefusedConnection(t *testing.T) {
	s := newTenant(t, true)
	if err := s.faults.Add(fault.Fault{Action: fault.RefuseConnection, Next: 1}); err != nil {
		t.Fatal(err)
	}
	if res, _, err := s.post(t, exchangePath); err == nil {
		t.Errorf("got %s, want no connection", res.Status)
	}
	if _, body, err := s.post(t, exchangePath); err != nil || body != contactBody {
		t.Errorf("the call after the fault got %q, %v", body, err)
	}
	if n := s.worked.Load(); n != 1 {
		t.Errorf("the work was done %d times, want 1", n)
	}
}

// Items of a batch have no connection to cut: the face leaves them out.
func TestCutItemPanicsWithErrAbortHandler(t *testing.T) {
	in := fault.New(1, new(counter))
	if err := in.Add(fault.Fault{Action: fault.ResetAfter}); err != nil {
		t.Fatal(err)
	}
	worked := false
	h := in.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { worked = true }))
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("panicked with %v, want http.ErrAbortHandler", p)
		}
		if !worked {
			t.Error("the work was not done")
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", exchangePath, strings.NewReader(newContact)))
}
