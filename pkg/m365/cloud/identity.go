package cloud

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azcloud "github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// signInTimeout bounds one request to a sign-in server.
const signInTimeout = 30 * time.Second

// Options say where to sign in and from what.
type Options struct {
	Endpoints Endpoints
	// Tenant is the tenant's id (GUID) or one of its domain names. Empty means AZURE_TENANT_ID.
	Tenant string
	// Env looks up an environment variable, as os.Getenv does; an empty value counts as not set.
	Env func(name string) string
	// Transport carries the sign-in requests; nil means [NewTransport] with the system's certificate authorities.
	Transport http.RoundTripper
}

// ErrNoCredential means that the environment offers no credential, or one that can't be used.
var ErrNoCredential = errors.New("no credential can be used")

// tenantName matches an id or a domain name, or none: azidentity takes no other characters.
var tenantName = regexp.MustCompile(`^[A-Za-z0-9.-]*$`)

// Identity is who enlist is towards one tenant: a credential, chosen once. Ask it for one [TokenSource] per API.
type Identity struct {
	tenant    string
	endpoints Endpoints
	method    method
	transport http.RoundTripper
	client    azcore.ClientOptions
}

// NewIdentity chooses a credential from the environment. It asks no server; the first token does.
//
// The first of these that the environment has is taken:
//
//  1. a client certificate: AZURE_CLIENT_CERTIFICATE_PATH (PEM or PFX, with AZURE_CLIENT_CERTIFICATE_PASSWORD where it
//     has one; AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true for subject name and issuer authentication)
//  2. a client secret: AZURE_CLIENT_SECRET
//  3. a workload identity: AZURE_FEDERATED_TOKEN_FILE
//  4. a managed identity, where the platform announces one by IDENTITY_ENDPOINT, MSI_ENDPOINT or IMDS_ENDPOINT;
//     AZURE_CLIENT_ID, if set, names a user-assigned one
//  5. the account that the Azure CLI is signed in with, where az is installed and AZURE_CLIENT_ID is not set
//
// The first three also need AZURE_CLIENT_ID and a tenant. AZURE_TOKEN_CREDENTIALS narrows the choice in the way of the
// Azure SDKs: EnvironmentCredential (1 and 2), WorkloadIdentityCredential, ManagedIdentityCredential,
// AzureCLICredential, prod (1 to 4) or dev (5). A virtual machine announces its managed identity by no variable, so
// there AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential is how to choose it.
//
// A combination that lacks something is [ErrNoCredential], with the variable to set.
func NewIdentity(o Options) (*Identity, error) {
	env := readEnvironment(o.Env)
	env.custom = o.Endpoints.Name == Custom
	if o.Tenant != "" {
		env.tenant = o.Tenant
	}
	switch strings.ToLower(env.tenant) {
	case "common", "organizations", "consumers":
		return nil, errors.New("tenant " + env.tenant + " stands for no tenant in particular: give the tenant's id or its onmicrosoft.com name with --tenant or AZURE_TENANT_ID")
	}
	if !tenantName.MatchString(env.tenant) {
		return nil, fmt.Errorf("tenant %q is neither a tenant's id nor one of its domain names: give it with --tenant or AZURE_TENANT_ID", env.tenant)
	}
	authority, err := o.Endpoints.authority(env.authorityHost)
	if err != nil {
		return nil, err
	}
	chosen, err := env.choose()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCredential, err)
	}
	transport := o.Transport
	if transport == nil {
		transport = NewTransport(nil)
	}
	return &Identity{
		tenant:    env.tenant,
		endpoints: o.Endpoints,
		method:    chosen,
		transport: transport,
		client: azcore.ClientOptions{
			Cloud:     azcloud.Configuration{ActiveDirectoryAuthorityHost: authority},
			Telemetry: policy.TelemetryOptions{ApplicationID: "enlist"},
		},
	}, nil
}

// Tenant returns the tenant as it was given, by Options or environment; empty when neither did and the credential
// (managed identity, Azure CLI) brings its own.
func (i *Identity) Tenant() string { return i.tenant }

// String names the credential in words, without its secret: "client certificate from AZURE_CLIENT_CERTIFICATE_PATH".
func (i *Identity) String() string { return i.method.words }

// CertificateExpires returns when the certificate to sign in with is good no longer; zero when there is none, or it is not
// in this machine's hands.
func (i *Identity) CertificateExpires() time.Time { return i.method.until }

// Graph returns a new source of tokens for Microsoft Graph.
func (i *Identity) Graph() (*TokenSource, error) { return i.source(i.endpoints.Graph.Scope) }

// Exchange returns a new source of tokens for Exchange Online's admin API.
func (i *Identity) Exchange() (*TokenSource, error) { return i.source(i.endpoints.Exchange.Scope) }

func (i *Identity) source(scope string) (*TokenSource, error) {
	wire := &wire{client: &http.Client{
		Transport: i.transport,
		Timeout:   signInTimeout,
		// A redirect would carry the secret on to a server that nobody named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	client := i.client
	client.Transport = wire
	s := &TokenSource{
		scope:     scope,
		authority: i.client.Cloud.ActiveDirectoryAuthorityHost,
		method:    i.method,
		build:     func() (azcore.TokenCredential, error) { return i.method.build(client) },
		wire:      wire,
		turn:      make(chan struct{}, 1),
	}
	var err error
	if s.credential, err = s.build(); err != nil {
		return nil, i.method.unusable(err)
	}
	return s, nil
}
