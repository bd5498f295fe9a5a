// Package graph reads a tenant's directory through Microsoft Graph: the organisation, its mail contacts, its groups
// and their members. Graph can change neither mail contacts nor distribution groups, so all it writes are guests: it
// invites them, and adds them to Microsoft 365 groups.
//
// It stands on msgraph-sdk-go in a hybrid way. The SDK's request builders make URLs, query parameters and headers; its
// adapter signs requests and decodes errors. Answers go into small structs of our own, because the SDK's models cost
// twenty times the memory to decode and thirty megabytes of binary. For the same reason nothing here may import the
// SDK's root package, or construct one of its models.
//
// Every request goes through a [pace.Pacer], which is the only retry layer: the SDK's own is left out.
package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	khttp "github.com/microsoft/kiota-http-go"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go-core/authentication"

	"enlist/pkg/m365/pace"
)

// sdkVersion is the version of msgraph-sdk-go that go.mod pins; Graph wants to be told.
const sdkVersion = "1.89.0"

// attemptTimeout bounds one attempt, the reading of its answer included. A page of 999 contacts takes seconds.
const attemptTimeout = 2 * time.Minute

// Options configure a [Client].
type Options struct {
	// BaseURL is an https URL with the version: "https://graph.microsoft.com/v1.0".
	BaseURL string
	// Credential gives the tokens. If it also has a method Renew(ctx, rejected string) (string, error), that is called
	// when Graph refuses a token, and the request is sent once more.
	Credential azcore.TokenCredential
	// Scope is what tokens are asked for: "https://graph.microsoft.com/.default".
	Scope string
	// Transport carries the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Pacer decides when requests go out and how often; nil means one with the default bounds.
	Pacer *pace.Pacer
	// Logger notes each request at level Debug, without its query, which may hold addresses of people; nil means silence.
	Logger *slog.Logger
}

// Client is a client of Microsoft Graph for one tenant. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	adapter *core.GraphRequestAdapterBase
	pacer   *pace.Pacer
	renew   func(ctx context.Context, rejected string) (string, error) // nil if the credential can't
}

// New returns a client. It sends nothing yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.BaseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("graph: base URL: %w", err)
	}
	if base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("graph: base URL %q must be https", o.BaseURL)
	}
	if o.Credential == nil || o.Scope == "" {
		return nil, errors.New("graph: credential and scope are required")
	}
	adapter, err := newAdapter(o, base)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	c := &Client{base: base, adapter: adapter, pacer: o.Pacer}
	if c.pacer == nil {
		c.pacer = pace.New(pace.Options{})
	}
	if r, ok := o.Credential.(interface {
		Renew(ctx context.Context, rejected string) (string, error)
	}); ok {
		c.renew = r.Renew
	}
	return c, nil
}

// newAdapter puts the SDK's parts together by hand. Its defaults would pick middlewares in random order, compress
// request bodies and repeat them wrongly, retry beneath our own retries, follow redirects with the token, and send
// requests without a token to hosts that it doesn't know.
func newAdapter(o Options, base *url.URL) (*core.GraphRequestAdapterBase, error) {
	// The hosts that may see the token. Any other gets a request without one, and no error: hence the guard below.
	hosts := []string{base.Hostname()}
	auth, err := authentication.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(credential{o.Credential}, []string{o.Scope}, hosts)
	if err != nil {
		return nil, err
	}
	transport := o.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	settings := core.GraphClientOptions{GraphServiceLibraryVersion: sdkVersion}
	client := &http.Client{
		// No Timeout here: it would span the pauses between attempts and hide the answer that caused them.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: khttp.NewCustomTransportWithParentTransport(
			guard{host: base.Host, next: answers{next: transport, log: logger}},
			core.NewGraphTelemetryHandler(&settings),
			khttp.NewUserAgentHandler(),
			khttp.NewParametersNameDecodingHandler(),
		),
	}
	// JSON factories are handed over here: the SDK's registries are global and not safe to fill concurrently.
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		auth, settings, kjson.NewJsonParseNodeFactory(), kjson.NewJsonSerializationWriterFactory(), client)
	if err != nil {
		return nil, err
	}
	adapter.SetBaseUrl(base.String())
	return adapter, nil
}

// root returns the path parameters that the SDK's request builders start from. They keep and change the map they get,
// so each request has its own.
func (c *Client) root() map[string]string {
	return map[string]string{"baseurl": c.adapter.GetBaseUrl()}
}

// credential marks errors of the credential, so that they can be told from those of the network further up.
type credential struct{ azcore.TokenCredential }

func (c credential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := c.TokenCredential.GetToken(ctx, o)
	if err != nil {
		return azcore.AccessToken{}, &tokenError{err}
	}
	return token, nil
}

// tokenError is an error of the credential.
type tokenError struct{ cause error }

func (e *tokenError) Error() string { return e.cause.Error() }
func (e *tokenError) Unwrap() error { return e.cause }

// hopeless reports whether a failed connection would fail again in the same way.
func hopeless(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}
