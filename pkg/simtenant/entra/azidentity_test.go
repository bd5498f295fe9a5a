package entra_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/entra"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/golang-jwt/jwt/v5"
)

func (f *fixture) clientOptions() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: f.server.URL},
		Transport: f.server.Client(),
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}
}

// Every credential that enlist offers signs in through Microsoft's own library,
// and the token opens the API that it was asked for, and no other.
func TestAzidentitySignsIn(t *testing.T) {
	f := newFixture(t, nil)
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte(federatedToken(t, nil)), 0o600); err != nil {
		t.Fatal(err)
	}
	credentials := map[string]func() (azcore.TokenCredential, error){
		"client secret": func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(tenantID, clientID, secret,
				&azidentity.ClientSecretCredentialOptions{ClientOptions: f.clientOptions(), DisableInstanceDiscovery: true})
		},
		"certificate": func() (azcore.TokenCredential, error) {
			return azidentity.NewClientCertificateCredential(domain, clientID, []*x509.Certificate{f.certificate}, clientKey(),
				&azidentity.ClientCertificateCredentialOptions{ClientOptions: f.clientOptions(), DisableInstanceDiscovery: true, SendCertificateChain: true})
		},
		"workload identity": func() (azcore.TokenCredential, error) {
			return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
				ClientOptions: f.clientOptions(), DisableInstanceDiscovery: true,
				TenantID: tenantID, ClientID: clientID, TokenFilePath: tokenFile,
			})
		},
	}
	for name, make := range credentials {
		t.Run(name, func(t *testing.T) {
			credential, err := make()
			if err != nil {
				t.Fatal(err)
			}
			token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://outlook.office365.com/.default"}})
			if err != nil {
				t.Fatal(err)
			}
			request := bearer(t, token.Token)
			caller, err := f.Authenticate(request, entra.Exchange)
			if err != nil {
				t.Fatal(err)
			}
			if caller.ClientID != clientID || !caller.HasRole("Exchange.ManageAsApp") || caller.HasRole("OrgContact.Read.All") {
				t.Errorf("caller = %+v, want the app with its Exchange permission only", caller)
			}
			if _, err := f.Authenticate(request, entra.Graph); !errors.Is(err, entra.ErrAudience) {
				t.Errorf("at Graph: %v, want ErrAudience", err)
			}
			if left := time.Until(token.ExpiresOn); left < 59*time.Minute || left > time.Hour {
				t.Errorf("token lives %v, want an hour", left)
			}
		})
	}
}

func TestAzidentityReportsTheRefusal(t *testing.T) {
	f := newFixture(t, nil)
	credential, err := azidentity.NewClientSecretCredential(tenantID, clientID, "wrong",
		&azidentity.ClientSecretCredentialOptions{ClientOptions: f.clientOptions(), DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "AADSTS7000215") {
		t.Fatalf("err = %v, want an AuthenticationFailedError with AADSTS7000215", err)
	}
}

func bearer(t testing.TB, token string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://localhost/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return request
}

func federatedToken(t testing.TB, change jwt.MapClaims) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": issuer, "sub": subject, "aud": "api://AzureADTokenExchange",
		"exp": time.Now().Add(time.Hour).Unix(), "nbf": time.Now().Add(-time.Minute).Unix(),
	}
	for name, value := range change {
		claims[name] = value
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(clientKey())
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
