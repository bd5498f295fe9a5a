// Package exchange is a client of Exchange Online's admin REST API, the one
// that Microsoft's PowerShell module talks to: cmdlets are sent as JSON to
// InvokeCommand, and what comes back is decoded into values and typed errors.
//
// Client.Invoke sends any cmdlet; the typed calls beside it (NewMailContact,
// AddDistributionGroupMember, …) are each one Invoke. Errors of the service are
// of type *Error and match the sentinels of this package with errors.Is.
//
// The API is not documented by Microsoft for these cmdlets. Facts that are
// marked "observed" come from public clients and captures of it.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"enlist/pkg/m365/pace"
)

// Options are the settings of a Client.
type Options struct {
	// BaseURL is the service's root, for example https://outlook.office365.com.
	BaseURL string
	// TenantID is the tenant's GUID. It stands in the URL and in the anchor.
	TenantID string
	// Token returns an access token for https://outlook.office365.com/.default,
	// from a cache if it has one. It is called for every request.
	Token func(ctx context.Context) (string, error)
	// RenewToken, if set, is called when the service refused a token, and
	// must not return that one again. If it is nil, Token is asked once more.
	RenewToken func(ctx context.Context, refused string) (string, error)
	// HTTP is the client to send with; its Timeout and redirect policy are
	// not used. Nil gives one with a pool of connections of its own.
	HTTP *http.Client
	// Batch is how many commands that come at the same time share one request,
	// at most. Up to 1, which is the default, is no batches at all.
	Batch int
	// Pacer is the one retry layer. Nil gives one with default bounds.
	Pacer *pace.Pacer
	// ApplicationName tells the tenant's administrators who is calling.
	ApplicationName string
	// Timeout bounds one request, its answer included; default 3 minutes.
	// The service itself gives up on a cmdlet after 15.
	Timeout time.Duration
	// Logger gets a line per request at debug level: no parameters, no tokens.
	Logger *slog.Logger
}

// Client sends commands to one tenant. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	tenant  string
	sender  sender
	http    *httpSender
	pacer   *pace.Pacer
	timeout time.Duration
	log     *slog.Logger
	sent    tally

	// bypassRefused is set once the tenant has shown that the caller's role
	// does not include BypassSecurityGroupManagerCheck.
	bypassRefused atomic.Bool
}

// sender carries one call to the service and brings the answer back, whatever
// its status. A call that got no whole answer fails with a *transportError.
type sender interface {
	send(ctx context.Context, c call) (answer, error)
}

// New returns a Client; it sends nothing yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.BaseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("exchange: base URL: %w", err)
	}
	if base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("exchange: base URL %q is not an https address", o.BaseURL)
	}
	if _, err := uuid.Parse(o.TenantID); err != nil {
		return nil, fmt.Errorf("exchange: tenant id %q is not a GUID", o.TenantID)
	}
	if o.Token == nil {
		return nil, errors.New("exchange: no token source")
	}
	c := &Client{
		base:    base,
		tenant:  o.TenantID,
		http:    newHTTPSender(o),
		pacer:   o.Pacer,
		timeout: o.Timeout,
		log:     o.Logger,
	}
	c.sender = c.http
	if o.Batch > 1 {
		c.sender = newBatcher(c.http, base.JoinPath("adminapi", "beta", o.TenantID, "$batch"), o.Batch)
	}
	if c.pacer == nil {
		c.pacer = pace.New(pace.Options{})
	}
	if c.timeout <= 0 {
		c.timeout = 3 * time.Minute
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// TenantID is the tenant's id (GUID), as the Client was told it.
func (c *Client) TenantID() string { return c.tenant }

// endpoint is the URL of InvokeCommand. Only the beta version answers it
// (observed: v1.0 gives 405); $select is honoured (observed).
func (c *Client) endpoint(selected []string) *url.URL {
	u := c.base.JoinPath("adminapi", "beta", c.tenant, "InvokeCommand")
	if len(selected) > 0 {
		u.RawQuery = "$select=" + url.QueryEscape(strings.Join(selected, ","))
	}
	return u
}
