package cloud

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// variables is an environment made of pairs.
func variables(pairs ...string) func(string) string {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

// newIdentity chooses a credential for the global cloud.
func newIdentity(t *testing.T, env func(string) string) (*Identity, error) {
	t.Helper()
	e, err := EndpointsOf(Global)
	if err != nil {
		t.Fatal(err)
	}
	return NewIdentity(Options{Endpoints: e, Env: env})
}

// withoutAzureCLI makes sure that no az is found, and returns a folder that is all of PATH.
func withoutAzureCLI(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	return dir
}

func TestNewIdentityChooses(t *testing.T) {
	withoutAzureCLI(t)
	pem := certificateFile(t)
	app := []string{"AZURE_TENANT_ID", "contoso.onmicrosoft.com", "AZURE_CLIENT_ID", "11111111-1111-1111-1111-111111111111"}
	tests := []struct {
		name string
		env  []string
		want string
	}{
		{"certificate first of all", append(app, "AZURE_CLIENT_CERTIFICATE_PATH", pem, "AZURE_CLIENT_SECRET", "s", "AZURE_FEDERATED_TOKEN_FILE", "f", "IDENTITY_ENDPOINT", "http://x"),
			"client certificate from AZURE_CLIENT_CERTIFICATE_PATH"},
		{"secret before workload identity", append(app, "AZURE_CLIENT_SECRET", "s", "AZURE_FEDERATED_TOKEN_FILE", "f"),
			"client secret from AZURE_CLIENT_SECRET"},
		{"workload identity before managed identity", append(app, "AZURE_FEDERATED_TOKEN_FILE", "f", "IDENTITY_ENDPOINT", "http://x"),
			"workload identity from AZURE_FEDERATED_TOKEN_FILE"},
		{"managed identity that the platform announces", []string{"IDENTITY_ENDPOINT", "http://x", "IDENTITY_HEADER", "h"},
			"managed identity of this machine"},
		{"user-assigned managed identity", append(app, "MSI_ENDPOINT", "http://x"),
			"managed identity named by AZURE_CLIENT_ID"},
		{"managed identity by name", []string{"AZURE_TOKEN_CREDENTIALS", "managedidentitycredential"},
			"managed identity of this machine"},
		{"Azure CLI by name", []string{"AZURE_TOKEN_CREDENTIALS", "AzureCLICredential"},
			"account that the Azure CLI is signed in with"},
		{"a name passes over what comes before it", append(app, "AZURE_CLIENT_SECRET", "s", "AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"),
			"managed identity named by AZURE_CLIENT_ID"},
		{"prod", append(app, "AZURE_CLIENT_SECRET", "s", "AZURE_TOKEN_CREDENTIALS", "prod"),
			"client secret from AZURE_CLIENT_SECRET"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newIdentity(t, variables(tt.env...))
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want {
				t.Errorf("chose the %s, want the %s", got, tt.want)
			}
		})
	}
}

func TestNewIdentitySaysWhatToSet(t *testing.T) {
	withoutAzureCLI(t)
	pem := certificateFile(t)
	const tenant, client = "AZURE_TENANT_ID", "AZURE_CLIENT_ID"
	tests := []struct {
		name string
		env  []string
		want string
	}{
		{"nothing", nil, "set AZURE_CLIENT_ID and one of AZURE_CLIENT_CERTIFICATE_PATH"},
		{"only the tenant", []string{tenant, "t.example"}, "none is in the environment"},
		{"no proof", []string{tenant, "t.example", client, "c"}, "AZURE_CLIENT_ID is set, but nothing that proves it"},
		{"secret without app", []string{tenant, "t.example", "AZURE_CLIENT_SECRET", "s"}, "set AZURE_CLIENT_ID"},
		{"secret without tenant", []string{client, "c", "AZURE_CLIENT_SECRET", "s"}, "set AZURE_TENANT_ID"},
		{"certificate without app", []string{"AZURE_CLIENT_CERTIFICATE_PATH", pem}, "set AZURE_CLIENT_ID"},
		{"password without certificate", []string{tenant, "t.example", client, "c", "AZURE_CLIENT_SECRET", "s", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "p"}, "set AZURE_CLIENT_CERTIFICATE_PATH"},
		{"certificate file missing", []string{tenant, "t.example", client, "c", "AZURE_CLIENT_CERTIFICATE_PATH", "testdata/none.pem"}, "testdata/none.pem"},
		{"no certificate in the file", []string{tenant, "t.example", client, "c", "AZURE_CLIENT_CERTIFICATE_PATH", "choose_test.go"}, "holds no certificate"},
		{"wrong password", []string{tenant, "t.example", client, "c", "AZURE_CLIENT_CERTIFICATE_PATH", "testdata/client.pfx", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "wrong"}, "AZURE_CLIENT_CERTIFICATE_PASSWORD"},
		{"token file without tenant", []string{client, "c", "AZURE_FEDERATED_TOKEN_FILE", "f"}, "set AZURE_TENANT_ID"},
		{"narrowed to what is not there", []string{"AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential"}, "set AZURE_CLIENT_CERTIFICATE_PATH or AZURE_CLIENT_SECRET"},
		{"workload identity asked for", []string{"AZURE_TOKEN_CREDENTIALS", "WorkloadIdentityCredential"}, "set AZURE_FEDERATED_TOKEN_FILE"},
		{"unknown name", []string{"AZURE_TOKEN_CREDENTIALS", "Kerberos"}, "ManagedIdentityCredential"},
		{"no tenant in particular", []string{tenant, "organizations", client, "c", "AZURE_CLIENT_SECRET", "s"}, "no tenant in particular"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newIdentity(t, variables(tt.env...))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestAzureCLIIsTheLastResort(t *testing.T) {
	dir := withoutAzureCLI(t)
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := newIdentity(t, variables())
	if err != nil {
		t.Fatal(err)
	}
	if want := "account that the Azure CLI is signed in with"; got.String() != want {
		t.Errorf("chose the %s, want the %s", got, want)
	}
	if _, err := newIdentity(t, variables("AZURE_CLIENT_ID", "c")); err == nil {
		t.Error("half an app registration was passed over in favour of the Azure CLI")
	}
}

func TestCustomCloudTakesNoRealTokens(t *testing.T) {
	dir := withoutAzureCLI(t)
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	e, err := CustomEndpoints("https://127.0.0.1:8443")
	if err != nil {
		t.Fatal(err)
	}
	for _, env := range [][]string{
		{"IDENTITY_ENDPOINT", "http://x"},
		{"AZURE_TOKEN_CREDENTIALS", "AzureCLICredential"},
		{},
	} {
		i, err := NewIdentity(Options{Endpoints: e, Env: variables(env...)})
		if err == nil {
			t.Errorf("%v: the %s would be shown to a custom server", env, i)
		}
	}
}

func TestOptionsTenantBeatsEnvironment(t *testing.T) {
	e, err := EndpointsOf(Global)
	if err != nil {
		t.Fatal(err)
	}
	i, err := NewIdentity(Options{Endpoints: e, Tenant: "fabrikam.example", Env: variables("AZURE_TENANT_ID", "contoso.example", "AZURE_CLIENT_ID", "c", "AZURE_CLIENT_SECRET", "s")})
	if err != nil {
		t.Fatal(err)
	}
	if i.Tenant() != "fabrikam.example" {
		t.Errorf("tenant is %q", i.Tenant())
	}
}

func TestCertificateExpires(t *testing.T) {
	withoutAzureCLI(t)
	app := []string{"AZURE_TENANT_ID", "contoso.onmicrosoft.com", "AZURE_CLIENT_ID", "11111111-1111-1111-1111-111111111111"}
	i, err := newIdentity(t, variables(append(app, "AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t))...))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(i.CertificateExpires()); left <= 0 || left > time.Hour {
		t.Errorf("the certificate, good for an hour, is good for %v", left)
	}
	i, err = newIdentity(t, variables(append(app, "AZURE_CLIENT_SECRET", "s")...))
	if err != nil {
		t.Fatal(err)
	}
	if !i.CertificateExpires().IsZero() {
		t.Error("a secret has the expiry of a certificate")
	}
}
