package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"
	"enlist/pkg/simtenant/graph"
	"enlist/pkg/simtenant/graph/openapi"
)

// loadSpecification reads the metadata once for all tests.
var loadSpecification = sync.OnceValues(openapi.Load)

// readAll are the permissions of most tests.
var readAll = []string{"Directory.Read.All", "Group.Read.All", "OrgContact.Read.All", "User.Read.All", "Organization.Read.All"}

// tenant is a Graph face over a directory, with a caller whose permissions and a
// clock that the test sets.
type tenant struct {
	testing.TB
	dir     *directory.Directory
	handler http.Handler
	spec    *openapi.Specification

	mu     sync.Mutex
	roles  []string
	reject error
	offset time.Duration
	stats  counts
}

type counts struct{ batches, requests int }

func (t *tenant) Batch() { t.count(counts{batches: 1}) }
func (t *tenant) Graph() { t.count(counts{requests: 1}) }

func (t *tenant) count(more counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.batches += more.batches
	t.stats.requests += more.requests
}

func newTenant(tb testing.TB, seed *directory.Seed, change ...func(*directory.Options, *graph.Config)) *tenant {
	tb.Helper()
	spec, err := loadSpecification()
	if err != nil {
		tb.Fatal(err)
	}
	t := &tenant{TB: tb, roles: readAll, spec: spec}
	opts := directory.Options{Seed: seed, Now: t.now}
	cfg := graph.Config{Authenticate: t.authenticate, Stats: t, Now: t.now}
	for _, f := range change {
		f(&opts, &cfg)
	}
	dir, err := directory.Open(opts)
	if err != nil {
		tb.Fatal(err)
	}
	t.dir, cfg.Directory = dir, dir
	t.handler = graph.New(cfg)
	return t
}

var start = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func (t *tenant) now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return start.Add(t.offset)
}

func (t *tenant) advance(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.offset += d
}

func (t *tenant) authenticate(*http.Request) (*entra.Caller, error) {
	if t.reject != nil {
		return nil, t.reject
	}
	return &entra.Caller{ClientID: "app", Roles: t.roles}, nil
}

// option changes a request before it is sent.
type option func(*http.Request)

func header(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

var eventual = header("ConsistencyLevel", "eventual")

// reply is an answer of the face.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// send makes a request and holds it and its answer against the OpenAPI subset.
// target is below /v1.0, or a whole link.
func (t *tenant) send(method, target string, body any, options ...option) reply {
	t.Helper()
	if !strings.HasPrefix(target, "https://") {
		target = "https://graph.microsoft.com/v1.0" + escape(target)
	}
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request := httptest.NewRequestWithContext(context.Background(), method, target, bytes.NewReader(content))
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, change := range options {
		change(request)
	}
	recorded := httptest.NewRecorder()
	t.handler.ServeHTTP(recorded, request)
	got := reply{status: recorded.Code, header: recorded.Header(), raw: recorded.Body.Bytes()}
	if strings.HasPrefix(recorded.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(got.raw, &got.body); err != nil {
			t.Fatalf("%s %s: %v in %s", method, target, err, got.raw)
		}
	}
	if err := t.spec.Check(request, content, got.status, got.raw); err != nil {
		t.Error(err)
	}
	return got
}

// escape encodes the values of a query that a test writes as people read it.
func escape(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		parts = append(parts, name+"="+url.QueryEscape(value))
	}
	return path + "?" + strings.Join(parts, "&")
}

func (t *tenant) get(target string, options ...option) reply {
	t.Helper()
	return t.send(http.MethodGet, target, nil, options...)
}

func (r reply) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

// items are the objects of a collection.
func (r reply) items() []map[string]any {
	list, _ := r.body["value"].([]any)
	found := make([]map[string]any, len(list))
	for i := range list {
		found[i], _ = list[i].(map[string]any)
	}
	return found
}

// column gives one property of every object of a collection.
func (r reply) column(name string) []string {
	found := []string{}
	for _, item := range r.items() {
		s, _ := item[name].(string)
		found = append(found, s)
	}
	return found
}

func (r reply) errorCode() (code, message string) {
	e, _ := r.body["error"].(map[string]any)
	code, _ = e["code"].(string)
	message, _ = e["message"].(string)
	return code, message
}

// wantError checks a refusal; the message is compared by its beginning.
func (t *tenant) wantError(got reply, status int, code, message string) {
	t.Helper()
	gotCode, gotMessage := got.errorCode()
	if got.status != status || gotCode != code || !strings.HasPrefix(gotMessage, message) {
		t.Errorf("got %d %s %q, want %d %s %q", got.status, gotCode, gotMessage, status, code, message)
	}
}

// object finds an object of the directory by its address.
func (t *tenant) object(address string) *directory.Object {
	t.Helper()
	found := t.dir.Truth().ByAddress(address)
	if len(found) != 1 {
		t.Fatalf("%d objects have the address %s", len(found), address)
	}
	return found[0]
}
