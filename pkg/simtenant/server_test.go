package simtenant_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
)

// start runs a tenant for the length of the test.
func start(t testing.TB, cfg simtenant.Config) *simtenant.Server {
	t.Helper()
	srv, err := simtenant.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return srv
}

// clientOf trusts the server's authority, and nobody else.
func clientOf(t testing.TB, srv *simtenant.Server) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(srv.CertificatePEM()) {
		t.Fatal("the authority is not PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func do(t testing.TB, c *http.Client, method, url, body string, header http.Header) (int, []byte) {
	t.Helper()
	status, _, answer := exchange(t, c, method, url, body, header)
	return status, answer
}

// exchange is do, with the answer's header.
func exchange(t testing.TB, c *http.Client, method, url, body string, header http.Header) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, got
}

// token signs the tenant's app in.
func token(t testing.TB, c *http.Client, srv *simtenant.Server, resource string) string {
	t.Helper()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {srv.App().ClientID},
		"client_secret": {srv.App().Secret},
		"scope":         {resource + "/.default"},
	}
	status, body := do(t, c, "POST", srv.URL()+"/"+srv.Tenant().ID.String()+"/oauth2/v2.0/token", form.Encode(),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		t.Fatalf("sign-in: %d %s", status, body)
	}
	return answer.AccessToken
}

func TestSignIn(t *testing.T) {
	srv := start(t, simtenant.Config{})
	if app := srv.App(); app.ClientID != simtenant.DefaultClientID || app.Secret != simtenant.DefaultClientSecret {
		t.Errorf("a tenant without a seed has the app %v", app)
	}
	if got := token(t, clientOf(t, srv), srv, "https://graph.microsoft.com"); strings.Count(got, ".") != 2 {
		t.Errorf("the access token is no JWT: %q", got)
	}
}

func TestTenant(t *testing.T) {
	srv := start(t, simtenant.Config{})
	status, body := do(t, clientOf(t, srv), "GET", srv.URL()+"/sim/tenant", "", nil)
	var got struct {
		ID, Domain      string
		AcceptedDomains []string `json:"accepted_domains"`
	}
	if err := json.Unmarshal(body, &got); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if got.ID != srv.Tenant().ID.String() || got.Domain != "contoso.onmicrosoft.com" || len(got.AcceptedDomains) == 0 {
		t.Errorf("got %+v", got)
	}
}

// What /sim/state gives can be the seed of another tenant, which is then the same.
func TestStateIsASeed(t *testing.T) {
	first := start(t, simtenant.Config{})
	_, state := do(t, clientOf(t, first), "GET", first.URL()+"/sim/state", "", nil)
	seed, err := directory.ParseSeed(state)
	if err != nil {
		t.Fatalf("the state is no seed: %v", err)
	}
	second := start(t, simtenant.Config{Seed: seed})
	_, again := do(t, clientOf(t, second), "GET", second.URL()+"/sim/state", "", nil)
	if diff := cmp.Diff(string(state), string(again)); diff != "" {
		t.Errorf("states of the first tenant and of its copy (-first +second):\n%s", diff)
	}
}

func TestFaultsOverTheWire(t *testing.T) {
	srv := start(t, simtenant.Config{})
	c := clientOf(t, srv)
	status, body := do(t, c, "POST", srv.URL()+"/sim/faults", `[{"path":"/sim","action":"garbage"},{"path":"/common/","action":"status","status":502}]`, nil)
	if status != http.StatusNoContent {
		t.Fatalf("POST: %d %s", status, body)
	}
	if status, _ := do(t, c, "GET", srv.URL()+"/common/discovery/instance", "", nil); status != http.StatusBadGateway {
		t.Errorf("the call that the fault is aimed at: %d", status)
	}
	status, body = do(t, c, "GET", srv.URL()+"/sim/stats", "", nil)
	if status != http.StatusOK || !bytes.Contains(body, []byte(`"faults":1`)) {
		t.Errorf("stats, which no fault may hit: %d %s", status, body)
	}
}

func TestEndOfContextEndsTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := simtenant.Start(ctx, simtenant.Config{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := srv.Wait(); err != nil {
		t.Errorf("wait: %v", err)
	}
	if err := srv.Close(); err != nil {
		t.Errorf("close after the end: %v", err)
	}
	if _, err := clientOf(t, srv).Get(srv.URL() + "/sim/stats"); err == nil {
		t.Error("the port still answers")
	}
}

// Close cuts short what is in progress, and leaves no goroutine behind.
func TestCloseEndsCallsInProgress(t *testing.T) {
	before := goleak.IgnoreCurrent()
	srv, err := simtenant.Start(t.Context(), simtenant.Config{
		SMTP:   "127.0.0.1:0",
		Faults: []fault.Fault{{Path: "/common/", Action: fault.Slow, Delay: time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	var calls sync.WaitGroup
	calls.Go(func() {
		res, err := (&http.Client{Transport: transport}).Get(srv.URL() + "/common/discovery/instance")
		if err == nil {
			_ = res.Body.Close()
		}
	})
	for srv.Stats().Faults == 0 { // until the call is being held back
		runtime.Gosched()
	}
	if err := srv.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	calls.Wait()
	transport.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

func TestStartRefuses(t *testing.T) {
	taken := start(t, simtenant.Config{})
	tests := []struct {
		name string
		cfg  simtenant.Config
		want string
	}{
		{"an address without a port", simtenant.Config{Listen: "localhost"}, "address to listen on"},
		{"a port that is taken", simtenant.Config{Listen: strings.TrimPrefix(taken.URL(), "https://")}, "open the port"},
		{"a fault that makes no sense", simtenant.Config{Faults: []fault.Fault{{Action: "explode"}}}, "explode"},
		{"a state file that can't be", simtenant.Config{StateFile: filepath.Join(t.TempDir(), "no", "such", "folder")}, "directory"},
		{"a port for mail that is taken", simtenant.Config{SMTP: strings.TrimPrefix(taken.URL(), "https://")}, "port for mail"},
		{"a certificate that is none", simtenant.Config{Seed: withApp(directory.App{ClientID: "a", Certificates: []string{"x"}})}, "app a: no CERTIFICATE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv, err := simtenant.Start(t.Context(), tt.cfg)
			if err == nil {
				_ = srv.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func withApp(app directory.App) *directory.Seed {
	seed := directory.DefaultSeed()
	seed.Apps = []directory.App{app}
	return seed
}
