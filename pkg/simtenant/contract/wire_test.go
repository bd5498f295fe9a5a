package contract_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph/openapi"
	"enlist/pkg/simtenant/throttle"
)

// wire is a tenant as a client sees it: addresses, and what an administrator
// was told of apps and secrets.
type wire struct {
	srv    *simtenant.Server
	client *http.Client
	spec   *openapi.Specification
	tokens map[string]string // by app and resource
	clock  *clock            // of a laggingCompany
}

func connect(t *testing.T, cfg simtenant.Config) *wire {
	t.Helper()
	cfg.Seed, cfg.SMTP = seed(), "127.0.0.1:0"
	srv, err := simtenant.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	spec, err := openapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CertificatePEM())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &wire{srv: srv, client: &http.Client{Transport: transport}, spec: spec, tokens: map[string]string{}}
}

func company(t *testing.T) *wire { return connect(t, simtenant.Config{}) }

// clock is a time that only claims move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// laggingCompany takes 15 seconds from one domain controller to the others, and
// a minute to Graph. Every other call reaches another one than its anchor leads to.
func laggingCompany(t *testing.T) *wire {
	c := &clock{now: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	w := connect(t, simtenant.Config{ReplicationDelay: 15 * time.Second, GraphDelay: time.Minute, AffinityMisses: 0.5, Now: c.read})
	w.clock = c
	return w
}

// slowCompany lets each app run three commands, and spend twelve
// of Graph's units in ten seconds.
func slowCompany(t *testing.T) *wire {
	return connect(t, simtenant.Config{Limits: throttle.Limits{
		Rate: 0.001, Burst: 3, GraphUnits: 12, GraphWrites: 1000,
	}})
}

// crowdedCompany lets each app run one command at a time.
func crowdedCompany(t *testing.T) *wire {
	return connect(t, simtenant.Config{Limits: throttle.Limits{Concurrency: 1, Latency: 50 * time.Millisecond}})
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any // nil when the answer is no JSON object
}

// option changes a request before it is sent.
type option func(*http.Request)

func header(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func without(name string) option {
	return func(r *http.Request) { r.Header.Del(name) }
}

func (w *wire) send(t *testing.T, method, target string, body []byte, options ...option) answer {
	t.Helper()
	if strings.HasPrefix(target, "/") {
		target = w.srv.URL() + target
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range options {
		change(r)
	}
	res, err := w.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.raw, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	if len(a.raw) > 0 && a.raw[0] == '{' {
		if err := json.Unmarshal(a.raw, &a.body); err != nil {
			t.Fatalf("%s %s: %v\n%s", method, target, err, a.raw)
		}
	}
	return a
}

func (w *wire) tenantID() string { return w.srv.Tenant().ID.String() }

const (
	exchangeScope = "https://outlook.office365.com/.default"
	graphScope    = "https://graph.microsoft.com/.default"
)

// signIn asks for a token with the secret that all apps here share.
func (w *wire) signIn(t *testing.T, app, scope string) answer {
	t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope},
		"client_id": {app}, "client_secret": {directory.DefaultClientSecret},
	}
	return w.send(t, "POST", "/"+w.tenantID()+"/oauth2/v2.0/token", []byte(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded"))
}

func (w *wire) token(t *testing.T, app, scope string) string {
	t.Helper()
	key := app + " " + scope
	if w.tokens[key] == "" {
		a := w.signIn(t, app, scope)
		w.tokens[key], _ = a.body["access_token"].(string)
		if a.status != http.StatusOK {
			t.Fatalf("sign-in of %s: %d %s", app, a.status, a.raw)
		}
	}
	return w.tokens[key]
}

// as makes a request another app's.
func (w *wire) as(t *testing.T, app, scope string) option {
	return header("Authorization", "Bearer "+w.token(t, app, scope))
}

// want checks the status and a part of the answer.
func (a answer) want(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d\n%s", a.status, status, a.raw)
	}
	for _, part := range parts {
		if !strings.Contains(string(a.raw), part) {
			t.Errorf("the answer lacks %s\n%s", part, a.raw)
		}
	}
}

// values are the objects of a collection.
func (a answer) values() []map[string]any {
	list, _ := a.body["value"].([]any)
	found := make([]map[string]any, len(list))
	for i := range list {
		found[i], _ = list[i].(map[string]any)
	}
	return found
}

// column is one property of every object, as text.
func (a answer) column(name string) []string {
	found := []string{}
	for _, v := range a.values() {
		found = append(found, fmt.Sprint(v[name]))
	}
	return found
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}
