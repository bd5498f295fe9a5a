package simtenant_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant"
)

// story sends one request after the other to a fresh tenant whose clock stands
// still, and returns all that came back but what TLS and the port decide.
func story(t *testing.T, randomSeed uint64) []string {
	t.Helper()
	clock := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	srv := start(t, simtenant.Config{
		RandomSeed: randomSeed, AffinityMisses: 0.3, ReplicationDelay: time.Minute,
		Now: func() time.Time { return clock },
	})
	a := newAdmin(t, srv)
	a.header.Set("Accept-Encoding", "gzip") // keeps the transport from decoding what only says it is gzip
	graph := http.Header{"Authorization": {"Bearer " + token(t, a.client, srv, "https://graph.microsoft.com")}, "Content-Type": {"application/json"}}
	var heard []string
	ask := func(method, url, body string, header http.Header) {
		status, header, answer := exchange(t, a.client, method, url, body, header)
		header.Del("Date")
		text := http.StatusText(status) + "\n" + string(answer)
		for _, name := range []string{"Request-Id", "X-Calculatedbetarget", "Content-Encoding"} {
			text += "\n" + name + ": " + header.Get(name)
		}
		heard = append(heard, strings.ReplaceAll(text, srv.URL(), "https://host"))
	}
	command := func(input string) { ask("POST", a.url("InvokeCommand"), input, a.header) }
	for range 5 {
		command(`{"CmdletInput":{"CmdletName":"New-MailContact","Parameters":{"Name":"New","ExternalEmailAddress":"new@adatum.example"}}}`)
		command(`{"CmdletInput":{"CmdletName":"Get-MailContact","Parameters":{"ResultSize":2}}}`)
		command(`{"CmdletInput":{"CmdletName":"Get-Nonsense","Parameters":{}}}`)
	}
	ask("POST", a.url("$batch"), `{"requests":[]}`, a.header)
	ask("GET", srv.URL()+"/v1.0/contacts?$top=2", "", graph)
	ask("GET", srv.URL()+"/v1.0/groups/delta", "", graph)
	ask("GET", srv.URL()+"/v1.0/nonsense", "", graph)
	ask("POST", srv.URL()+"/v1.0/invitations", `{"invitedUserEmailAddress":"pia@proseware.example","inviteRedirectUrl":"https://x.example"}`, graph)
	ask("POST", srv.URL()+"/"+srv.Tenant().ID.String()+"/oauth2/v2.0/token", "grant_type=none", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	ask("GET", srv.URL()+"/sim/state", "", nil)
	return heard
}

// The same seed and the same requests give the same answers, ids and request
// ids included; another seed gives others.
func TestARunCanBeRepeated(t *testing.T) {
	first := story(t, 7)
	if diff := cmp.Diff(first, story(t, 7)); diff != "" {
		t.Errorf("the same seed answered otherwise (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, story(t, 8)) {
		t.Error("another seed answered the same")
	}
}

// A tenant that keeps its state keeps its word on tokens.
func TestTokensOutliveARestart(t *testing.T) {
	cfg := simtenant.Config{StateFile: filepath.Join(t.TempDir(), "state.jsonl")}
	first := start(t, cfg)
	a := newAdmin(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, cfg)
	a.srv, a.client = second, clientOf(t, second)
	a.must(t, "Get-AcceptedDomain", map[string]any{})

	cfg.StateFile = filepath.Join(t.TempDir(), "state.jsonl")
	other := start(t, cfg)
	a.srv, a.client = other, clientOf(t, other)
	if status, body := a.invoke(t, "Get-AcceptedDomain", map[string]any{}); status != http.StatusUnauthorized {
		t.Errorf("another tenant took the token: %d %s", status, body)
	}
}
