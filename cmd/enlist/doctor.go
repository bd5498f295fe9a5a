package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/mail"

	"github.com/spf13/cobra"

	"enlist/pkg/cause"
	"enlist/pkg/doctor"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/m365/pace"
)

// doctorOptions are the flags of doctor.
type doctorOptions struct {
	run    runOptions // what is needed depends on what a run would do
	json   bool
	script bool
}

func newDoctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check credentials, permissions and reachability, one by one",
		Long: `Finds out whether this machine and this app can do the job in the tenant, and says
how to mend what is missing. It changes nothing. Give it the flags of the run:
some of them decide what is needed.

The exit code is 0 when a run can begin, 6 when something that it needs is
missing, 5 when a server does not answer, and 2 when the set-up is wrong.`,
		Example: `  enlist doctor --tenant contoso.onmicrosoft.com
  enlist doctor --script > grant.txt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.script {
				script, err := o.run.script()
				if err != nil {
					return err
				}
				return script.Write(cmd.OutOrStdout())
			}
			return examine(cmd.Context(), cmd, &o)
		},
	}
	o.run.register(cmd.Flags())
	cmd.Flags().BoolVar(&o.json, "json", false, "print the findings as JSON")
	cmd.Flags().BoolVar(&o.script, "script", false, "print the Azure CLI and PowerShell lines that grant what is needed, and check nothing")
	return cmd
}

// script is how an app for the run is made.
func (o *runOptions) script() (doctor.Script, error) {
	s := doctor.Script{Cloud: o.cloud, Tenant: o.tenant, Commands: o.commands(), InvitesGuests: o.invitations() != nil}
	if o.notify.graph {
		sender, err := mail.ParseAddress(o.notify.from)
		if err != nil {
			return doctor.Script{}, &usageError{Message: "--notify-graph needs --notify-mail-from, the address of a mailbox.", cause: err}
		}
		s.Sender = sender.Address
	}
	if o.sim.chosen(o.tenant) {
		s.Tenant = ""
	}
	return s, nil
}

func examine(ctx context.Context, cmd *cobra.Command, o *doctorOptions) error {
	if err := o.run.validate(); err != nil {
		return err
	}
	place, err := o.run.site(ctx)
	if err != nil {
		return err
	}
	findings, err := findingsAt(ctx, place, &o.run, cmd, o.json)
	if err := errors.Join(err, place.close()); err != nil {
		return err
	}
	if o.json {
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		if err := out.Encode(findings); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &runEnded{code: doctorCode(findings)}
}

// findingsAt makes all checks, and prints each finding as it comes unless they
// are kept for the JSON form.
func findingsAt(ctx context.Context, place *site, o *runOptions, cmd *cobra.Command, quiet bool) ([]doctor.Finding, error) {
	setup, err := setupAt(place, o, o.logger(cmd.ErrOrStderr()))
	if err != nil && !errors.Is(err, cloud.ErrNoCredential) {
		return nil, err
	}
	var findings []doctor.Finding
	note := func(f doctor.Finding) {
		findings = append(findings, f)
		if !quiet {
			printFinding(cmd.OutOrStdout(), f)
		}
	}
	if path := cmd.Flag("config").Value.String(); path != "" { // read before, or there was an error
		note(doctor.Finding{Check: "config", Verdict: doctor.OK, Message: path + " is right"})
	}
	note(stateFinding(ctx, o))
	if err != nil {
		note(doctor.Finding{Check: "credential", Verdict: doctor.Failed, Message: cause.Text(err),
			NextStep: "\"enlist doctor --script\" prints the commands that make an app, its certificate and its permissions."})
		return findings, nil
	}
	for f := range setup.Examine(ctx) {
		note(f)
	}
	return findings, nil
}

// setupAt is what doctor examines: the clients that a run would use.
func setupAt(place *site, o *runOptions, logger *slog.Logger) (doctor.Setup, error) {
	identity, err := place.identity()
	if err != nil {
		return doctor.Setup{}, err
	}
	// A person waits for the answer, so there are fewer tries than in a run.
	pacer := func() *pace.Pacer { return pace.New(pace.Options{Attempts: 2}) }
	directory, err := graphClient(place, identity, pacer(), logger)
	if err != nil {
		return doctor.Setup{}, err
	}
	return doctor.Setup{
		Endpoints: place.endpoints,
		Transport: place.transport,
		Identity:  identity,
		Exchange: func(ctx context.Context) (doctor.Exchange, error) {
			return exchangeClient(ctx, place, identity, pacer(), 1, logger)
		},
		Graph:          directory,
		Commands:       o.commands(),
		KeepsDirectory: o.keepsState(),
		InvitesGuests:  o.invitations() != nil,
		SendsMail:      o.notify.graph,
	}, nil
}

func printFinding(w io.Writer, f doctor.Finding) {
	fmt.Fprintf(w, "%-8s %-20s %s\n", f.Verdict, f.Check, f.Message)
	if f.NextStep != "" {
		fmt.Fprintf(w, "%-29s → %s\n", "", f.NextStep)
	}
}

// doctorCode is the exit code that a run would end with.
func doctorCode(findings []doctor.Finding) exitCode {
	code := exitDone
	for _, f := range findings {
		switch {
		case f.Verdict != doctor.Failed:
		case f.Check == stateCheck:
			return exitUsage
		case !f.Later:
			return exitDenied
		default:
			code = exitLater
		}
	}
	return code
}
