package cloud

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// method is one way to prove who is asking, complete with what it needs.
type method struct {
	words  string    // for people: what it is and where it came from
	secret string    // what must never be shown; empty where there is none
	until  time.Time // when the certificate expires; zero where there is none
	build  func(azcore.ClientOptions) (azcore.TokenCredential, error)
}

// unusable says that the credential can't be used at all, in words that don't repeat its secret.
func (m method) unusable(err error) error {
	return fmt.Errorf("%w: %s: %s", ErrNoCredential, m.words, redact(err.Error(), m.secret))
}

// require returns an error that names the variable to set when the app or the tenant is not known.
func (e environment) require(words string) error {
	if e.clientID == "" {
		return fmt.Errorf("%s needs to know the app too: set AZURE_CLIENT_ID to the application (client) id of its registration", words)
	}
	if e.tenant == "" {
		return fmt.Errorf("%s needs to know the tenant too: set AZURE_TENANT_ID, or give --tenant", words)
	}
	return nil
}

func (e environment) certificateMethod() (method, error) {
	const words = "client certificate from AZURE_CLIENT_CERTIFICATE_PATH"
	if e.certificate == "" {
		return method{}, errors.New("AZURE_CLIENT_CERTIFICATE_PASSWORD is set without a certificate: set AZURE_CLIENT_CERTIFICATE_PATH, or unset the password")
	}
	if err := e.require(words); err != nil {
		return method{}, err
	}
	data, err := os.ReadFile(e.certificate)
	if err != nil {
		return method{}, fmt.Errorf("%s: %w: let the variable name the PEM or PFX file that holds the certificate and its key", words, err)
	}
	password := []byte(e.password)
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		password = nil // with a password, ParseCertificates would take any file for a PFX
	}
	certificates, key, err := azidentity.ParseCertificates(data, password)
	if err != nil {
		return method{}, fmt.Errorf("%s: %s holds no certificate with its private key that can be read: it must be PEM with an unencrypted RSA key, or PFX with its password in AZURE_CLIENT_CERTIFICATE_PASSWORD; a PFX made by OpenSSL 3 must be made with -legacy",
			words, e.certificate)
	}
	return method{words: words, secret: e.password, until: expiry(certificates, key), build: func(client azcore.ClientOptions) (azcore.TokenCredential, error) {
		return azidentity.NewClientCertificateCredential(e.tenant, e.clientID, certificates, key, &azidentity.ClientCertificateCredentialOptions{
			ClientOptions:            client,
			DisableInstanceDiscovery: e.custom,
			SendCertificateChain:     e.sendChain,
		})
	}}, nil
}

// expiry tells when the certificate of the key expires; the others in the file
// are its chain.
func expiry(certificates []*x509.Certificate, key crypto.PrivateKey) time.Time {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return time.Time{}
	}
	for _, c := range certificates {
		if public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && public.Equal(signer.Public()) {
			return c.NotAfter
		}
	}
	return time.Time{}
}

func (e environment) secretMethod() (method, error) {
	const words = "client secret from AZURE_CLIENT_SECRET"
	if err := e.require(words); err != nil {
		return method{}, err
	}
	return method{words: words, secret: e.secret, build: func(client azcore.ClientOptions) (azcore.TokenCredential, error) {
		return azidentity.NewClientSecretCredential(e.tenant, e.clientID, e.secret, &azidentity.ClientSecretCredentialOptions{
			ClientOptions:            client,
			DisableInstanceDiscovery: e.custom,
		})
	}}, nil
}

func (e environment) workloadMethod() (method, error) {
	const words = "workload identity from AZURE_FEDERATED_TOKEN_FILE"
	if err := e.require(words); err != nil {
		return method{}, err
	}
	return method{words: words, build: func(client azcore.ClientOptions) (azcore.TokenCredential, error) {
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions:            client,
			ClientID:                 e.clientID,
			TenantID:                 e.tenant,
			TokenFilePath:            e.tokenFile,
			DisableInstanceDiscovery: e.custom,
		})
	}}, nil
}

func (e environment) managedMethod() (method, error) {
	words := "managed identity of this machine"
	var id azidentity.ManagedIDKind
	if e.clientID != "" {
		words = "managed identity named by AZURE_CLIENT_ID"
		id = azidentity.ClientID(e.clientID)
	}
	return method{words: words, build: func(client azcore.ClientOptions) (azcore.TokenCredential, error) {
		return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: client, ID: id})
	}}, nil
}

func (e environment) cliMethod() (method, error) {
	return method{words: "account that the Azure CLI is signed in with", build: func(azcore.ClientOptions) (azcore.TokenCredential, error) {
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: e.tenant})
	}}, nil
}
