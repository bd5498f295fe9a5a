package cloud

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// environment holds the variables that choose a credential, under the names that the Azure SDKs use.
type environment struct {
	tenant, clientID        string // AZURE_TENANT_ID, AZURE_CLIENT_ID
	authorityHost           string // AZURE_AUTHORITY_HOST
	certificate, password   string // AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD
	sendChain               bool   // AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
	secret                  string // AZURE_CLIENT_SECRET
	tokenFile               string // AZURE_FEDERATED_TOKEN_FILE
	managedIdentityEndpoint string // IDENTITY_ENDPOINT, MSI_ENDPOINT or IMDS_ENDPOINT
	only                    string // AZURE_TOKEN_CREDENTIALS
	// custom says that the cloud is a custom one; it comes from the options, not from a variable.
	custom bool
}

func readEnvironment(get func(string) string) environment {
	chain := strings.ToLower(get("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"))
	return environment{
		tenant:                  get("AZURE_TENANT_ID"),
		clientID:                get("AZURE_CLIENT_ID"),
		authorityHost:           get("AZURE_AUTHORITY_HOST"),
		certificate:             get("AZURE_CLIENT_CERTIFICATE_PATH"),
		password:                get("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
		sendChain:               chain == "1" || chain == "true",
		secret:                  get("AZURE_CLIENT_SECRET"),
		tokenFile:               get("AZURE_FEDERATED_TOKEN_FILE"),
		managedIdentityEndpoint: get("IDENTITY_ENDPOINT") + get("MSI_ENDPOINT") + get("IMDS_ENDPOINT"),
		only:                    get("AZURE_TOKEN_CREDENTIALS"),
	}
}

// candidate is one credential that the environment may offer.
type candidate struct {
	name    string // as AZURE_TOKEN_CREDENTIALS names it
	group   string // "prod" or "dev", as AZURE_TOKEN_CREDENTIALS groups them
	offered bool   // the environment has what sets it apart
	implied bool   // its name alone is enough to choose it; it needs no variable of its own
	method  func() (method, error)
}

// candidates returns the credentials in the order in which they are preferred.
func (e environment) candidates() []candidate {
	return []candidate{
		{name: "EnvironmentCredential", group: "prod", offered: e.certificate != "" || e.password != "", method: e.certificateMethod},
		{name: "EnvironmentCredential", group: "prod", offered: e.secret != "", method: e.secretMethod},
		{name: "WorkloadIdentityCredential", group: "prod", offered: e.tokenFile != "", method: e.workloadMethod},
		{name: "ManagedIdentityCredential", group: "prod", offered: e.managedIdentityEndpoint != "", implied: true, method: e.managedMethod},
		{name: "AzureCLICredential", group: "dev", offered: e.clientID == "" && azureCLIInstalled(), implied: true, method: e.cliMethod},
	}
}

// choose returns the first credential that the environment offers.
//
// Tokens of a managed identity or of the Azure CLI come from Microsoft's real sign-in servers, whatever the cloud. They
// must not be handed to a custom server, so neither is a candidate there.
func (e environment) choose() (method, error) {
	known := e.only == ""
	for _, c := range e.candidates() {
		named := strings.EqualFold(e.only, c.name)
		if e.only != "" && !named && !strings.EqualFold(e.only, c.group) {
			continue
		}
		known = true
		if !c.offered && !(named && c.implied) {
			continue
		}
		if e.custom && c.implied {
			continue
		}
		return c.method()
	}
	if !known {
		return method{}, fmt.Errorf("AZURE_TOKEN_CREDENTIALS is %q: set it to EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, AzureCLICredential, prod or dev, or unset it", e.only)
	}
	return method{}, e.nothingOffered()
}

// nothingOffered says what is missing when no credential is complete enough to be tried.
func (e environment) nothingOffered() error {
	const proofs = "AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE"
	switch {
	case strings.EqualFold(e.only, "EnvironmentCredential"):
		return errors.New("AZURE_TOKEN_CREDENTIALS asks for EnvironmentCredential: set AZURE_CLIENT_CERTIFICATE_PATH or AZURE_CLIENT_SECRET")
	case strings.EqualFold(e.only, "WorkloadIdentityCredential"):
		return errors.New("AZURE_TOKEN_CREDENTIALS asks for WorkloadIdentityCredential: set AZURE_FEDERATED_TOKEN_FILE")
	case e.custom:
		return errors.New("a custom cloud needs a credential of its own: set AZURE_CLIENT_ID and one of " + proofs)
	case e.clientID != "":
		return errors.New("AZURE_CLIENT_ID is set, but nothing that proves it: set " + proofs + "; for a managed identity set AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential")
	}
	return errors.New("none is in the environment: set AZURE_CLIENT_ID and one of " + proofs +
		"; or set AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential on an Azure machine; or sign in with az login")
}

func azureCLIInstalled() bool {
	_, err := exec.LookPath("az")
	return err == nil
}
