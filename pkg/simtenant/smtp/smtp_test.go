package smtp_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/smtp"
)

const password = "everybody's"

var (
	yes = true
	no  = false
)

// company has a group for every way to get mail or not.
func company() *directory.Seed {
	group := func(name string, members ...string) directory.SeedGroup {
		return directory.SeedGroup{
			Kind: "distribution", Name: name, Address: name + "@contoso.example", Members: members,
			RequireSenderAuthentication: &no, ManagedBy: []string{"ada@contoso.example"},
		}
	}
	closed := group("closed", "ada@contoso.example", "carla@fabrikam.example")
	closed.RequireSenderAuthentication = &yes
	listed := group("listed", "ada@contoso.example")
	listed.AllowedSenders = []string{"carla@fabrikam.example"}
	closedButListed := listed
	closedButListed.Name, closedButListed.Address = "closed-but-listed", "closed-but-listed@contoso.example"
	closedButListed.RequireSenderAuthentication = &yes
	listedGroup := group("listed-group", "ada@contoso.example")
	listedGroup.AllowedSenders = []string{"open@contoso.example"}
	listedStaff := group("listed-staff", "ada@contoso.example")
	listedStaff.AllowedSenders = []string{"staff@contoso.example"}
	rejecting := group("rejecting", "ada@contoso.example")
	rejecting.RejectedSenders = []string{"carla@fabrikam.example"}
	moderated := group("moderated", "ada@contoso.example")
	moderated.Moderated = true
	nobodyTold := group("nobody-told", "ada@contoso.example")
	nobodyTold.ReportToOriginator = &no
	managerTold := group("manager-told", "ada@contoso.example")
	managerTold.ReportToOriginator, managerTold.ReportToManager = &no, true
	team := group("team", "ada@contoso.example")
	team.Kind, team.RequireSenderAuthentication = "microsoft365", &yes
	staff := group("staff")
	staff.Kind, staff.Filter, staff.Members = "dynamic", "RecipientTypeDetails -eq 'UserMailbox'", nil

	return &directory.Seed{
		Tenant: directory.SeedTenant{Domain: "contoso.onmicrosoft.com", AcceptedDomains: []string{"contoso.onmicrosoft.com", "contoso.example"}},
		Users: []directory.SeedUser{
			{Kind: "mailbox", DisplayName: "Ada", Address: "ada@contoso.example"},
			{Kind: "mailbox", DisplayName: "Bo", Address: "bo@contoso.example"},
			{Kind: "guest", DisplayName: "Gita", Address: "gita@wingtip.example"},
		},
		Contacts: []directory.SeedContact{
			{Name: "Carla", Email: "carla@fabrikam.example"},
			{Name: "Dan", Email: "dan@northwind.example", ProxyAddresses: []string{"X500:/o=Contoso/cn=Recipients/cn=dan"}},
		},
		Groups: []directory.SeedGroup{
			group("open", "ada@contoso.example", "carla@fabrikam.example"),
			closed, listed, closedButListed, listedGroup, listedStaff, rejecting, moderated, nobodyTold, managerTold, team, staff,
			group("outer", "open@contoso.example", "closed@contoso.example", "moderated@contoso.example", "dan@northwind.example", "loop@contoso.example"),
			group("loop", "outer@contoso.example", "dan@northwind.example"),
		},
	}
}

type tenant struct {
	*smtp.Server
	addr string
	tls  *tls.Config
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	dir, err := directory.Open(directory.Options{Seed: company()})
	if err != nil {
		t.Fatal(err)
	}
	certified := httptest.NewTLSServer(nil) // for its certificate
	certified.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.New(smtp.Config{Directory: dir, Password: password, TLS: &tls.Config{Certificates: certified.TLS.Certificates}})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return &tenant{Server: s, addr: l.Addr().String(), tls: &tls.Config{InsecureSkipVerify: true}}
}

// outsider is a connection as from a mail server elsewhere.
func (s *tenant) outsider(t *testing.T) *gosmtp.Client {
	t.Helper()
	c, err := gosmtp.Dial(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// insider is a connection of somebody who authenticated.
func (s *tenant) insider(t *testing.T, user string) *gosmtp.Client {
	t.Helper()
	c, err := gosmtp.DialStartTLS(s.addr, s.tls)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Auth(sasl.NewPlainClient("", user, password)); err != nil {
		t.Fatal(err)
	}
	return c
}

// reply is what the server says to a mail: the code and enhanced code of its refusal, or 250.
func reply(t *testing.T, err error) string {
	t.Helper()
	var refused *gosmtp.SMTPError
	switch {
	case err == nil:
		return "250"
	case errors.As(err, &refused):
		e := refused.EnhancedCode
		return fmt.Sprintf("%d %d.%d.%d", refused.Code, e[0], e[1], e[2])
	default:
		t.Fatalf("no answer: %v", err)
		return ""
	}
}

func send(c *gosmtp.Client, from, to string) error {
	return c.SendMail(from, []string{to}, strings.NewReader("Subject: hello\r\n\r\nHello.\r\n"))
}

func TestWhoMaySend(t *testing.T) {
	s := newTenant(t)
	const (
		stranger = "eve@elsewhere.example"
		contact  = "carla@fabrikam.example"
	)
	tests := []struct {
		name, login, from, to string
		want                  string
	}{
		{"outsider to an open group", "", stranger, "open", "250"},
		{"outsider to a closed group", "", stranger, "closed", "550 5.7.133"},
		{"a contact is an outsider, even as a member", "", contact, "closed", "550 5.7.133"},
		{"an insider's address alone makes no insider", "", "ada@contoso.example", "closed", "550 5.7.133"},
		{"insider to a closed group", "ada@contoso.example", "ada@contoso.example", "closed", "250"},
		{"outsider to a group with a list", "", stranger, "listed", "550 5.7.124"},
		{"listed contact to a group with a list", "", contact, "listed", "250"},
		{"listed contact to a closed group with a list", "", contact, "closed-but-listed", "550 5.7.133"},
		{"insider to a group that lists only outsiders", "ada@contoso.example", "ada@contoso.example", "listed", "550 5.7.124"},
		{"member of a listed group", "", contact, "listed-group", "250"},
		{"member of no listed group", "", stranger, "listed-group", "550 5.7.124"},
		{"insider who fits into a listed dynamic group", "ada@contoso.example", "ada@contoso.example", "listed-staff", "250"},
		{"outsider who does not", "", contact, "listed-staff", "550 5.7.124"},
		{"rejected contact", "", contact, "rejecting", "550 5.7.1"},
		{"outsider to a moderated group", "", stranger, "moderated", "250"},
		{"outsider to a closed Microsoft 365 group", "", stranger, "team", "550 5.7.193"},
		{"outsider to a mailbox", "", stranger, "bo", "250"},
		{"bounce to an open group", "", "", "open", "250"},
		{"unknown recipient", "", stranger, "nobody", "550 5.1.10"},
		{"outsider to another organisation", "", stranger, "x@elsewhere.example", "550 5.7.54"},
		{"insider to another organisation", "ada@contoso.example", "ada@contoso.example", "x@elsewhere.example", "250"},
		{"insider as somebody else", "ada@contoso.example", "bo@contoso.example", "open", "550 5.7.60"},
		{"cached address of a recipient that has it still", "", stranger, "IMCEAEX-_o=Contoso_cn=Recipients_cn=dan", "250"},
		{"cached address that nobody has", "", stranger, "IMCEAEX-_o=Contoso_cn=Recipients_cn+3Dgone", "550 5.1.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := s.outsider(t)
			if tt.login != "" {
				c = s.insider(t, tt.login)
			}
			to := tt.to
			if !strings.Contains(to, "@") {
				to += "@contoso.example"
			}
			if got := reply(t, send(c, tt.from, to)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWhoGetsIt(t *testing.T) {
	s := newTenant(t)
	const from = "eve@elsewhere.example"
	refused := "RESOLVER.RST.SenderNotAuthenticatedForGroup"
	tests := []struct {
		to   string
		want smtp.Delivery
	}{
		{"open", smtp.Delivery{ReturnPath: from, Recipients: []string{"ada@contoso.example", "carla@fabrikam.example"}}},
		{"moderated", smtp.Delivery{ReturnPath: from, Held: []string{"moderated@contoso.example"}}},
		{"nobody-told", smtp.Delivery{ReturnPath: "", Recipients: []string{"ada@contoso.example"}}},
		{"manager-told", smtp.Delivery{ReturnPath: "ada@contoso.example", Recipients: []string{"ada@contoso.example"}}},
		{"staff", smtp.Delivery{ReturnPath: from, Recipients: []string{"ada@contoso.example", "bo@contoso.example"}}},
		{"outer", smtp.Delivery{
			ReturnPath: from,
			Recipients: []string{"ada@contoso.example", "carla@fabrikam.example", "dan@northwind.example"},
			Held:       []string{"moderated@contoso.example"},
			Bounced:    []smtp.Bounce{{Address: "closed@contoso.example", Error: refused}},
		}},
	}
	for i, tt := range tests {
		t.Run(tt.to, func(t *testing.T) {
			tt.want.From, tt.want.To, tt.want.Bytes = from, tt.to+"@contoso.example", 26
			if err := send(s.outsider(t), from, tt.want.To); err != nil {
				t.Fatal(err)
			}
			got := s.Deliveries()
			if len(got) != i+1 {
				t.Fatalf("there are %d deliveries, want %d", len(got), i+1)
			}
			contains := cmp.Transformer("firstWord", func(b smtp.Bounce) [2]string {
				text := strings.TrimPrefix(b.Error, "SMTP error 550: ")
				text, _, _ = strings.Cut(text, ";")
				return [2]string{b.Address, text}
			})
			if diff := cmp.Diff(tt.want, got[i], cmpopts.EquateEmpty(), cmpopts.IgnoreFields(smtp.Delivery{}, "Time"), contains); diff != "" {
				t.Errorf("delivery (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOwnersOfAModeratedGroupAreNotHeld(t *testing.T) {
	s := newTenant(t)
	if err := send(s.insider(t, "ada@contoso.example"), "ada@contoso.example", "moderated@contoso.example"); err != nil {
		t.Fatal(err)
	}
	if d := s.Deliveries()[0]; len(d.Held) != 0 || len(d.Recipients) != 1 || !d.Authenticated {
		t.Errorf("got %+v", d)
	}
}

func TestWrongPassword(t *testing.T) {
	s := newTenant(t)
	for _, user := range []string{"ada@contoso.example", "carla@fabrikam.example", "nobody@contoso.example"} {
		c, err := gosmtp.DialStartTLS(s.addr, s.tls)
		if err != nil {
			t.Fatal(err)
		}
		given := "wrong"
		if user != "ada@contoso.example" {
			given = password // right, but not of a mailbox
		}
		if got := reply(t, c.Auth(sasl.NewLoginClient(user, given))); got != "535 5.7.8" {
			t.Errorf("%s got %s, want 535 5.7.8", user, got)
		}
		_ = c.Close()
	}
}

func TestLoginMechanism(t *testing.T) {
	s := newTenant(t)
	c, err := gosmtp.DialStartTLS(s.addr, s.tls)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Auth(sasl.NewLoginClient("ada@contoso.example", password)); err != nil {
		t.Errorf("AUTH LOGIN: %v", err)
	}
}

func TestNoPasswordWithoutTLS(t *testing.T) {
	c := newTenant(t).outsider(t)
	if err := c.Hello("here"); err != nil {
		t.Fatal(err)
	}
	if c.SupportsAuth(sasl.Plain) {
		t.Error("AUTH is offered on an open line")
	}
}

func TestCloseEndsConversations(t *testing.T) {
	s := newTenant(t)
	c := s.outsider(t)
	if err := c.Hello("here"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := c.Noop(); err == nil {
		t.Error("the conversation goes on")
	}
}
