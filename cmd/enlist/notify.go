package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/cause"
	"enlist/pkg/notify"
	"enlist/pkg/report"
)

// The values of --notify-on.
const (
	notifyOnFailure = "failure"
	notifyAlways    = "always"
)

// notifyOptions say who is told how a run ended. What works like a password,
// and so has no place in a flag or file, comes from the environment alone.
type notifyOptions struct {
	on          string
	webhookForm string
	smtp, from  string
	to          []string
	graph       bool
}

func (o *notifyOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.on, "notify-on", notifyOnFailure, "when the webhook ENLIST_NOTIFY_WEBHOOK and e-mail are told how the run ended: failure or always; the healthcheck ENLIST_NOTIFY_PING always is")
	flags.StringVar(&o.webhookForm, "notify-webhook-form", notify.FormJSON, "what the webhook takes: json, teams or slack")
	flags.StringSliceVar(&o.to, "notify-mail-to", nil, "address to e-mail; may be repeated")
	flags.StringVar(&o.from, "notify-mail-from", "", "sender of the e-mail")
	flags.BoolVar(&o.graph, "notify-graph", false, "send the e-mail through Microsoft Graph instead of a mail server, from the mailbox of --notify-mail-from; the app needs Mail.Send")
	flags.StringVar(&o.smtp, "notify-smtp", "", "mail server for it, HOST:PORT; ENLIST_NOTIFY_SMTP_USER and …_PASSWORD if it asks for them")
}

// notifier knows who is to be told.
func (o *runOptions) notifier() (*notify.Notifier, error) {
	n, err := notify.New(o.notify.whom(o.mailByGraph()))
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("Nobody can be told how the run ends: %v.", err),
			NextStep: "Correct the flags --notify-… or the variables ENLIST_NOTIFY_….", cause: err}
	}
	return n, nil
}

// errNoMailOfSim is why a simulated tenant sends no mail.
var errNoMailOfSim = errors.New("the simulated tenant is gone when the run has ended, so no mail can be sent through it; keep one running with simtenant, and name it with --sim-address")

// mailByGraph gives access to the tenant's Graph once there is something to
// tell; nil unless mail is to be sent that way.
func (o *runOptions) mailByGraph() func(context.Context) (notify.Graph, error) {
	if !o.notify.graph {
		return nil
	}
	return func(ctx context.Context) (notify.Graph, error) {
		if o.sim.chosen(o.tenant) && o.sim.address == "" {
			return notify.Graph{}, errNoMailOfSim
		}
		place, err := o.site(ctx)
		if err != nil {
			return notify.Graph{}, err
		}
		identity, err := place.identity()
		if err != nil {
			return notify.Graph{}, err
		}
		tokens, err := identity.Graph()
		if err != nil {
			return notify.Graph{}, err
		}
		return notify.Graph{BaseURL: place.endpoints.Graph.BaseURL + "/v1.0", Token: tokens.Token, Transport: place.transport}, nil
	}
}

func (o *notifyOptions) whom(graph func(context.Context) (notify.Graph, error)) notify.Options {
	return notify.Options{
		Always:   o.on == notifyAlways,
		Webhook:  os.Getenv("ENLIST_NOTIFY_WEBHOOK"),
		Form:     o.webhookForm,
		Secret:   os.Getenv("ENLIST_NOTIFY_WEBHOOK_SECRET"),
		Ping:     os.Getenv("ENLIST_NOTIFY_PING"),
		SMTP:     o.smtp,
		User:     os.Getenv("ENLIST_NOTIFY_SMTP_USER"),
		Password: os.Getenv("ENLIST_NOTIFY_SMTP_PASSWORD"),
		From:     o.from,
		To:       o.to,
		Graph:    graph,
		Agent:    "enlist/" + version,
	}
}

// announced carries a run out and tells how it ended, be it with an error. That
// somebody can't be told is a warning, and changes nothing about the run.
func announced(ctx context.Context, cmd *cobra.Command, o *runOptions, input string, run func() error) error {
	if o.dryRun {
		return run()
	}
	notifier, err := o.notifier()
	if err != nil {
		return err
	}
	logger := o.logger(cmd.ErrOrStderr())
	warn(logger, notifier.Started(ctx))
	started := time.Now()
	runErr := run()
	news := newsOf(runErr)
	if news.Started.IsZero() {
		news.Tenant, news.Simulated, news.Input = o.tenant, o.sim.chosen(o.tenant), input
		news.Started, news.Ended = started, time.Now()
	}
	// An interrupted run is news, too.
	warn(logger, notifier.Ended(context.WithoutCancel(ctx), news))
	return runErr
}

func warn(logger *slog.Logger, err error) {
	if err != nil {
		logger.Warn("notification", "error", cause.Text(err))
	}
}

// newsOf tells how a run ended: by its summary, or else by its error.
func newsOf(err error) notify.News {
	ended, ok := errors.AsType[*runEnded](err)
	if !ok || len(ended.runs) == 0 {
		return notify.News{ExitCode: int(exitCodeOf(err)), Problem: problemOf(explain(err))}
	}
	return ended.news()
}

// problemOf is a problem as others are told of it.
func problemOf(text string) string {
	return withoutPeople(strings.TrimPrefix(text, "Error: "))
}

func newsFrom(s *report.Summary) notify.News {
	return notify.News{
		ExitCode:  s.ExitCode,
		Problem:   problemOf(s.StoppedBecause),
		Run:       s.Run,
		Tenant:    s.Tenant,
		Simulated: s.Simulated,
		Input:     s.Input.Name,
		Rows:      s.Input.Rows,
		Verdicts:  s.Verdicts,
		Report:    s.Dir,
		Started:   s.Started,
		Ended:     s.Ended,
	}
}
