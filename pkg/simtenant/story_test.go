package simtenant_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
)

// admin sends commands as an administrator's script would.
type admin struct {
	srv    *simtenant.Server
	client *http.Client
	header http.Header
}

func newAdmin(t testing.TB, srv *simtenant.Server) *admin {
	t.Helper()
	c := clientOf(t, srv)
	return &admin{srv: srv, client: c, header: http.Header{
		"Authorization":   {"Bearer " + token(t, c, srv, "https://outlook.office365.com")},
		"Content-Type":    {"application/json"},
		"X-AnchorMailbox": {"APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + srv.Tenant().ID.String()},
	}}
}

func (a *admin) url(endpoint string) string {
	return a.srv.URL() + "/adminapi/beta/" + a.srv.Tenant().ID.String() + "/" + endpoint
}

func input(cmdlet string, parameters map[string]any) map[string]any {
	return map[string]any{"CmdletInput": map[string]any{"CmdletName": cmdlet, "Parameters": parameters}}
}

func (a *admin) invoke(t testing.TB, cmdlet string, parameters map[string]any) (int, string) {
	t.Helper()
	body, err := json.Marshal(input(cmdlet, parameters))
	if err != nil {
		t.Fatal(err)
	}
	status, answer := do(t, a.client, "POST", a.url("InvokeCommand"), string(body), a.header.Clone())
	return status, string(answer)
}

// must is invoke for commands that have to succeed.
func (a *admin) must(t testing.TB, cmdlet string, parameters map[string]any) string {
	t.Helper()
	status, body := a.invoke(t, cmdlet, parameters)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", cmdlet, status, body)
	}
	return body
}

func mailFrom(t *testing.T, srv *simtenant.Server, from, to string) error {
	t.Helper()
	c, err := gosmtp.Dial(srv.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.SendMail(from, []string{to}, strings.NewReader("Subject: offer\r\n\r\nOur offer.\r\n"))
}

// The point of the whole product: a partner's mail to the group bounces; a
// contact is made, put on the group, and the group opened; the mail arrives.
func TestPartnerCanWriteToTheGroup(t *testing.T) {
	srv := start(t, simtenant.Config{SMTP: "127.0.0.1:0"})
	const (
		partner = "ana.pop@fabrikam.example"
		group   = "partners@contoso.example"
	)
	var refused *gosmtp.SMTPError
	if err := mailFrom(t, srv, partner, group); !errors.As(err, &refused) || refused.EnhancedCode != (gosmtp.EnhancedCode{5, 7, 133}) {
		t.Fatalf("before: got %v, want a refusal with 5.7.133", err)
	}

	a := newAdmin(t, srv)
	a.must(t, "New-MailContact", map[string]any{"Name": partner, "ExternalEmailAddress": partner, "DisplayName": "Ana Pop"})
	a.must(t, "Add-DistributionGroupMember", map[string]any{"Identity": group, "Member": partner, "BypassSecurityGroupManagerCheck": true})
	if err := mailFrom(t, srv, partner, group); err == nil {
		t.Fatal("being a member let an outsider in; the service does not")
	}
	a.must(t, "Set-DistributionGroup", map[string]any{"Identity": group, "RequireSenderAuthenticationEnabled": false, "BypassSecurityGroupManagerCheck": true})

	if err := mailFrom(t, srv, partner, group); err != nil {
		t.Fatalf("after: %v", err)
	}
	var state struct {
		Deliveries []struct{ To, From string }
		Contacts   []struct{ Email string }
	}
	_, body := do(t, a.client, "GET", srv.URL()+"/sim/state", "", nil)
	if err := json.Unmarshal(body, &state); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]struct{ To, From string }{{group, partner}}, state.Deliveries); diff != "" {
		t.Errorf("deliveries in the state (-want +got):\n%s", diff)
	}
	want := map[string]int64{"New-MailContact": 1, "Add-DistributionGroupMember": 1, "Set-DistributionGroup": 1}
	if diff := cmp.Diff(want, srv.Stats().Commands); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

// The connection breaks, and yet the work was done: the client can only look.
func TestCreatedThoughTheConnectionBroke(t *testing.T) {
	srv := start(t, simtenant.Config{})
	a := newAdmin(t, srv)
	if err := srv.Inject(fault.Fault{Command: "New-MailContact", Action: fault.ResetAfter}); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(input("New-MailContact", map[string]any{"Name": "a", "ExternalEmailAddress": "a@fabrikam.example"}))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.url("InvokeCommand"), strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = a.header
	if res, err := a.client.Do(req); err == nil {
		t.Fatalf("got %s, want a broken connection", res.Status)
	}
	if got := a.must(t, "Get-MailContact", map[string]any{"Identity": "a@fabrikam.example"}); !strings.Contains(got, "a@fabrikam.example") {
		t.Errorf("the contact was not made: %s", got)
	}
	if got := srv.Stats().Faults; got != 1 {
		t.Errorf("%d faults counted, want 1", got)
	}
}

// clock is a time that a test can turn.
type clock struct{ at atomic.Pointer[time.Time] }

func newClock() *clock {
	c := new(clock)
	now := time.Now()
	c.at.Store(&now)
	return c
}

func (c *clock) now() time.Time { return *c.at.Load() }

func (c *clock) turn(d time.Duration) {
	later := c.now().Add(d)
	c.at.Store(&later)
}

// A token ends in mid-run; both faces say so in their own way.
func TestExpiredToken(t *testing.T) {
	c := newClock()
	srv := start(t, simtenant.Config{TokenLifetime: time.Minute, Now: c.now})
	a := newAdmin(t, srv)
	graph := http.Header{"Authorization": {"Bearer " + token(t, a.client, srv, "https://graph.microsoft.com")}}
	a.must(t, "Get-AcceptedDomain", map[string]any{})

	c.turn(time.Minute)
	if status, body := a.invoke(t, "Get-AcceptedDomain", map[string]any{}); status != http.StatusUnauthorized || body != "" {
		t.Errorf("Exchange: %d %q, want 401 without a body", status, body)
	}
	status, body := do(t, a.client, "GET", srv.URL()+"/v1.0/contacts", "", graph)
	if status != http.StatusUnauthorized || !strings.Contains(string(body), "InvalidAuthenticationToken") {
		t.Errorf("Graph: %d %s", status, body)
	}
}

// Graph follows Exchange with a delay.
func TestGraphSeesContactsLater(t *testing.T) {
	c := newClock()
	srv := start(t, simtenant.Config{GraphDelay: time.Minute, Now: c.now})
	a := newAdmin(t, srv)
	header := http.Header{"Authorization": {"Bearer " + token(t, a.client, srv, "https://graph.microsoft.com")}}
	sees := func() bool {
		_, body := do(t, a.client, "GET", srv.URL()+"/v1.0/contacts?$top=999", "", header.Clone())
		return strings.Contains(string(body), "late@fabrikam.example")
	}
	a.must(t, "New-MailContact", map[string]any{"Name": "late", "ExternalEmailAddress": "late@fabrikam.example"})
	if sees() {
		t.Error("Graph sees the contact at once")
	}
	c.turn(time.Minute)
	if !sees() {
		t.Error("Graph does not see the contact after the delay")
	}
}

// What was changed is there after a restart; the seed no longer matters then.
func TestStateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.jsonl")
	first, err := simtenant.Start(t.Context(), simtenant.Config{StateFile: file})
	if err != nil {
		t.Fatal(err)
	}
	newAdmin(t, first).must(t, "New-MailContact", map[string]any{"Name": "kept", "ExternalEmailAddress": "kept@fabrikam.example"})
	want := first.State()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second := start(t, simtenant.Config{StateFile: file, Seed: withApp(directory.DefaultApp())})
	if diff := cmp.Diff(want, second.State()); diff != "" {
		t.Errorf("after the restart (-before +after):\n%s", diff)
	}
	if got := newAdmin(t, second).must(t, "Get-MailContact", map[string]any{"Identity": "kept@fabrikam.example"}); !strings.Contains(got, "kept@fabrikam.example") {
		t.Errorf("the contact is gone: %s", got)
	}
}
