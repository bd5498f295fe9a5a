package exchange_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange"
)

func as(permissions ...string) func(*http.Request) (exchange.Caller, error) {
	return func(*http.Request) (exchange.Caller, error) {
		return exchange.Caller{ClientID: directory.DefaultClientID, Permissions: permissions}, nil
	}
}

// Section 0.4 and the last rows of 4.2: 401, then 403, then 200.
func TestGrantLadder(t *testing.T) {
	badToken := func(*http.Request) (exchange.Caller, error) {
		return exchange.Caller{}, &exchange.Unauthorized{Reason: "The audience claim value is invalid 'aud'.", Category: "invalid_resource"}
	}
	noRole, readOnly := []string{}, []string{"View-Only Recipients"}
	cases := []struct {
		name   string
		who    func(*http.Request) (exchange.Caller, error)
		roles  []string
		cmdlet string
		status int
		length int
	}{
		{"no permission at all", as(), nil, "Get-Recipient", 401, 0},
		{"wrong token", badToken, nil, "Get-Recipient", 401, 0},
		{"V2 token", as("Exchange.ManageAsAppV2"), nil, "Get-Recipient", 403, 0},
		{"permission without a role", as("Exchange.ManageAsApp"), noRole, "Get-Recipient", 403, 470},
		{"cmdlet unknown", as("Exchange.ManageAsApp"), nil, "Get-Nonsense", 403, 470},
		{"cmdlet not in role", as("Exchange.ManageAsApp"), readOnly, "New-MailContact", 403, 470},
		{"cmdlet in role", as("Exchange.ManageAsApp"), readOnly, "Get-Recipient", 200, -1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			sim := newTenant(t, options{roles: tc.roles, exchange: exchange.Options{Authenticate: tc.who}})
			a := sim.call(tc.cmdlet, nil)
			if a.status != tc.status || (tc.length >= 0 && len(a.raw) != tc.length) {
				t.Errorf("status %d with %d bytes, want %d with %d", a.status, len(a.raw), tc.status, tc.length)
			}
			if tc.length > 0 && strings.Trim(string(a.raw), "\x00") != "" {
				t.Errorf("the body is %q, want NUL bytes only", a.raw)
			}
			if a.status == http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("WWW-Authenticate is %q", a.header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestUnauthorizedSaysWhyInTheHeaderOnly(t *testing.T) {
	sim := newTenant(t, options{exchange: exchange.Options{Authenticate: func(*http.Request) (exchange.Caller, error) {
		return exchange.Caller{}, errors.New("the token has expired")
	}}})
	a := sim.call("Get-Recipient", nil)
	want := `2000003;reason="the token has expired";error_category="invalid_token"`
	if got := a.header.Get("X-Ms-Diagnostics"); got != want {
		t.Errorf("x-ms-diagnostics is %s, want %s", got, want)
	}
}

// Section 0.5: the NUL bytes are declared as gzip now and then.
func TestForbiddenIsSometimesCalledGzip(t *testing.T) {
	sim := newTenant(t, options{roles: []string{}})
	seen := map[string]bool{}
	for range 4 {
		seen[sim.call("Get-Recipient", nil).header.Get("Content-Encoding")] = true
	}
	if !seen["gzip"] || !seen[""] {
		t.Errorf("content encodings %v, want both gzip and none", seen)
	}
}

// Section 0.8.
func TestWritesNeedAnAnchor(t *testing.T) {
	sim := newTenant(t, options{})
	sim.header.Del("X-AnchorMailbox")
	if a := sim.call("Set-MailContact", args{"Identity": "Old Supplier"}); a.status != 403 || len(a.raw) != 0 {
		t.Errorf("a write without anchor: %d %q, want a bare 403", a.status, a.raw)
	}
	if a := sim.call("Get-Recipient", nil); a.status != 200 {
		t.Errorf("a read without anchor: %d, want 200", a.status)
	}
}

// Section 1.4: Recipient Management lacks Security Group Creation and
// Membership, so that the bypass switch does not exist for it.
func TestRecipientManagementHasNoBypass(t *testing.T) {
	sim := newTenant(t, options{roles: []string{"Recipient Management"}})
	sim.must("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "new@adatum.example"})
	sim.call("Add-DistributionGroupMember", args{"Identity": "News", "Member": "New", "BypassSecurityGroupManagerCheck": true}).
		want(t, 400, "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BypassSecurityGroupManagerCheck")
}

func TestRoutes(t *testing.T) {
	cases := []struct {
		method, path string
		status       int
	}{
		{"POST", "/adminapi/v1.0/contoso.onmicrosoft.com/InvokeCommand", 405},
		{"GET", "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand", 405},
		{"POST", "/adminapi/beta/contoso.onmicrosoft.com/Nonsense", 404},
		{"POST", "/adminapi/beta/fabrikam.example/InvokeCommand", 403},
		{"POST", "/adminapi/beta/CONTOSO.example/invokecommand", 200},
		{"POST", "/adminapi/beta/" + "7e4a47c0-0000-4000-8000-000000c0a705" + "/InvokeCommand", 200},
	}
	for _, tc := range cases {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			sim := newTenant(t, options{})
			body := []byte(`{"CmdletInput":{"CmdletName":"get-accepteddomain","Parameters":{}}}`)
			if a := sim.send(tc.method, sim.srv.URL+tc.path, body); a.status != tc.status {
				t.Errorf("status %d, want %d\n%s", a.status, tc.status, a.raw)
			}
		})
	}
}
