package cause

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTextOfConnections(t *testing.T) {
	closed := freeAddress(t)
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()

	reset := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	reset.EnableHTTP2 = true
	reset.StartTLS()
	defer reset.Close()

	tests := map[string]struct {
		client *http.Client
		url    string
		want   string
	}{
		"refused":    {http.DefaultClient, "http://" + closed, closed + " refuses the connection"},
		"proxy":      {throughProxy(closed), "https://graph.microsoft.com", "the proxy can't be reached: " + closed + " refuses the connection"},
		"authority":  {http.DefaultClient, server.URL, "its certificate comes from an authority that this machine does not trust"},
		"wrong name": {trusting(server), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "its certificate is not for localhost"},
		"no TLS":     {http.DefaultClient, strings.Replace(broken.URL, "http:", "https:", 1), "what answers there does not speak TLS"},
		"no answer":  {hasty(server), server.URL, "there was no answer in time"},
		"stream":     {reset.Client(), reset.URL, "the connection was cut off"},
		"broken off": {http.DefaultClient, broken.URL, "it broke off before its end"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp, err := tt.client.Get(tt.url)
			if err == nil {
				resp.Body.Close()
				t.Fatal("no error")
			}
			wrapped := fmt.Errorf("the directory could not be read: %w", err)
			if got, want := Text(wrapped), "the directory could not be read: "+tt.want; !strings.HasPrefix(got, want) {
				t.Errorf("got  %s\nwant %s\nfrom %v", got, want, wrapped)
			}
		})
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func throughProxy(address string) *http.Client {
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: address})}}
}

// trusting gives a client that trusts the server's authority and looks at names.
func trusting(server *httptest.Server) *http.Client {
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
}

func hasty(server *httptest.Server) *http.Client {
	client := *server.Client()
	client.Timeout = 50 * time.Millisecond
	return &client
}

func TestTextOfFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, missing := os.ReadFile(filepath.Join(dir, "missing"))
	_, folder := os.ReadFile(dir)
	_, within := os.ReadFile(filepath.Join(file, "within"))
	for want, err := range map[string]error{
		"there is no " + filepath.Join(dir, "missing"): missing,
		dir + " is a folder":                           folder,
		"a part of the path " + filepath.Join(file, "within") + " is a file, not a folder": within,
		"there is a " + file + " already":                                                  os.Mkdir(file, 0o700),
		file + " is closed to the account that enlist runs as":                             &os.PathError{Op: "open", Path: file, Err: os.ErrPermission},
	} {
		if got := Text(err); got != want {
			t.Errorf("got %q, want %q, from %q", got, want, err)
		}
	}
}

func TestTextKeepsEverythingElse(t *testing.T) {
	refused := errors.New("the group is moderated")
	for _, err := range []error{
		refused,
		fmt.Errorf("line 3: %w", refused),
		errors.Join(refused, errors.New("and so on")),
	} {
		if got := Text(err); got != err.Error() {
			t.Errorf("got %q, want %q", got, err)
		}
	}
	if got := Text(nil); got != "" {
		t.Errorf("nil: %q", got)
	}
}

func TestTextOfSeveralErrors(t *testing.T) {
	err := errors.Join(
		&net.DNSError{Name: "graph.microsoft.com", IsNotFound: true},
		fmt.Errorf("the plan is damaged: %w", io.ErrUnexpectedEOF),
		fmt.Errorf("the tenant: %w", context.DeadlineExceeded),
	)
	want := "the name graph.microsoft.com is not found\nthe plan is damaged: it broke off before its end\nthe tenant: there was no answer in time"
	if got := Text(err); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// worded repeats the text of what went wrong in its own, as messages do, but
// not the part of it that says where.
type worded struct{ cause error }

func (w worded) Error() string { return "no answer from the server: " + errors.Unwrap(w.cause).Error() }
func (w worded) Unwrap() error { return w.cause }

func TestTextFindsWhatIsRepeatedInPart(t *testing.T) {
	err := worded{&url.Error{Op: "Get", URL: "https://contoso.example", Err: &net.DNSError{Name: "contoso.example", IsNotFound: true}}}
	if got, want := Text(err), "no answer from the server: the name contoso.example is not found"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
