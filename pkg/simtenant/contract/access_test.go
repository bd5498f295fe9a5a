package contract_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

func signInClaims() []claim {
	return []claim{
		{"E1.1 the token endpoint takes a client secret for the scope https://outlook.office365.com/.default", func(t *testing.T, w *wire) {
			w.signIn(t, admin, exchangeScope).want(t, 200, `"token_type":"Bearer"`, `"expires_in":`)
		}},
		{"E1.1 the token endpoint takes a certificate's assertion", func(t *testing.T, w *wire) {
			form := url.Values{
				"grant_type": {"client_credentials"}, "scope": {exchangeScope}, "client_id": {admin},
				"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
				"client_assertion":      {w.assertion(t, admin)},
			}
			path := "/" + w.tenantID() + "/oauth2/v2.0/token"
			w.send(t, "POST", path, []byte(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded")).want(t, 200, `"access_token":`)
			form.Set("client_assertion", w.assertion(t, nobody))
			w.send(t, "POST", path, []byte(form.Encode()), header("Content-Type", "application/x-www-form-urlencoded")).want(t, 401, "AADSTS700021")
		}},
		{"E1.1 a Graph token is rejected", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-AcceptedDomain", nil, w.as(t, admin, graphScope))
			a.bare(t, 401)
			if got, want := a.header.Get("X-Ms-Diagnostics"), `2000003;reason="The audience claim value is invalid 'aud'.";error_category="invalid_resource"`; got != want {
				t.Errorf("x-ms-diagnostics is %s, want %s", got, want)
			}
		}},
		{"E1.1 the audience is not derived from the host", func(t *testing.T, w *wire) {
			w.signIn(t, admin, w.srv.URL()+"/.default").want(t, 400, "AADSTS500011")
			if got := tokenClaims(t, w.token(t, admin, exchangeScope))["aud"]; got != "https://outlook.office365.com" {
				t.Errorf("aud is %v", got)
			}
		}},
		{"E1.2 tid holds the tenant's GUID, and roles and wids the grants", func(t *testing.T, w *wire) {
			got := tokenClaims(t, w.token(t, reader, exchangeScope))
			if got["tid"] != w.tenantID() || got["appid"] != reader {
				t.Errorf("claims %v", got)
			}
			if diff := cmp.Diff([]any{"Exchange.ManageAsApp"}, got["roles"]); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
			// The template id of Global Reader.
			if wids, _ := got["wids"].([]any); len(wids) == 0 || wids[0] != "f2ef992c-3afb-46b9-b7cf-a126ee74c451" {
				t.Errorf("wids are %v", got["wids"])
			}
		}},
		{"E1.3 the resource is called by its appId too", func(t *testing.T, w *wire) {
			w.run(t, "Get-AcceptedDomain", nil, w.as(t, admin, "00000002-0000-0ff1-ce00-000000000000/.default")).want(t, 200)
		}},
	}
}

// assertion is a statement of an app's, signed with the admin's certificate.
func (w *wire) assertion(t *testing.T, app string) string {
	t.Helper()
	thumbprint := sha256.Sum256(credential().der)
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodPS256, jwt.MapClaims{
		"aud": w.srv.URL() + "/" + w.tenantID() + "/oauth2/v2.0/token",
		"iss": app, "sub": app, "jti": rand.Text(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	token.Header["x5t#S256"] = base64.RawURLEncoding.EncodeToString(thumbprint[:])
	signed, err := token.SignedString(credential().key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// tokenClaims are a token's claims, as whoever holds it can read them.
func tokenClaims(t *testing.T, token string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func accessClaims() []claim {
	newcomer := func() args { return args{"Name": rand.Text(), "ExternalEmailAddress": rand.Text() + "@adatum.example"} }
	return []claim{
		{"E0.1 only beta answers InvokeCommand, v1.0 gives 405", func(t *testing.T, w *wire) {
			w.run(t, "Get-AcceptedDomain", nil).want(t, 200)
			w.runAt(t, "/adminapi/v1.0/"+w.tenantID()+"/InvokeCommand", "Get-AcceptedDomain", nil).want(t, 405)
		}},
		{"E0.3 a V2 token gets a bodyless 403 without x-ms-diagnostics", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-AcceptedDomain", nil, w.as(t, newStyle, exchangeScope))
			a.bare(t, 403)
			if got := a.header.Get("X-Ms-Diagnostics"); got != "" {
				t.Errorf("x-ms-diagnostics is %s", got)
			}
		}},
		{"E0.4 no grant 401, app role only 403, app role and directory role 200", func(t *testing.T, w *wire) {
			w.run(t, "Get-AcceptedDomain", nil, w.as(t, nobody, exchangeScope)).bare(t, 401)
			w.run(t, "Get-AcceptedDomain", nil, w.as(t, roleless, exchangeScope)).nul(t)
			w.run(t, "Get-AcceptedDomain", nil, w.as(t, reader, exchangeScope)).want(t, 200)
		}},
		{"E0.5 a 403 is a run of 470 NUL bytes, sometimes declared gzip", func(t *testing.T, w *wire) {
			encodings := map[string]bool{}
			for range 4 {
				a := w.run(t, "Get-Nonsense", nil)
				a.nul(t)
				if len(a.raw) != 470 {
					t.Errorf("%d bytes", len(a.raw))
				}
				encodings[a.header.Get("Content-Encoding")] = true
			}
			if !encodings["gzip"] || !encodings[""] {
				t.Errorf("content encodings %v, want both gzip and none", encodings)
			}
		}},
		{"E0.8 a write without X-AnchorMailbox gets a bare 403", func(t *testing.T, w *wire) {
			w.run(t, "New-MailContact", newcomer(), without("X-AnchorMailbox")).bare(t, 403)
			w.run(t, "Get-AcceptedDomain", nil, without("X-AnchorMailbox")).want(t, 200)
		}},
		{"E1.3 of three look-alike permissions only Exchange.ManageAsApp works", func(t *testing.T, w *wire) {
			for app, status := range map[string]int{admin: 200, newStyle: 403, lookAlike: 403} {
				w.run(t, "Get-AcceptedDomain", nil, w.as(t, app, exchangeScope)).want(t, status)
			}
		}},
		{"E1.4 New-MailContact and Remove-MailContact are in Mail Recipient Creation", func(t *testing.T, w *wire) {
			person := newcomer()
			as := w.as(t, creator, exchangeScope)
			w.run(t, "New-MailContact", person, as).want(t, 200)
			w.run(t, "Set-MailContact", args{"Identity": person["Name"], "DisplayName": "Other"}, as).nul(t)
			w.run(t, "Remove-MailContact", args{"Identity": person["Name"], "Confirm": false}, as).want(t, 200)
		}},
		{"E1.4 the Get cmdlets for recipients are in View-Only Recipients", func(t *testing.T, w *wire) {
			as := w.as(t, viewer, exchangeScope)
			for _, cmdlet := range []string{"Get-Recipient", "Get-MailContact", "Get-DistributionGroup"} {
				w.run(t, cmdlet, args{"ResultSize": 1}, as).want(t, 200)
			}
			w.run(t, "New-MailContact", newcomer(), as).nul(t)
		}},
		{"E1.4 directory roles count, such as Global Reader", func(t *testing.T, w *wire) {
			w.run(t, "Get-Recipient", args{"ResultSize": 1}, w.as(t, reader, exchangeScope)).want(t, 200)
			w.run(t, "New-MailContact", newcomer(), w.as(t, reader, exchangeScope)).nul(t)
		}},
		{"E1.4 the bypass switch is in Security Group Creation and Membership, which Recipient Management lacks", func(t *testing.T, w *wire) {
			add := bypass.and(args{"Identity": "News", "Member": "sales@adatum.example"})
			w.run(t, "Add-DistributionGroupMember", add, w.as(t, recipients, exchangeScope)).wantRefusal(t, 400, "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|…")
			w.run(t, "Add-DistributionGroupMember", add, w.as(t, importer, exchangeScope)).want(t, 200)
		}},
		{"E1.4 a custom role group gives an app the roles that it names", func(t *testing.T, w *wire) {
			w.run(t, "New-MailContact", newcomer(), w.as(t, importer, exchangeScope)).want(t, 200)
			w.run(t, "Set-DistributionGroup", bypass.and(args{"Identity": "News", "MailTip": "Hello"}), w.as(t, importer, exchangeScope)).want(t, 200)
		}},
		{"E1.4 a parameter outside the role behaves as if it did not exist", func(t *testing.T, w *wire) {
			a := w.run(t, "Set-DistributionGroup", bypass.and(args{"Identity": "News", "MailTip": "Hello"}), w.as(t, recipients, exchangeScope))
			a.want(t, 400, "Invalid cmdlet parameters specified. BypassSecurityGroupManagerCheck")
		}},
	}
}
