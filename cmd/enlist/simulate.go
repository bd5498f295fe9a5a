package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"

	"enlist/pkg/m365/cloud"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/telemetry"
)

// simOptions choose and shape the simulated tenant.
type simOptions struct {
	address string
	ca      string
	seed    string
	state   string
	profile string
}

func (s *simOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&s.address, "sim-address", "", "use the simulated tenant that is running at this address")
	flags.StringVar(&s.ca, "sim-ca", "", "file with the certificate authority of --sim-address (what simtenant wrote with --ca-out)")
	flags.StringVar(&s.seed, "sim-seed", "", "JSON file that the embedded simulated tenant starts from")
	flags.StringVar(&s.state, "sim-state", "", "file that keeps the embedded simulated tenant from run to run")
	flags.StringVar(&s.profile, "sim-profile", "typical", "how the embedded simulated tenant behaves: ideal, typical, busy or hostile")
}

// chosen reports whether the tenant's name stands for the simulated one.
func (s *simOptions) chosen(tenant string) bool { return tenant == "sim" }

// site is a place where a tenant is reached and how to sign in there.
type site struct {
	tenant    string // id or domain name
	endpoints cloud.Endpoints
	transport *http.Transport
	env       func(string) string
	telemetry *telemetry.Telemetry // is told of requests
	close     func() error
}

// simulated gives the site of a simulated tenant, embedded or already running.
func (s *simOptions) site(ctx context.Context) (*site, error) {
	if s.address != "" {
		return s.runningSite(ctx)
	}
	return s.embeddedSite(ctx)
}

func (s *simOptions) embeddedSite(ctx context.Context) (*site, error) {
	cfg, err := simtenant.Profile(s.profile)
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("--sim-profile: %v.", err), cause: err}
	}
	cfg.StateFile = s.state
	if s.seed != "" {
		if cfg.Seed, err = readSeed(s.seed); err != nil {
			return nil, &usageError{Message: fmt.Sprintf("The seed can't be used: %v.", err), NextStep: "Correct it, or name another file with --sim-seed.", cause: err}
		}
	}
	server, err := simtenant.Start(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("The simulated tenant can't be started: %v.", err),
			NextStep: "Look into the files that --sim-seed and --sim-state name.", cause: err}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CertificatePEM())
	endpoints, err := cloud.CustomEndpoints(server.URL())
	if err != nil {
		return nil, err
	}
	app := server.App()
	return &site{
		tenant:    server.Tenant().Domain,
		endpoints: endpoints,
		transport: cloud.NewTransport(roots),
		env:       appEnvironment(app.ClientID, app.Secret),
		close:     server.Close,
	}, nil
}

func readSeed(path string) (*directory.Seed, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return directory.ReadSeed(f)
}

func (s *simOptions) runningSite(ctx context.Context) (*site, error) {
	roots, err := readRoots(s.ca, "--sim-ca")
	if err != nil {
		return nil, err
	}
	base := "https://" + s.address
	endpoints, err := cloud.CustomEndpoints(base)
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("--sim-address %q is not an address: %v.", s.address, err), NextStep: "Write it as HOST:PORT.", cause: err}
	}
	transport := cloud.NewTransport(roots)
	domain, err := askTenant(ctx, transport, base)
	if err != nil {
		return nil, &usageError{
			Message:  fmt.Sprintf("The simulated tenant at %s does not answer: %v.", s.address, err),
			NextStep: "Start it with simtenant --listen " + s.address + " --ca-out FILE, and name that file with --sim-ca.",
			cause:    err,
		}
	}
	env := os.Getenv
	if os.Getenv("AZURE_CLIENT_ID") == "" {
		env = appEnvironment(simtenant.DefaultClientID, simtenant.DefaultClientSecret)
	}
	return &site{tenant: domain, endpoints: endpoints, transport: transport, env: env, close: func() error { return nil }}, nil
}

// askTenant asks a running simulated tenant for its domain name.
func askTenant(ctx context.Context, transport http.RoundTripper, base string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/sim/tenant", nil)
	if err != nil {
		return "", err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var tenant struct {
		Domain string `json:"domain"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&tenant); err != nil || resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("HTTP %d is not what a simulated tenant answers", resp.StatusCode)
	}
	return tenant.Domain, nil
}

// appEnvironment stands in for the environment variables of an app that signs
// in with a secret, so that the machine's own credentials never go to a
// simulated tenant.
func appEnvironment(clientID, secret string) func(string) string {
	return func(name string) string {
		switch name {
		case "AZURE_CLIENT_ID":
			return clientID
		case "AZURE_CLIENT_SECRET":
			return secret
		}
		return ""
	}
}

// readRoots reads certificate authorities from a PEM file; no file means those
// of the system.
func readRoots(path, flag string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("The certificate file can't be read: %v.", err), NextStep: "Name another one with " + flag + ".", cause: err}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &usageError{Message: fmt.Sprintf("The file %s holds no certificate in PEM form.", path), NextStep: "Name another one with " + flag + "."}
	}
	return roots, nil
}
