package entra_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/entra"

	"github.com/golang-jwt/jwt/v5"
)

func TestRefusals(t *testing.T) {
	f := newFixture(t, nil)
	cases := []struct {
		name   string
		tenant string
		form   url.Values
		status int
		oauth  string
		code   int
	}{
		{"unknown tenant", "99999999-0000-4000-8000-000000000000", nil, 400, "invalid_request", 90002},
		{"shared endpoint", "common", nil, 400, "invalid_request", 50059},
		{"no grant type", tenantID, url.Values{"grant_type": nil}, 400, "invalid_request", 900144},
		{"another grant type", tenantID, url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type", 70003},
		{"no client id", tenantID, url.Values{"client_id": nil}, 400, "invalid_request", 900144},
		{"no scope", tenantID, url.Values{"scope": nil}, 400, "invalid_request", 900144},
		{"a delegated scope", tenantID, url.Values{"scope": {"https://graph.microsoft.com/User.Read"}}, 400, "invalid_scope", 1002012},
		{"two scopes", tenantID, url.Values{"scope": {"https://graph.microsoft.com/.default https://outlook.office365.com/.default"}}, 400, "invalid_scope", 1002012},
		{"unknown resource", tenantID, url.Values{"scope": {"https://vault.azure.net/.default"}}, 400, "invalid_resource", 500011},
		{"unknown app", tenantID, url.Values{"client_id": {"12345678-0000-4000-8000-000000000000"}}, 400, "unauthorized_client", 700016},
		{"no credential", tenantID, url.Values{"client_secret": nil}, 401, "invalid_client", 7000216},
		{"wrong secret", tenantID, url.Values{"client_secret": {"wrong"}}, 401, "invalid_client", 7000215},
		{"wrong secret for an unknown resource", tenantID, url.Values{"client_secret": {"wrong"}, "scope": {"https://vault.azure.net/.default"}}, 401, "invalid_client", 7000215},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, got := f.post(t, c.tenant, secretForm(c.form))
			expectRefusal(t, status, got, c.status, c.oauth, c.code)
		})
	}
}

func expectRefusal(t *testing.T, status int, got answer, wantStatus int, oauth string, code int) {
	t.Helper()
	if status != wantStatus || got.Error != oauth || len(got.ErrorCodes) != 1 || got.ErrorCodes[0] != code {
		t.Fatalf("got %d %s %v (%s), want %d %s %d", status, got.Error, got.ErrorCodes, got.ErrorDescription, wantStatus, oauth, code)
	}
	if !strings.HasPrefix(got.ErrorDescription, fmt.Sprintf("AADSTS%d: ", code)) || !strings.Contains(got.ErrorDescription, "Correlation ID: "+got.CorrelationID) {
		t.Errorf("description = %q", got.ErrorDescription)
	}
}

func TestExpiredSecret(t *testing.T) {
	f := newFixture(t, func(cfg *entra.Config) { cfg.Apps[0].SecretExpires = time.Now().Add(-time.Minute) })
	status, got := f.post(t, tenantID, secretForm(nil))
	expectRefusal(t, status, got, 401, "invalid_client", 7000222)
}

// assertion builds a client assertion; the zero value of each field means the
// correct one.
type assertion struct {
	method jwt.SigningMethod
	header map[string]any
	claims jwt.MapClaims
	key    any
}

func (a assertion) sign(t *testing.T, f *fixture) string {
	t.Helper()
	if a.method == nil {
		a.method = jwt.SigningMethodRS256
	}
	claims := jwt.MapClaims{
		"aud": f.server.URL + "/" + tenantID + "/oauth2/v2.0/token",
		"iss": clientID, "sub": clientID, "jti": "1",
		"nbf": time.Now().Add(-time.Minute).Unix(), "exp": time.Now().Add(10 * time.Minute).Unix(),
	}
	for name, value := range a.claims {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	token := jwt.NewWithClaims(a.method, claims)
	thumbprint := sha1.Sum(f.certificate.Raw)
	token.Header["x5t"] = base64.RawURLEncoding.EncodeToString(thumbprint[:])
	for name, value := range a.header {
		token.Header[name] = value
		if value == nil {
			delete(token.Header, name)
		}
	}
	if a.key == nil {
		a.key = clientKey()
	}
	signed, err := token.SignedString(a.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func assertionForm(signed string) url.Values {
	return secretForm(url.Values{
		"client_secret":         nil,
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
	})
}

func TestCertificateAssertion(t *testing.T) {
	f := newFixture(t, nil)
	long := sha256.Sum256(f.certificate.Raw)
	accepted := map[string]assertion{
		"RS256 with x5t":            {},
		"PS256 with x5t#S256":       {method: jwt.SigningMethodPS256, header: map[string]any{"x5t": nil, "x5t#S256": base64.RawURLEncoding.EncodeToString(long[:])}},
		"padded thumbprint":         {header: map[string]any{"x5t": nil, "x5t#S256": base64.StdEncoding.EncodeToString(long[:])}},
		"made for the domain":       {claims: jwt.MapClaims{"aud": f.server.URL + "/" + domain + "/oauth2/v2.0/token"}},
		"made for the worldwide":    {claims: jwt.MapClaims{"aud": "https://login.microsoftonline.com/" + tenantID + "/v2.0"}},
		"clock three minutes ahead": {claims: jwt.MapClaims{"nbf": time.Now().Add(3 * time.Minute).Unix()}},
	}
	for name, a := range accepted {
		t.Run(name, func(t *testing.T) {
			status, got := f.post(t, tenantID, assertionForm(a.sign(t, f)))
			if status != http.StatusOK || got.AccessToken == "" {
				t.Fatalf("got %d %s", status, got.ErrorDescription)
			}
		})
	}
	refused := []struct {
		name      string
		assertion assertion
		status    int
		code      int
	}{
		{"other key", assertion{key: serviceKey()}, 401, 700027},
		{"unknown thumbprint", assertion{header: map[string]any{"x5t": "AAAA"}}, 401, 700027},
		{"thumbprints of two certificates", assertion{header: map[string]any{"x5t#S256": "AAAA"}}, 401, 700027},
		{"no thumbprint", assertion{header: map[string]any{"x5t": nil}}, 400, 5002723},
		{"shared key algorithm", assertion{method: jwt.SigningMethodHS256, key: []byte("k")}, 400, 5002738},
		{"unsigned", assertion{method: jwt.SigningMethodNone, key: jwt.UnsafeAllowNoneSignatureType}, 400, 5002738},
		{"other issuer and subject", assertion{claims: jwt.MapClaims{"iss": tenantID, "sub": tenantID}}, 401, 700021},
		{"for another host", assertion{claims: jwt.MapClaims{"aud": "https://evil.example/" + tenantID + "/oauth2/v2.0/token"}}, 401, 700023},
		{"for another tenant", assertion{claims: jwt.MapClaims{"aud": "https://login.microsoftonline.com/fabrikam.example/oauth2/v2.0/token"}}, 401, 700023},
		{"expired", assertion{claims: jwt.MapClaims{"exp": time.Now().Add(-10 * time.Minute).Unix()}}, 401, 700024},
		{"not yet valid", assertion{claims: jwt.MapClaims{"nbf": time.Now().Add(10 * time.Minute).Unix()}}, 401, 700024},
		{"no expiry", assertion{claims: jwt.MapClaims{"exp": nil}}, 400, 90014},
		{"no id", assertion{claims: jwt.MapClaims{"jti": nil}}, 400, 90014},
		{"no audience", assertion{claims: jwt.MapClaims{"aud": nil}}, 400, 90014},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			status, got := f.post(t, tenantID, assertionForm(c.assertion.sign(t, f)))
			expectRefusal(t, status, got, c.status, oauthOf(c.status), c.code)
		})
	}
	t.Run("not a JWT", func(t *testing.T) {
		status, got := f.post(t, tenantID, assertionForm("abc"))
		expectRefusal(t, status, got, 400, "invalid_request", 50027)
	})
}

func oauthOf(status int) string {
	if status == http.StatusUnauthorized {
		return "invalid_client"
	}
	return "invalid_request"
}

func TestExpiredCertificate(t *testing.T) {
	f := newFixture(t, nil)
	f.certificate = makeCertificate(t, clientKey(), time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour))
	expired := newFixture(t, func(cfg *entra.Config) { cfg.Apps[0].Certificates = []*x509.Certificate{f.certificate} })
	expired.certificate = f.certificate
	status, got := expired.post(t, tenantID, assertionForm(assertion{}.sign(t, expired)))
	expectRefusal(t, status, got, 401, "invalid_client", 700027)
	if !strings.Contains(got.ErrorDescription, "The key used is expired") {
		t.Errorf("description = %q", got.ErrorDescription)
	}
}

func TestFederatedToken(t *testing.T) {
	f := newFixture(t, nil)
	cases := []struct {
		name   string
		claims jwt.MapClaims
		code   int
	}{
		{"other issuer", jwt.MapClaims{"iss": "https://other.example/"}, 700211},
		{"other subject", jwt.MapClaims{"sub": "someone"}, 700213},
		{"other audience", jwt.MapClaims{"aud": "api://other"}, 700212},
		{"expired", jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()}, 700024},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, got := f.post(t, tenantID, assertionForm(federatedToken(t, c.claims)))
			expectRefusal(t, status, got, 401, "invalid_client", c.code)
		})
	}
	t.Run("forged", func(t *testing.T) {
		head, _, _ := strings.Cut(federatedToken(t, nil), ".")
		_, rest, _ := strings.Cut(federatedToken(t, nil), ".")
		forged := head + "." + rest[:len(rest)-8] + "AAAAAAAA"
		status, got := f.post(t, tenantID, assertionForm(forged))
		expectRefusal(t, status, got, 401, "invalid_client", 700027)
	})
}
