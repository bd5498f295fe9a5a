package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestRequestOnTheWire(t *testing.T) {
	s := newServer(t, say(200, `{"value":[]}`))
	c := s.client(t)
	for range 2 {
		if _, err := c.Invoke(t.Context(), Command{Name: "Get-Recipient", Select: []string{"Guid", "Name"}, Effect: Read}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := s.requests[0], s.requests[1]
	if got, want := first.RequestURI, "/adminapi/beta/"+tenantID+"/InvokeCommand?$select=Guid%2CName"; got != want {
		t.Errorf("URI = %s, want %s", got, want)
	}
	if first.Method != http.MethodPost {
		t.Errorf("method = %s, want POST", first.Method)
	}
	if want := `{"CmdletInput":{"CmdletName":"Get-Recipient","Parameters":{}}}`; first.body != want {
		t.Errorf("body = %s, want %s", first.body, want)
	}
	for name, want := range map[string]string{
		"Authorization":       "Bearer " + secret,
		"Content-Type":        "application/json; charset=utf-8",
		"Accept-Encoding":     "identity",
		"Accept-Language":     "en-US",
		"Prefer":              "odata.maxpagesize=1000",
		"X-ResponseFormat":    "json",
		"X-CmdletName":        "Get-Recipient",
		"X-ClientApplication": "enlist",
		"X-AnchorMailbox":     "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + tenantID,
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if first.Header.Get("connection-id") != second.Header.Get("connection-id") {
		t.Error("connection-id differs between requests of one client")
	}
	if id := first.Header.Get("client-request-id"); uuid.Validate(id) != nil || id == second.Header.Get("client-request-id") {
		t.Errorf("client-request-id %q is not a GUID of its own", id)
	}
}

func TestParametersOnTheWire(t *testing.T) {
	tests := []struct {
		name string
		call func(context.Context, *Client) error
		want string // CmdletName, then Parameters
	}{
		{
			"a false boolean is really sent",
			func(ctx context.Context, c *Client) error {
				return c.SetRequireSenderAuthentication(ctx, "g", false)
			},
			`"Set-DistributionGroup","Parameters":{"BypassSecurityGroupManagerCheck":true,"Identity":"g","RequireSenderAuthenticationEnabled":false}`,
		},
		{
			"a member is added as a manager",
			func(ctx context.Context, c *Client) error { return c.AddDistributionGroupMember(ctx, "g", "m") },
			`"Add-DistributionGroupMember","Parameters":{"BypassSecurityGroupManagerCheck":true,"Identity":"g","Member":"m"}`,
		},
		{
			"only what is known of a contact is sent",
			func(ctx context.Context, c *Client) error {
				return c.SetContact(ctx, "id", ContactDetails{Company: "Fabrikam", MobilePhone: "+40 721"})
			},
			`"Set-Contact","Parameters":{"Company":"Fabrikam","Identity":"id","MobilePhone":"+40 721"}`,
		},
		{
			"a contact is created",
			func(ctx context.Context, c *Client) error {
				_, err := c.NewMailContact(ctx, NewContact{Name: "ana@f.example", ExternalEmailAddress: "ana@f.example", FirstName: "Ana"})
				return err
			},
			`"New-MailContact","Parameters":{"ExternalEmailAddress":"ana@f.example","FirstName":"Ana","Name":"ana@f.example"}`,
		},
		{
			"lists and hash tables",
			func(ctx context.Context, c *Client) error {
				_, err := c.Invoke(ctx, Command{Name: "Set-X", Parameters: Parameters{
					"Members":        []string{"a", "b"},
					"EmailAddresses": HashTable{Add: []string{"smtp:x@c.example"}, Remove: []string{"smtp:y@c.example"}},
				}})
				return err
			},
			`"Set-X","Parameters":{"EmailAddresses":{"@odata.type":"#Exchange.GenericHashTable","add":["smtp:x@c.example"],"remove":["smtp:y@c.example"]},"Members":["a","b"]}`,
		},
		{
			"an address with a quote, sought among all recipients",
			func(ctx context.Context, c *Client) error {
				_, err := c.RecipientsByAddress(ctx, "o'neil@f.example")
				return err
			},
			`"Get-Recipient","Parameters":{"Filter":"EmailAddresses -eq 'o''neil@f.example' -or ExternalEmailAddress -eq 'o''neil@f.example'","ResultSize":"Unlimited"}`,
		},
		{
			"keys with a quote, sought in a custom attribute",
			func(ctx context.Context, c *Client) error {
				_, err := c.RecipientsByCustomAttribute(ctx, 15, "A'7' -or Name -like '*", "8")
				return err
			},
			`"Get-Recipient","Parameters":{"Filter":"CustomAttribute15 -eq 'A''7'' -or Name -like ''*' -or CustomAttribute15 -eq '8'","ResultSize":"Unlimited"}`,
		},
		{
			"a group by name",
			func(ctx context.Context, c *Client) error { _, err := c.FindGroups(ctx, "Partners"); return err },
			`"Get-Recipient","Parameters":{"Filter":"DisplayName -eq 'Partners' -or Name -eq 'Partners' -or Alias -eq 'Partners'","ResultSize":"Unlimited"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, say(200, ""))
			if err := tt.call(t.Context(), s.client(t)); err != nil {
				t.Fatal(err)
			}
			want := `{"CmdletInput":{"CmdletName":` + tt.want + `}}`
			if diff := cmp.Diff(want, s.requests[0].body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNothingToSetSendsNothing(t *testing.T) {
	s := newServer(t, say(500, ""))
	if err := s.client(t).SetContact(t.Context(), "id", ContactDetails{}); err != nil || len(s.requests) != 0 {
		t.Errorf("SetContact = %v after %d requests, want none", err, len(s.requests))
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	token := func(context.Context) (string, error) { return secret, nil }
	for name, o := range map[string]Options{
		"token over plain http": {BaseURL: "http://outlook.example", TenantID: tenantID, Token: token},
		"no host":               {BaseURL: "outlook.example", TenantID: tenantID, Token: token},
		"tenant is a domain":    {BaseURL: "https://outlook.example", TenantID: "contoso.onmicrosoft.com", Token: token},
		"no token source":       {BaseURL: "https://outlook.example", TenantID: tenantID},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: New accepted it", name)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := newServer(t, say(200, `{"value":[]}`))
	s := newServer(t, say(307, "", "Location", elsewhere.URL))
	_, err := s.client(t).Invoke(t.Context(), Command{Name: "Get-Recipient", Effect: Read})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Status != 307 || len(elsewhere.requests) != 0 {
		t.Errorf("Invoke = %v, and %d requests went elsewhere", err, len(elsewhere.requests))
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	renewed := func(token string, err error) func(*Options) {
		return func(o *Options) {
			o.RenewToken = func(_ context.Context, refused string) (string, error) {
				if refused != secret {
					t.Errorf("asked to replace %q, want the refused token", refused)
				}
				return token, err
			}
		}
	}
	refused := say(401, "", "x-ms-diagnostics", `2000003;reason="The token has expired."`)
	tests := []struct {
		name     string
		options  func(*Options)
		answers  []http.HandlerFunc
		requests int
		want     error
	}{
		{"the new one works", renewed("new", nil), []http.HandlerFunc{refused, say(200, "")}, 2, nil},
		{"the new one is refused too", renewed("new", nil), []http.HandlerFunc{refused}, 2, ErrUnauthorized},
		{"there is no other", renewed(secret, nil), []http.HandlerFunc{refused}, 1, ErrUnauthorized},
		{"sign-in fails", renewed("", http.ErrServerClosed), []http.HandlerFunc{refused}, 1, http.ErrServerClosed},
		{"no way to ask for a fresh one", func(*Options) {}, []http.HandlerFunc{refused}, 1, ErrUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, tt.answers...)
			_, err := s.client(t, tt.options).Invoke(t.Context(), Command{Name: "New-MailContact"})
			if !errors.Is(err, tt.want) {
				t.Errorf("Invoke = %v, want %v", err, tt.want)
			}
			if len(s.requests) != tt.requests {
				t.Errorf("%d requests, want %d", len(s.requests), tt.requests)
			}
		})
	}
}

func TestTokenStaysOutOfErrors(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(400)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"message": r.Header.Get("Authorization")}})
	}
	badToken := func(o *Options) {
		o.Token = func(context.Context) (string, error) { return secret + "\n", nil }
	}
	for name, c := range map[string]*Client{
		"echoed by the server":   newServer(t, echo).client(t),
		"not fit for a header":   newServer(t, echo).client(t, badToken),
		"connection broken off":  newServer(t, hangUp).client(t),
		"web page that holds it": newServer(t, say(400, "Bearer "+secret)).client(t),
	} {
		_, err := c.Invoke(t.Context(), Command{Name: "New-MailContact"})
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
