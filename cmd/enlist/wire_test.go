package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"enlist/pkg/m365/cloud"
	"enlist/pkg/simtenant"
)

// wire stands between enlist and a simulated tenant, notes the commands that
// change something, and can strike at one of them.
type wire struct {
	server *httptest.Server
	tenant *httputil.ReverseProxy

	mu       sync.Mutex
	commands []wireCommand
	left     int // commands until the strike
	strike   func(phase)
}

// phase is how far a command has come.
type phase int

const (
	arrived phase = iota // the tenant has not seen it
	done                 // the tenant has done it, but the answer is not out
)

// wireCommand is a command on its way to the tenant: its name, and the objects
// that it names.
type wireCommand struct{ name, identity, member string }

func newWire(t *testing.T, tenant *simtenant.Server) *wire {
	t.Helper()
	target, err := url.Parse(tenant.URL())
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{tenant: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // what the tenant says of itself shall lead back here
		},
		Transport:    trusting(t, tenant),
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}}
	w.server = httptest.NewUnstartedServer(w)
	w.server.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that a kill cut
	w.server.StartTLS()
	t.Cleanup(w.server.Close)
	return w
}

func trusting(t *testing.T, tenant *simtenant.Server) *http.Transport {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "tenant.pem")
	if err := os.WriteFile(ca, tenant.CertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	roots, err := readRoots(ca, "")
	if err != nil {
		t.Fatal(err)
	}
	return cloud.NewTransport(roots)
}

// saveCA writes the certificate by which the wire is trusted.
func (w *wire) saveCA(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wire.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.server.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// strikeAt calls strike when the nth command from now arrives, and again when
// it has been done; not at all if fewer come.
func (w *wire) strikeAt(n int, strike func(phase)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left, w.strike = n, strike
}

// sent gives the commands since it was asked last.
func (w *wire) sent() []wireCommand {
	w.mu.Lock()
	defer w.mu.Unlock()
	commands := w.commands
	w.commands = nil
	return commands
}

// ServeHTTP passes a request on.
func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	strike := w.note(changesIn(body))
	strike(arrived)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	w.tenant.ServeHTTP(answer, r)
	strike(done)
	for name, values := range answer.Header() {
		out.Header()[name] = values
	}
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes()) // enlist may be gone by now
}

// note keeps the commands, and gives the strike if one of them is the one.
func (w *wire) note(commands []wireCommand) func(phase) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commands = append(w.commands, commands...)
	before := w.left
	w.left -= len(commands)
	if before > 0 && w.left <= 0 {
		return w.strike
	}
	return func(phase) {}
}

// changesIn finds the commands in the body of a request, alone or in a $batch,
// that are no questions.
func changesIn(body []byte) []wireCommand {
	type request struct {
		CmdletInput struct {
			CmdletName string
			Parameters struct{ Identity, Member, ExternalEmailAddress string }
		}
	}
	var whole struct {
		request
		Requests []struct{ Body request }
	}
	if json.Unmarshal(body, &whole) != nil {
		return nil // not a command at all
	}
	all := []request{whole.request}
	for _, item := range whole.Requests {
		all = append(all, item.Body)
	}
	var commands []wireCommand
	for _, r := range all {
		c := r.CmdletInput
		if c.CmdletName == "" || strings.HasPrefix(c.CmdletName, "Get-") {
			continue
		}
		identity := c.Parameters.Identity + c.Parameters.ExternalEmailAddress // never both
		commands = append(commands, wireCommand{c.CmdletName, strings.ToLower(identity), strings.ToLower(c.Parameters.Member)})
	}
	return commands
}
