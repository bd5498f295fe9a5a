package exchange_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange"
)

const anchor = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@contoso.onmicrosoft.com"

// tenant is a tenant under test, seen from the outside.
type tenant struct {
	t   *testing.T
	dir *directory.Directory
	srv *httptest.Server
	now time.Time

	header http.Header // sent with every command
	path   string      // of commands
}

// options of a tenant under test.
type options struct {
	directory.Options
	exchange exchange.Options
	roles    []string // of the app; nil for all
}

func newTenant(t *testing.T, opts options) *tenant {
	t.Helper()
	sim := &tenant{
		t: t, now: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC),
		header: http.Header{"X-Anchormailbox": {anchor}},
		path:   "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand",
	}
	opts.Now = func() time.Time { return sim.now }
	opts.exchange.Now = opts.Now
	if opts.Seed == nil {
		opts.Seed = directory.DefaultSeed()
	}
	if opts.roles != nil {
		opts.Seed.Apps[0].ExchangeRoles = opts.roles
	}
	dir, err := directory.Open(opts.Options)
	if err != nil {
		t.Fatal(err)
	}
	sim.dir = dir
	if opts.exchange.Authenticate == nil {
		opts.exchange.Authenticate = func(*http.Request) (exchange.Caller, error) {
			return exchange.Caller{ClientID: directory.DefaultClientID, Permissions: []string{"Exchange.ManageAsApp"}}, nil
		}
	}
	sim.srv = httptest.NewServer(exchange.New(dir, opts.exchange))
	t.Cleanup(sim.srv.Close)
	return sim
}

// args are a command's parameters.
type args map[string]any

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte

	Value []map[string]any `json:"value"`
	Next  string           `json:"@odata.nextLink"`
	Warn  []string         `json:"@adminapi.warnings"`
	Error *struct {
		Code    string
		Message string
		Details []struct{ Code, Target, Message string }
		Inner   struct {
			Message, Type string
			Internal      struct{ Message, Type string } `json:"internalexception"`
		} `json:"innererror"`
	} `json:"error"`
}

// text is what a client would go by: the first detail, or the inner exception.
func (a answer) text() string {
	switch {
	case a.Error == nil:
		return ""
	case len(a.Error.Details) > 0:
		return a.Error.Details[0].Message
	}
	return "!" + a.Error.Inner.Internal.Message
}

// call sends one command.
func (sim *tenant) call(cmdlet string, parameters args) answer {
	sim.t.Helper()
	return sim.post(sim.srv.URL+sim.path, cmdlet, parameters)
}

func (sim *tenant) post(url, cmdlet string, parameters args) answer {
	sim.t.Helper()
	if parameters == nil {
		parameters = args{}
	}
	body, err := json.Marshal(map[string]any{"CmdletInput": map[string]any{"CmdletName": cmdlet, "Parameters": parameters}})
	if err != nil {
		sim.t.Fatal(err)
	}
	return sim.send(http.MethodPost, url, body)
}

func (sim *tenant) send(method, url string, body []byte) answer {
	sim.t.Helper()
	req, err := http.NewRequestWithContext(sim.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		sim.t.Fatal(err)
	}
	req.Header = sim.header.Clone()
	// Asking for gzip oneself keeps the transport from decoding it.
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := sim.srv.Client().Do(req)
	if err != nil {
		sim.t.Fatal(err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.raw, err = io.ReadAll(res.Body); err != nil {
		sim.t.Fatal(err)
	}
	if len(a.raw) > 0 && a.raw[0] == '{' {
		if err := json.Unmarshal(a.raw, &a); err != nil {
			sim.t.Fatalf("%s: the answer is not JSON: %v\n%s", url, err, a.raw)
		}
	}
	return a
}

// must is call for commands that are to succeed.
func (sim *tenant) must(cmdlet string, parameters args) answer {
	sim.t.Helper()
	a := sim.call(cmdlet, parameters)
	if a.status/100 != 2 {
		sim.t.Fatalf("%s %v: %d %s", cmdlet, parameters, a.status, a.raw)
	}
	return a
}

// want checks status and text of a refusal. A text that ends in "…" need only begin so.
func (a answer) want(t *testing.T, status int, text string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d\n%s", a.status, status, a.raw)
	}
	got := a.text()
	if prefix, open := strings.CutSuffix(text, "…"); open && strings.HasPrefix(got, prefix) {
		return
	}
	if got != text {
		t.Errorf("text\n  %s\nwant\n  %s", got, text)
	}
}

func (a answer) names() []string {
	list := make([]string, len(a.Value))
	for i, v := range a.Value {
		list[i], _ = v["Name"].(string)
	}
	return list
}
