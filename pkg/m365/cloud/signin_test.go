package cloud

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

const (
	testTenant = "contoso.onmicrosoft.com"
	testClient = "11111111-1111-1111-1111-111111111111"
	testSecret = "s3cr=t/with+marks"
)

// signInServer stands for Microsoft Entra: it notes what is asked and gives out numbered tokens, or what refuse says.
type signInServer struct {
	*httptest.Server

	mu     sync.Mutex
	asked  []url.Values
	refuse func(http.ResponseWriter, url.Values) bool // true when it has answered
}

func newSignInServer(t *testing.T) *signInServer {
	t.Helper()
	s := &signInServer{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		base := s.URL + "/" + r.PathValue("tenant")
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":"%[1]s/v2.0","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token"}`, base)
	})
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.token)
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *signInServer) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, r.PostForm)
	n := len(s.asked)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if s.refuse != nil && s.refuse(w, r.PostForm) {
		return
	}
	fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"ext_expires_in":3600,"access_token":"token-%d"}`, n)
}

func (s *signInServer) requests() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.asked...)
}

// identity signs in at s, as a custom cloud, with what env adds to tenant and app. Failed requests are not repeated.
func (s *signInServer) identity(t *testing.T, env ...string) *Identity {
	t.Helper()
	e, err := CustomEndpoints(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	i, err := NewIdentity(Options{
		Endpoints: e,
		Env:       variables(append([]string{"AZURE_TENANT_ID", testTenant, "AZURE_CLIENT_ID", testClient}, env...)...),
		Transport: NewTransport(roots),
	})
	if err != nil {
		t.Fatal(err)
	}
	i.client.Retry.MaxRetries = -1
	return i
}

// graph returns a source of Graph tokens that signs in with testSecret.
func (s *signInServer) graph(t *testing.T) *TokenSource {
	t.Helper()
	source, err := s.identity(t, "AZURE_CLIENT_SECRET", testSecret).Graph()
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// certificateFile writes a new self-signed certificate and its key as PEM.
func certificateFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "enlist test client"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...)
	path := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
