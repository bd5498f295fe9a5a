package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"enlist/pkg/m365"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/pace"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
	"enlist/pkg/report"
	"enlist/pkg/telemetry"
)

// connection is a tenant that can be worked with.
type connection struct {
	tenant    *m365.Tenant
	directory *snapshot.Store // nil: nothing is kept
	name      string          // as in the report
	simulated bool
	policies  onboard.Policies

	told report.Traffic // of earlier files' runs, and in their reports

	exchange      *exchange.Client
	graph         *graph.Client
	exchangePacer *pace.Pacer
	graphPacer    *pace.Pacer
	close         func() error
}

// longestOutage is how long a call waits for a tenant that is out of order;
// then the run ends and can be gone on with.
const longestOutage = 15 * time.Minute

// Close ends what the connection has started.
func (c *connection) Close() error { return errors.Join(c.closeDirectory(), c.close()) }

// connect signs in to the tenant and reads what every run needs, so that bad
// credentials and missing permissions show before anything is written.
func connect(ctx context.Context, o *runOptions, about foreseen, logger *slog.Logger) (*connection, error) {
	place, err := o.site(ctx)
	if err != nil {
		return nil, err
	}
	c, err := connectTo(ctx, place, o, about, logger)
	if err != nil {
		return nil, errors.Join(err, place.close())
	}
	return c, nil
}

func connectTo(ctx context.Context, place *site, o *runOptions, about foreseen, logger *slog.Logger) (*connection, error) {
	identity, err := place.identity()
	if err != nil {
		return nil, err
	}
	c, err := reach(ctx, place, identity, o, logger)
	if err != nil {
		return nil, err
	}
	c.directory = openDirectory(ctx, o, c.exchange.TenantID(), logger)
	c.tenant = m365.New(c.exchange, c.graph, m365.Options{
		Store:       c.directory,
		Addresses:   about.addresses,
		Groups:      about.groups,
		Invitations: o.invitations(),
		Logger:      logger,
	})
	reading, read := o.telemetry.Step(ctx, "read the directory")
	err = c.tenant.Load(reading, o.commands()...)
	read(err)
	if err != nil {
		return nil, errors.Join(err, c.closeDirectory())
	}
	if c.policies, err = o.policies(ctx, c.tenant); err != nil {
		return nil, errors.Join(err, c.closeDirectory())
	}
	return c, nil
}

// connectToAsk signs in to the tenant without reading anything beforehand, for
// a command that wants to know only what is so at the moment.
func connectToAsk(ctx context.Context, o *runOptions, logger *slog.Logger) (*connection, error) {
	place, err := o.site(ctx)
	if err != nil {
		return nil, err
	}
	identity, err := place.identity()
	if err != nil {
		return nil, errors.Join(err, place.close())
	}
	c, err := reach(ctx, place, identity, o, logger)
	if err != nil {
		return nil, errors.Join(err, place.close())
	}
	c.tenant = m365.New(c.exchange, c.graph, m365.Options{Invitations: &m365.Invitations{}, Logger: logger}) // without them, the settings of Microsoft 365 groups are not looked at
	return c, nil
}

// reach makes the clients of the tenant's two APIs.
func reach(ctx context.Context, place *site, identity *cloud.Identity, o *runOptions, logger *slog.Logger) (*connection, error) {
	logger.Debug("signing in", "tenant", place.tenant, "credential", identity.String())
	c := &connection{
		name:          place.tenant,
		simulated:     o.sim.chosen(o.tenant),
		exchangePacer: pace.New(pace.Options{MaxInFlight: o.workers, Outage: longestOutage}),
		graphPacer:    pace.New(pace.Options{Outage: longestOutage}),
		close:         place.close,
	}
	o.telemetry.ObservePace(telemetry.Exchange, paceOf(c.exchangePacer))
	o.telemetry.ObservePace(telemetry.Graph, paceOf(c.graphPacer))
	place.telemetry = o.telemetry
	var err error
	if c.exchange, err = exchangeClient(ctx, place, identity, c.exchangePacer, o.batch, logger); err != nil {
		return nil, err
	}
	c.graph, err = graphClient(place, identity, c.graphPacer, logger)
	return c, err
}

// identity chooses the credential to sign in with.
func (s *site) identity() (*cloud.Identity, error) {
	identity, err := cloud.NewIdentity(cloud.Options{
		Endpoints: s.endpoints,
		Tenant:    s.tenant,
		Env:       s.env,
		Transport: s.transport,
	})
	switch {
	case errors.Is(err, cloud.ErrNoCredential):
		return nil, err
	case err != nil:
		return nil, &usageError{Message: fmt.Sprintf("Sign-in can't be tried: %v.", err), cause: err}
	}
	return identity, nil
}

func exchangeClient(ctx context.Context, place *site, identity *cloud.Identity, pacer *pace.Pacer, batch int, logger *slog.Logger) (*exchange.Client, error) {
	tokens, err := identity.Exchange()
	if err != nil {
		return nil, err
	}
	// A tenant can be named by its domain, but Exchange wants its id.
	tenantID, err := tokens.TenantID(ctx)
	if err != nil {
		return nil, err
	}
	return exchange.New(exchange.Options{
		BaseURL:         place.endpoints.Exchange.BaseURL,
		TenantID:        tenantID,
		Token:           tokens.Token,
		RenewToken:      tokens.Renew,
		HTTP:            &http.Client{Transport: place.telemetry.Transport(telemetry.Exchange, place.transport)},
		Batch:           batch,
		Pacer:           pacer,
		ApplicationName: "enlist/" + version,
		Logger:          logger,
	})
}

func graphClient(place *site, identity *cloud.Identity, pacer *pace.Pacer, logger *slog.Logger) (*graph.Client, error) {
	tokens, err := identity.Graph()
	if err != nil {
		return nil, err
	}
	return graph.New(graph.Options{
		BaseURL:    place.endpoints.Graph.BaseURL + "/v1.0",
		Credential: tokens,
		Scope:      place.endpoints.Graph.Scope,
		Transport:  place.telemetry.Transport(telemetry.Graph, place.transport),
		Pacer:      pacer,
		Logger:     logger,
	})
}

// site is where the tenant of the flags is reached.
func (o *runOptions) site(ctx context.Context) (*site, error) {
	if o.sim.chosen(o.tenant) {
		return o.sim.site(ctx)
	}
	roots, err := readRoots(o.cloudCA, "--cloud-ca")
	if err != nil {
		return nil, err
	}
	endpoints, err := o.endpoints()
	if err != nil {
		return nil, err
	}
	return &site{
		tenant:    o.tenant,
		endpoints: endpoints,
		transport: cloud.NewTransport(roots),
		env:       os.Getenv,
		close:     func() error { return nil },
	}, nil
}

func (o *runOptions) endpoints() (cloud.Endpoints, error) {
	endpoints, err := cloud.EndpointsOf(o.cloud)
	if o.cloud == cloud.Custom {
		endpoints, err = cloud.CustomEndpoints(o.cloudURL)
	}
	if err != nil {
		return cloud.Endpoints{}, &usageError{Message: fmt.Sprintf("--cloud %s can't be used: %v.", o.cloud, err),
			NextStep: "It takes global, usgov, usgovdod, china, or custom together with --cloud-url.", cause: err}
	}
	return endpoints, nil
}

// commands are the cmdlets that the run may use for its changes.
func (o *runOptions) commands() []string {
	if o.dryRun {
		return nil
	}
	commands := []string{"New-MailContact", "Set-Contact", "Add-DistributionGroupMember"}
	// Columns of the file may need Set-MailContact too; it is in Set-Contact's role.
	if o.input.key != "" || o.contact.decides() {
		commands = append(commands, "Set-MailContact")
	}
	return slices.Concat(commands, o.groupOptions.commands(), o.prune.commands())
}

// newTraffic is what was asked of the tenant since the last call.
func (c *connection) newTraffic() report.Traffic {
	now := c.traffic()
	since := less(now, c.told)
	c.told = now
	return since
}

// less is the traffic without what was before.
func less(t, earlier report.Traffic) report.Traffic {
	t.Requests -= earlier.Requests
	t.Graph -= earlier.Graph
	t.Throttled -= earlier.Throttled
	t.Commands = maps.Clone(t.Commands)
	for command, n := range earlier.Commands {
		if t.Commands[command] -= n; t.Commands[command] == 0 {
			delete(t.Commands, command)
		}
	}
	return t
}

func (c *connection) traffic() report.Traffic {
	e, g := c.exchangePacer.Stats(), c.graphPacer.Stats()
	return report.Traffic{
		Requests:  c.exchange.Requests() + int(g.Attempts),
		Graph:     int(g.Attempts),
		Throttled: int(e.Throttled + g.Throttled),
		Commands:  c.exchange.Commands(),
	}
}
