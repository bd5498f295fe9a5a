package entra_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/entra"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTokenClaims(t *testing.T) {
	f := newFixture(t, nil)
	_, got := f.post(t, domain, secretForm(nil))
	_, payload, _ := strings.Cut(got.AccessToken, ".")
	payload, _, _ = strings.Cut(payload, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"aud": "https://graph.microsoft.com", "iss": "https://sts.windows.net/" + tenantID + "/",
		"tid": tenantID, "appid": clientID, "appidacr": "1", "idtyp": "app", "ver": "1.0", "app_displayname": "enlist",
		"roles": []any{"OrgContact.Read.All"},
		"wids":  []any{"31392ffb-586c-42d1-9346-e59415a2cc4e", "0997a1d0-0d1d-4acb-b408-d5ca73121e90"},
	}
	varying := cmpopts.IgnoreMapEntries(func(name string, _ any) bool {
		switch name {
		case "exp", "iat", "nbf", "uti", "oid", "sub":
			return true
		}
		return false
	})
	if diff := cmp.Diff(want, claims, varying); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	if claims["oid"] != claims["sub"] || claims["oid"] == "" {
		t.Errorf("oid = %v, sub = %v, want the same id", claims["oid"], claims["sub"])
	}
}

func TestAuthenticate(t *testing.T) {
	f := newFixture(t, func(cfg *entra.Config) { cfg.TokenLifetime = 10 * time.Minute })
	_, good := f.post(t, tenantID, secretForm(nil))
	other := newFixture(t, func(cfg *entra.Config) { cfg.SigningKey = clientKey() })
	_, foreign := other.post(t, tenantID, secretForm(nil))
	neighbour := newFixture(t, func(cfg *entra.Config) { cfg.TenantID = "22222222-2222-4333-8444-555555555555" })
	_, otherTenant := neighbour.post(t, domain, secretForm(nil))
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"tid": tenantID}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name  string
		token string
		api   entra.Resource
		want  error
	}{
		{"good", good.AccessToken, entra.Graph, nil},
		{"again, from memory", good.AccessToken, entra.Graph, nil},
		{"for the other API", good.AccessToken, entra.Exchange, entra.ErrAudience},
		{"signed by another service", foreign.AccessToken, entra.Graph, entra.ErrSignature},
		{"of another tenant", otherTenant.AccessToken, entra.Graph, entra.ErrTenant},
		{"unsigned", unsigned, entra.Graph, entra.ErrSignature},
		{"not a JWT", "abc", entra.Graph, entra.ErrMalformed},
		{"none", "", entra.Graph, entra.ErrNoToken},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := f.Authenticate(bearer(t, c.token), c.api); !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
	t.Run("after its lifetime", func(t *testing.T) {
		f.advance(10 * time.Minute)
		if _, err := f.Authenticate(bearer(t, good.AccessToken), entra.Graph); !errors.Is(err, entra.ErrExpired) {
			t.Errorf("err = %v, want ErrExpired", err)
		}
	})
}

func TestMetadata(t *testing.T) {
	f := newFixture(t, nil)
	status, configuration := f.get(t, "/"+domain+"/v2.0/.well-known/openid-configuration")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	for name, want := range map[string]string{
		"issuer":         f.server.URL + "/" + tenantID + "/v2.0",
		"token_endpoint": f.server.URL + "/" + domain + "/oauth2/v2.0/token",
		"jwks_uri":       f.server.URL + "/" + domain + "/discovery/v2.0/keys",
	} {
		if configuration[name] != want {
			t.Errorf("%s = %v, want %s", name, configuration[name], want)
		}
	}
	if status, body := f.get(t, "/fabrikam.example/v2.0/.well-known/openid-configuration"); status != 400 || body["error"] != "invalid_tenant" {
		t.Errorf("unknown tenant: %d %v", status, body["error"])
	}
}

// The published key is the one that verifies the tokens.
func TestKeys(t *testing.T) {
	f := newFixture(t, nil)
	_, body := f.get(t, "/"+tenantID+"/discovery/v2.0/keys")
	keys, _ := body["keys"].([]any)
	if len(keys) != 1 {
		t.Fatalf("keys = %v", body)
	}
	key, _ := keys[0].(map[string]any)
	modulus, err := base64.RawURLEncoding.DecodeString(key["n"].(string))
	if err != nil || string(modulus) != string(serviceKey().N.Bytes()) {
		t.Error("the published modulus is not the signing key's")
	}
	_, got := f.post(t, tenantID, secretForm(nil))
	token, _, err := jwt.NewParser().ParseUnverified(got.AccessToken, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	if token.Header["kid"] != key["kid"] {
		t.Errorf("token says kid %v, published is %v", token.Header["kid"], key["kid"])
	}
}

func TestInstanceDiscovery(t *testing.T) {
	f := newFixture(t, nil)
	ask := func(authority string) (int, map[string]any) {
		return f.get(t, "/common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(authority+"/"+tenantID+"/oauth2/v2.0/authorize"))
	}
	status, body := ask(f.server.URL)
	if want := f.server.URL + "/" + tenantID + "/v2.0/.well-known/openid-configuration"; status != 200 || body["tenant_discovery_endpoint"] != want {
		t.Errorf("own host: %d %v", status, body)
	}
	if status, body := ask("https://evil.example"); status != 400 || body["error"] != "invalid_instance" {
		t.Errorf("other host: %d %v", status, body)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	cases := map[string]entra.Config{
		"no tenant":                 {},
		"two apps of one client id": {TenantID: tenantID, Apps: []entra.App{{ClientID: "a"}, {ClientID: "A"}}},
		"app without client id":     {TenantID: tenantID, Apps: []entra.App{{}}},
	}
	for name, cfg := range cases {
		if _, err := entra.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	f := newFixture(b, nil)
	_, got := f.post(b, tenantID, secretForm(nil))
	request := bearer(b, got.AccessToken)
	for b.Loop() {
		if _, err := f.Authenticate(request, entra.Graph); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSecretsStayOutOfLogs(t *testing.T) {
	app := entra.App{ClientID: clientID, Secret: secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{app, &app, entra.Config{Apps: []entra.App{app}}} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, secret) {
				t.Errorf("%s prints the secret: %s", verb, text)
			}
		}
	}
}
