package cloud

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTokenWithSecret(t *testing.T) {
	server := newSignInServer(t)
	identity := server.identity(t, "AZURE_CLIENT_SECRET", testSecret)
	graph, err := identity.Graph()
	if err != nil {
		t.Fatal(err)
	}
	exchange, err := identity.Exchange()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []*TokenSource{graph, exchange, graph, exchange} {
		if _, err := source.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	asked := server.requests()
	if len(asked) != 2 {
		t.Fatalf("signed in %d times for two audiences, want 2", len(asked))
	}
	for i, audience := range []string{"https://graph.microsoft.com/.default", "https://outlook.office365.com/.default"} {
		if !strings.Contains(asked[i].Get("scope"), audience) {
			t.Errorf("scope %q, want %s", asked[i].Get("scope"), audience)
		}
		if asked[i].Get("client_secret") != testSecret || asked[i].Get("client_id") != testClient || asked[i].Get("grant_type") != "client_credentials" {
			t.Errorf("unexpected request %v", asked[i])
		}
	}
}

func TestTokenWithCertificate(t *testing.T) {
	tests := []struct {
		name      string
		env       []string
		wantChain bool
	}{
		{"PEM", []string{"AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t)}, false},
		{"PEM with a password that it does not need", []string{"AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t), "AZURE_CLIENT_CERTIFICATE_PASSWORD", "x"}, false},
		{"PFX", []string{"AZURE_CLIENT_CERTIFICATE_PATH", "testdata/client.pfx", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "open-sesame"}, false},
		{"with chain", []string{"AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t), "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "True"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newSignInServer(t)
			source, err := server.identity(t, tt.env...).Graph()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Token(t.Context()); err != nil {
				t.Fatal(err)
			}
			header := assertionHeader(t, server.requests()[0].Get("client_assertion"))
			if _, chain := header["x5c"]; chain != tt.wantChain {
				t.Errorf("certificate chain sent: %v, want %v", chain, tt.wantChain)
			}
		})
	}
}

func assertionHeader(t *testing.T, assertion string) map[string]any {
	t.Helper()
	first, _, _ := strings.Cut(assertion, ".")
	data, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatalf("assertion %q: %v", assertion, err)
	}
	var header map[string]any
	if err := json.Unmarshal(data, &header); err != nil {
		t.Fatal(err)
	}
	return header
}

func TestTokenWithWorkloadIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("federated"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := newSignInServer(t)
	source, err := server.identity(t, "AZURE_FEDERATED_TOKEN_FILE", path).Exchange()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := server.requests()[0].Get("client_assertion"); got != "federated" {
		t.Errorf("assertion %q, want the file's content", got)
	}
}

func TestTokenOfManagedIdentity(t *testing.T) {
	var asked url.Values
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"managed","expires_on":"4102444800","resource":"x","token_type":"Bearer"}`))
	}))
	defer platform.Close()
	// azidentity reads these two itself; there is no option for them.
	t.Setenv("IDENTITY_ENDPOINT", platform.URL)
	t.Setenv("IDENTITY_HEADER", "h")
	identity, err := newIdentity(t, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	source, err := identity.Graph()
	if err != nil {
		t.Fatal(err)
	}
	token, err := source.Token(t.Context())
	if err != nil || token != "managed" {
		t.Errorf("got token %q, %v", token, err)
	}
	if got := asked.Get("resource"); got != "https://graph.microsoft.com" {
		t.Errorf("asked for resource %q", got)
	}
}

func TestManyCallersSignInOnce(t *testing.T) {
	server := newSignInServer(t)
	source := server.graph(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if token, err := source.Token(t.Context()); err != nil || token != "token-1" {
				t.Errorf("got %q, %v", token, err)
			}
		})
	}
	wg.Wait()
	if n := len(server.requests()); n != 1 {
		t.Errorf("signed in %d times", n)
	}
}

func TestRenewReplacesARejectedTokenOnce(t *testing.T) {
	server := newSignInServer(t)
	source := server.graph(t)
	rejected, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if token, err := source.Renew(t.Context(), rejected); err != nil || token != "token-2" {
				t.Errorf("got %q, %v", token, err)
			}
		})
	}
	wg.Wait()
	if token, err := source.Token(t.Context()); err != nil || token != "token-2" {
		t.Errorf("after renewal: %q, %v", token, err)
	}
	if n := len(server.requests()); n != 2 {
		t.Errorf("signed in %d times, want 2", n)
	}
}

func TestCallersWaitNoLongerThanTheirContext(t *testing.T) {
	server := newSignInServer(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	server.refuse = func(http.ResponseWriter, url.Values) bool {
		close(entered)
		<-leave
		return false
	}
	source := server.graph(t)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(leave)
	wg.Go(func() {
		if _, err := source.Token(t.Context()); err != nil {
			t.Error(err)
		}
	})
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestInterruptedSignInIsNotARefusal(t *testing.T) {
	server := newSignInServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.refuse = func(http.ResponseWriter, url.Values) bool {
		cancel()
		<-ctx.Done()
		return false
	}
	_, err := server.graph(t).Token(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
