package doctor_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/doctor"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

var runCommands = []string{"New-MailContact", "Set-Contact", "Add-DistributionGroupMember", "Set-DistributionGroup"}

// leastApp has just what the script grants.
func leastApp() directory.App {
	app := directory.DefaultApp()
	app.AppRoles = []string{"OrgContact.Read.All", "GroupMember.Read.All", "Exchange.ManageAsApp"}
	app.ExchangeRoles = []string{"Mail Recipient Creation", "Mail Recipients", "Distribution Groups", "Security Group Creation and Membership"}
	return app
}

// setupFor starts a tenant that knows the app, and gives what a run there has.
// In the end nothing may have changed in it.
func setupFor(t *testing.T, app directory.App, secret string) doctor.Setup {
	t.Helper()
	seed := directory.DefaultSeed()
	seed.Apps = []directory.App{app}
	server, err := simtenant.Start(t.Context(), simtenant.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	before := server.State()
	t.Cleanup(func() {
		if diff := cmp.Diff(before, server.State()); diff != "" {
			t.Errorf("the tenant was changed (-before +after):\n%s", diff)
		}
		_ = server.Close()
	})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CertificatePEM())
	return setupAt(t, server.URL(), server.Tenant().Domain, cloud.NewTransport(roots), map[string]string{
		"AZURE_CLIENT_ID": app.ClientID, "AZURE_CLIENT_SECRET": secret,
	})
}

func setupAt(t *testing.T, base, tenant string, transport *http.Transport, env map[string]string) doctor.Setup {
	t.Helper()
	t.Cleanup(transport.CloseIdleConnections)
	endpoints, err := cloud.CustomEndpoints(base)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := cloud.NewIdentity(cloud.Options{Endpoints: endpoints, Tenant: tenant, Transport: transport,
		Env: func(name string) string { return env[name] }})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := identity.Graph()
	if err != nil {
		t.Fatal(err)
	}
	directoryClient, err := graph.New(graph.Options{BaseURL: base + "/v1.0", Credential: tokens, Scope: endpoints.Graph.Scope, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return doctor.Setup{
		Endpoints: endpoints,
		Transport: transport,
		Identity:  identity,
		Graph:     directoryClient,
		Commands:  runCommands,
		Exchange: func(ctx context.Context) (doctor.Exchange, error) {
			tokens, err := identity.Exchange()
			if err != nil {
				return nil, err
			}
			id, err := tokens.TenantID(ctx)
			if err != nil {
				return nil, err
			}
			return exchange.New(exchange.Options{BaseURL: base, TenantID: id, Token: tokens.Token, HTTP: &http.Client{Transport: transport}})
		},
	}
}

// ill returns the checks that didn't end well, as "check: verdict", and all
// that they say.
func ill(t *testing.T, s doctor.Setup) (checks []string, text string) {
	t.Helper()
	for f := range s.Examine(t.Context()) {
		text += f.Message + "\n" + f.NextStep + "\n"
		if f.Verdict == doctor.Failed || f.Verdict == doctor.Warning {
			checks = append(checks, f.Check+": "+string(f.Verdict))
		}
		if f.Verdict == doctor.Failed && f.NextStep == "" {
			t.Errorf("%s failed without a next step", f.Check)
		}
	}
	return checks, text
}

func TestLeastAppIsEnough(t *testing.T) {
	app := leastApp()
	if checks, text := ill(t, setupFor(t, app, app.Secret)); len(checks) > 0 {
		t.Errorf("%v\n%s", checks, text)
	}
}

func TestKeepingTheDirectoryIsBetterWithUsers(t *testing.T) {
	app := leastApp()
	setup := setupFor(t, app, app.Secret)
	setup.KeepsDirectory = true
	checks, text := ill(t, setup)
	if diff := cmp.Diff([]string{"permission.users: warning"}, checks); diff != "" || !strings.Contains(text, "User.Read.All") {
		t.Errorf("checks (-want +got):\n%s\n%s", diff, text)
	}
}

func TestGuestsNeedMore(t *testing.T) {
	app := leastApp()
	setup := setupFor(t, app, app.Secret)
	setup.InvitesGuests = true
	checks, _ := ill(t, setup)
	if diff := cmp.Diff([]string{"permission.invite: failed", "permission.add_guests: failed"}, checks); diff != "" {
		t.Errorf("least app (-want +got):\n%s", diff)
	}
	app.AppRoles = []string{"OrgContact.Read.All", "GroupMember.ReadWrite.All", "User.Invite.All", "Exchange.ManageAsApp"}
	setup = setupFor(t, app, app.Secret)
	setup.InvitesGuests = true
	if checks, text := ill(t, setup); len(checks) > 0 {
		t.Errorf("app for guests: %v\n%s", checks, text)
	}
}

func TestEachMissingPermissionIsNamedAlone(t *testing.T) {
	tests := []struct {
		lacks []string // permissions or roles
		want  string   // the one check that fails
		says  string
	}{
		{[]string{"OrgContact.Read.All"}, "permission.contacts", "OrgContact.Read.All"},
		{[]string{"GroupMember.Read.All"}, "permission.groups", "GroupMember.Read.All"},
		{[]string{"Exchange.ManageAsApp"}, "permission.exchange", "Exchange.ManageAsApp"},
		{leastApp().ExchangeRoles, "exchange.role", "role group"},
		{[]string{"Mail Recipient Creation"}, "exchange.commands", "New-MailContact; that takes the role Mail Recipient Creation"},
		{[]string{"Mail Recipients"}, "exchange.commands", "Set-Contact; that takes the role Mail Recipients"},
		{[]string{"Distribution Groups", "Security Group Creation and Membership"}, "exchange.commands", "Add-DistributionGroupMember, Set-DistributionGroup; that takes the role Distribution Groups"},
		{[]string{"Security Group Creation and Membership"}, "exchange.any_group", "Security Group Creation and Membership"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.lacks, ","), func(t *testing.T) {
			app := leastApp()
			lacking := func(name string) bool { return slices.Contains(tt.lacks, name) }
			app.AppRoles = slices.DeleteFunc(app.AppRoles, lacking)
			app.ExchangeRoles = slices.DeleteFunc(app.ExchangeRoles, lacking)
			checks, text := ill(t, setupFor(t, app, app.Secret))
			if diff := cmp.Diff([]string{tt.want + ": failed"}, checks); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
			if !strings.Contains(text, tt.says) {
				t.Errorf("%q is not said in:\n%s", tt.says, text)
			}
		})
	}
}

func TestWrongSecretIsToldOfEachToken(t *testing.T) {
	checks, text := ill(t, setupFor(t, leastApp(), "wrong-secret"))
	if diff := cmp.Diff([]string{"token.graph: failed", "token.exchange: failed"}, checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if !strings.Contains(text, "AADSTS7000215") || strings.Contains(text, "wrong-secret") {
		t.Errorf("want the code, and not the secret, in:\n%s", text)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	setup := setupAt(t, "https://"+listener.Addr().String(), "contoso.onmicrosoft.com", cloud.NewTransport(nil),
		map[string]string{"AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"})
	for f := range setup.Examine(t.Context()) {
		reaching := strings.HasPrefix(f.Check, "reach.")
		if reaching != (f.Verdict == doctor.Failed && f.Later) {
			t.Errorf("%+v", f)
		}
	}
}

func TestExamineStopsWhenToldTo(t *testing.T) {
	app := leastApp()
	n := 0
	for range setupFor(t, app, app.Secret).Examine(t.Context()) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d findings", n)
	}
}
