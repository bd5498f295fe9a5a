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

// The commands that are no cmdlet, or one that does other things, too.
const (
	inviteGuest  = "Invite a guest"
	addGuest     = "Add a guest"
	removeGuest  = "Remove a guest"
	allowSender  = "Allow a sender"
	removeSender = "Remove a sender"
)

// takesAway reports whether the command takes somebody out of a group or off a list.
func (c wireCommand) takesAway() bool { return strings.HasPrefix(c.name, "Remove") }

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
	strike := w.note(append(changesIn(body), graphChange(r.Method, r.URL.Path, body)...))
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
	var whole struct {
		cmdletRequest
		Requests []struct{ Body cmdletRequest }
	}
	if json.Unmarshal(body, &whole) != nil {
		return nil // not a command at all
	}
	commands := whole.changes()
	for _, item := range whole.Requests {
		commands = append(commands, item.Body.changes()...)
	}
	return commands
}

type cmdletRequest struct {
	CmdletInput struct {
		CmdletName string
		Parameters struct {
			Identity, Member, ExternalEmailAddress string
			AcceptMessagesOnlyFromSendersOrMembers struct{ Add, Remove []string }
		}
	}
}

// changes are several if a command is about several senders.
func (r cmdletRequest) changes() []wireCommand {
	name, p := r.CmdletInput.CmdletName, r.CmdletInput.Parameters
	if name == "" || strings.HasPrefix(name, "Get-") {
		return nil
	}
	identity := strings.ToLower(p.Identity + p.ExternalEmailAddress) // never both
	senders := p.AcceptMessagesOnlyFromSendersOrMembers
	if len(senders.Add)+len(senders.Remove) == 0 {
		return []wireCommand{{name, identity, strings.ToLower(p.Member)}}
	}
	var commands []wireCommand
	for _, sender := range senders.Add {
		commands = append(commands, wireCommand{allowSender, identity, strings.ToLower(sender)})
	}
	for _, sender := range senders.Remove {
		commands = append(commands, wireCommand{removeSender, identity, strings.ToLower(sender)})
	}
	return commands
}

// graphChange gives the request if it invites a guest, or changes who is in a
// Microsoft 365 group.
func graphChange(method, path string, body []byte) []wireCommand {
	var about struct {
		InvitedUserEmailAddress string
		ID                      string `json:"@odata.id"`
	}
	_ = json.Unmarshal(body, &about) // a DELETE has none
	parts := strings.Split(strings.ToLower(path), "/")[1:]
	switch {
	case method == http.MethodPost && len(parts) == 2 && parts[1] == "invitations":
		return []wireCommand{{inviteGuest, strings.ToLower(about.InvitedUserEmailAddress), ""}}
	case method == http.MethodPost && len(parts) == 5 && parts[1] == "groups" && parts[4] == "$ref":
		return []wireCommand{{addGuest, parts[2], strings.ToLower(about.ID[strings.LastIndex(about.ID, "/")+1:])}}
	case method == http.MethodDelete && len(parts) == 6 && parts[1] == "groups":
		return []wireCommand{{removeGuest, parts[2], parts[4]}}
	}
	return nil
}
