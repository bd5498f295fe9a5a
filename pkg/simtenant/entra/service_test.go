package entra_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"enlist/pkg/simtenant/entra"
)

const (
	tenantID = "11111111-2222-4333-8444-555555555555"
	domain   = "contoso.onmicrosoft.com"
	clientID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	secret   = "correct horse battery staple"
	issuer   = "https://issuer.example/"
	subject  = "system:serviceaccount:jobs:enlist"
)

// Keys take long to make, so all tests share these two.
var (
	serviceKey = sync.OnceValue(makeKey)
	clientKey  = sync.OnceValue(makeKey)
)

func makeKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func makeCertificate(t testing.TB, key *rsa.PrivateKey, from, until time.Time) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7),
		Subject:      pkix.Name{CommonName: "enlist"},
		NotBefore:    from,
		NotAfter:     until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// fixture is a sign-in service behind TLS, with one application that has every
// kind of credential, and a clock that a test can move.
type fixture struct {
	*entra.Service
	server      *httptest.Server
	certificate *x509.Certificate

	mu     sync.Mutex
	offset time.Duration
}

func newFixture(t testing.TB, change func(*entra.Config)) *fixture {
	t.Helper()
	now := time.Now()
	f := &fixture{certificate: makeCertificate(t, clientKey(), now.Add(-time.Hour), now.Add(time.Hour))}
	cfg := entra.Config{
		TenantID:     tenantID,
		Organisation: "Contoso",
		Domains:      []string{domain},
		Apps: []entra.App{{
			ClientID:       clientID,
			Secret:         secret,
			Certificates:   []*x509.Certificate{f.certificate},
			Federated:      []entra.FederatedCredential{{Issuer: issuer, Subject: subject, Key: clientKey().Public()}},
			AppRoles:       []string{"Exchange.ManageAsApp", "OrgContact.Read.All"},
			DirectoryRoles: []string{"Exchange Recipient Administrator"},
		}},
		SigningKey: serviceKey(),
		Now:        f.now,
	}
	if change != nil {
		change(&cfg)
	}
	service, err := entra.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Service = service
	f.server = httptest.NewTLSServer(service.Handler())
	t.Cleanup(f.server.Close)
	return f
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Add(f.offset)
}

func (f *fixture) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset += d
}

// answer is the union of a token and of an error.
type answer struct {
	AccessToken      string `json:"access_token"`
	ExpiresIn        int    `json:"expires_in"`
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorCodes       []int  `json:"error_codes"`
	CorrelationID    string `json:"correlation_id"`
}

func (f *fixture) post(t testing.TB, tenant string, form url.Values) (int, answer) {
	t.Helper()
	response, err := f.server.Client().PostForm(f.server.URL+"/"+tenant+"/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatal(err)
	}
	return decode[answer](t, response)
}

func (f *fixture) get(t testing.TB, path string) (int, map[string]any) {
	t.Helper()
	response, err := f.server.Client().Get(f.server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	return decode[map[string]any](t, response)
}

func decode[T any](t testing.TB, response *http.Response) (int, T) {
	t.Helper()
	defer response.Body.Close()
	var body T
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatalf("status %d: %v", response.StatusCode, err)
	}
	return response.StatusCode, body
}

func secretForm(change url.Values) url.Values {
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {clientID},
		"client_secret": {secret},
		"scope":         {"https://graph.microsoft.com/.default"},
	}
	for name, values := range change {
		form[name] = values
		if values == nil {
			delete(form, name)
		}
	}
	return form
}
