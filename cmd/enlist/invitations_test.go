package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// TestInvitationsAsAsked looks at what Graph is asked for when guests are
// invited: no mail to them unless that is wanted.
func TestInvitationsAsAsked(t *testing.T) {
	tenant, err := simtenant.Start(t.Context(), simtenant.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tenant.Close() })
	app := directory.DefaultApp()
	t.Setenv("AZURE_CLIENT_ID", app.ClientID)
	t.Setenv("AZURE_CLIENT_SECRET", app.Secret)
	front := newInvitationFront(t, tenant)
	for _, tt := range []struct {
		name, email string
		flags       []string
		want        map[string]any
	}{
		{
			name: "as they are by default", email: "ana@fabrikam.example",
			want: map[string]any{"invitedUserEmailAddress": "ana@fabrikam.example", "invitedUserDisplayName": "Somebody",
				"inviteRedirectUrl": "https://myapps.microsoft.com", "sendInvitationMessage": false},
		},
		{
			name: "with a mail, a message and a place to land", email: "bo@fabrikam.example",
			flags: []string{"--invite-send", "--invite-message", "Welcome to the team", "--invite-redirect-url", "https://contoso.example/start"},
			want: map[string]any{"invitedUserEmailAddress": "bo@fabrikam.example", "invitedUserDisplayName": "Somebody",
				"inviteRedirectUrl": "https://contoso.example/start", "sendInvitationMessage": true,
				"invitedUserMessageInfo": map[string]any{"customizedMessageBody": "Welcome to the team"}},
		},
		{name: "nobody who is a guest already", email: "gita@wingtip.example"},
		{name: "nobody who is a mail contact", email: "carla.costa@fabrikam.example"},
		{name: "nobody in a dry run", email: "cleo@fabrikam.example", flags: []string{"--dry-run"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			input := filepath.Join(folder, "people.csv")
			text := "email,display_name,groups\n" + tt.email + ",Somebody,project-team@contoso.example\n"
			if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"run", "--tenant", "sim", "--sim-address", front.address, "--sim-ca", front.ca, "--m365-groups", "guest", "--report", filepath.Join(folder, "report"), input}
			var said bytes.Buffer
			run(append(args, tt.flags...), streams{in: strings.NewReader(""), out: &said, err: &said})
			var want []map[string]any
			if tt.want != nil {
				want = append(want, tt.want)
			}
			if diff := cmp.Diff(want, front.invitations()); diff != "" {
				t.Errorf("invitations (-want +got):\n%s\nenlist said:\n%s", diff, &said)
			}
		})
	}
}

// invitationFront stands before a simulated tenant and notes the invitations.
type invitationFront struct {
	address, ca string

	mu     sync.Mutex
	bodies [][]byte
}

func newInvitationFront(t *testing.T, tenant *simtenant.Server) *invitationFront {
	t.Helper()
	target, err := url.Parse(tenant.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // what the tenant says of itself shall lead back here
		},
		Transport: trusting(t, tenant),
	}
	f := &invitationFront{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1.0/invitations" {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			f.note(body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.address = strings.TrimPrefix(server.URL, "https://")
	f.ca = (&wire{server: server}).saveCA(t)
	return f
}

func (f *invitationFront) note(body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bodies = append(f.bodies, body)
}

// invitations gives those since it was asked last.
func (f *invitationFront) invitations() []map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []map[string]any
	for _, body := range f.bodies {
		var one map[string]any
		if json.Unmarshal(body, &one) == nil {
			list = append(list, one)
		}
	}
	f.bodies = nil
	return list
}
