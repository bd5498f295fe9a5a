package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// serveFlags are the command line of simtenant itself.
type serveFlags struct {
	listen, smtp, seed, state, caOut, profile string

	latency, replicationDelay, graphDelay, tokenLifetime time.Duration

	concurrency   int
	creationQuota quota
	conflicts     bool
	rate          float64
	randomSeed    uint64
}

func newServeCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "simtenant",
		Short: "Serve a simulated Microsoft 365 tenant",
		Long: `Serve a simulated Microsoft 365 tenant: sign-in, Graph and Exchange on one TLS
port under the service's own paths, and mail on another. It prints one line once it can be reached,
and runs until it is interrupted.

--profile is ideal, typical, busy or hostile, or a JSON file that has a value
for flags by their name, such as {"profile": "busy", "rate": 5}. Flags that are
given win over the profile.`,
		Args:          func(cmd *cobra.Command, args []string) error { return asUsage(cobra.NoArgs(cmd, args)) },
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := f.config(cmd)
			if err != nil {
				return usageError{err}
			}
			cfg.ErrorLog = log.New(cmd.ErrOrStderr(), "simtenant: ", log.LstdFlags)
			return serve(cmd, cfg, f.caOut)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	f.register(cmd)
	return cmd
}

func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

func (f *serveFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8443", "`address` to serve on; port 0 is any free one")
	flags.StringVar(&f.smtp, "smtp", "", "`address` to take mail on (default: none)")
	flags.StringVar(&f.seed, "seed", "", "JSON `file` with the organisation to start from (default: a small invented company)")
	flags.StringVar(&f.state, "state", "", "`file` that keeps the organisation across restarts; the key that signs tokens is kept beside it")
	flags.StringVar(&f.caOut, "ca-out", "", "`file` to write the certificate authority to that clients must trust")
	flags.StringVar(&f.profile, "profile", "ideal", "`name` or file of how the tenant behaves")
	flags.DurationVar(&f.latency, "latency", 0, "how long each call takes")
	flags.IntVar(&f.concurrency, "concurrency", 0, "commands at once for an app; 0 is any number")
	flags.Float64Var(&f.rate, "rate", 0, "commands per second for an app; 0 is any number")
	flags.DurationVar(&f.replicationDelay, "replication-delay", 0, "how long Exchange's other domain controllers don't see a change")
	flags.DurationVar(&f.graphDelay, "graph-delay", 0, "how long Graph doesn't see a change made in Exchange")
	flags.Var(&f.creationQuota, "creation-quota", "contacts that may be created in 24 hours, or within another time, as in 600/1h; 0 is any number")
	flags.BoolVar(&f.conflicts, "group-conflicts", false, "refuse a command that changes a group while another one is changing it")
	flags.DurationVar(&f.tokenLifetime, "token-lifetime", time.Hour, "how long an access token is good for")
	flags.Uint64Var(&f.randomSeed, "random-seed", 1, "`number` that decides all that is left to chance")
}

// config puts the flags over the profile's values.
func (f *serveFlags) config(cmd *cobra.Command) (simtenant.Config, error) {
	name, err := applyProfileFile(cmd.Flags(), f.profile)
	if err != nil {
		return simtenant.Config{}, err
	}
	cfg, err := simtenant.Profile(name)
	if err != nil {
		return simtenant.Config{}, err
	}
	cfg.Listen = f.listen
	cfg.SMTP = f.smtp
	cfg.StateFile = f.state
	cfg.TokenLifetime = f.tokenLifetime
	cfg.CreationQuota, cfg.CreationWindow = f.creationQuota.contacts, f.creationQuota.window
	cfg.RandomSeed = f.randomSeed
	given := cmd.Flags().Changed
	if given("group-conflicts") {
		cfg.GroupConflicts = f.conflicts
	}
	if given("latency") {
		cfg.Latency = f.latency
	}
	if given("concurrency") {
		cfg.Concurrency = f.concurrency
	}
	if given("rate") {
		cfg.Rate = f.rate
	}
	if given("replication-delay") {
		cfg.ReplicationDelay = f.replicationDelay
	}
	if given("graph-delay") {
		cfg.GraphDelay = f.graphDelay
	}
	if f.seed != "" {
		cfg.Seed, err = readSeed(f.seed)
	}
	return cfg, err
}

func readSeed(path string) (*directory.Seed, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the seed: %w", err)
	}
	defer func() { _ = file.Close() }()
	seed, err := directory.ReadSeed(file)
	if err != nil {
		return nil, fmt.Errorf("read the seed %s: %w", path, err)
	}
	return seed, nil
}

// serve runs the tenant until the command's context ends.
func serve(cmd *cobra.Command, cfg simtenant.Config, caOut string) error {
	srv, err := simtenant.Start(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	if caOut != "" {
		if err := writeFile(caOut, srv.CertificatePEM()); err != nil {
			_ = srv.Close()
			return fmt.Errorf("write the certificate authority: %w", err)
		}
	}
	debug.FreeOSMemory() // reading a large organisation leaves much behind
	announce(cmd.OutOrStdout(), srv)
	return srv.Wait()
}

// announce prints the one line that scripts wait for. The secret is only ever
// printed when it is the one that the documentation prints too.
func announce(w io.Writer, srv *simtenant.Server) {
	app := srv.App()
	secret := "the seed's"
	if app.Secret == simtenant.DefaultClientSecret {
		secret = "the documented default, " + simtenant.DefaultClientSecret
	}
	mail := ""
	if addr := srv.SMTPAddr(); addr != "" {
		mail = " smtp=" + addr
	}
	_, _ = fmt.Fprintf(w, "Serving a simulated tenant at %s tenant=%s client_id=%s%s (client secret: %s)\n",
		srv.URL(), srv.Tenant().ID, app.ClientID, mail, secret)
}

// writeFile replaces the file at once or not at all, so that a script that
// waits for it never reads half of it.
func writeFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already when all went well
	_, err = temp.Write(content)
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(temp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	return err
}
