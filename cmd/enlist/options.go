package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"enlist/pkg/intake"
	"enlist/pkg/m365/cloud"
	"enlist/pkg/onboard"
	"enlist/pkg/progress"
	"enlist/pkg/report"
	"enlist/pkg/telemetry"
)

// runOptions are the flags of run and plan.
type runOptions struct {
	tenant   string
	cloud    string
	cloudURL string
	cloudCA  string
	sim      simOptions
	state    stateOptions
	notify   notifyOptions
	limits   limitOptions
	prune    pruneOptions

	input inputOptions
	groupOptions
	contact      contactOptions
	contactsOnly bool

	workers     int
	batch       int
	maxDuration time.Duration
	grace       time.Duration
	settle      time.Duration
	quotaWait   time.Duration
	dryRun      bool
	planOut     string // where a dry run keeps its plan
	tellChanges bool   // by the exit code of a dry run

	report  string
	formats []string

	metricsFile string
	telemetry   *telemetry.Telemetry // nil: nobody is told while the command goes on

	logFormat string
	logPeople bool
	progress  string
	quiet     bool
	verbose   bool
}

func (o *runOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.tenant, "tenant", "", "tenant id or *.onmicrosoft.com name, or sim for a simulated tenant (required)")
	flags.StringVar(&o.cloud, "cloud", cloud.Global, "global, usgov, usgovdod, china, or custom with --cloud-url")
	flags.StringVar(&o.cloudURL, "cloud-url", "", "base address of a custom cloud")
	flags.StringVar(&o.cloudCA, "cloud-ca", "", "file with the certificate authorities (PEM) that a custom cloud is trusted by")
	o.sim.register(flags)
	o.state.register(flags)
	o.limits.register(flags)
	o.prune.register(flags)
	o.input.register(flags)
	flags.BoolVar(&o.contactsOnly, "contacts-only", false, "the file names no groups: only create the contacts")
	flags.IntVar(&o.workers, "workers", 16, "how many rows are worked on at once, at most")
	flags.IntVar(&o.batch, "batch", 1, "how many commands that come together share one request, at most 20; 1 is no batches")
	flags.DurationVar(&o.maxDuration, "max-duration", 0, "end the run after this time, as in 2h; rows left over are deferred")
	flags.DurationVar(&o.grace, "grace-period", 30*time.Second, "how long rows in hand may go on after an interruption")
	flags.DurationVar(&o.settle, "settle", 15*time.Second, "how long new contacts wait before they are added to groups, once the tenant did not find one at once")
	flags.DurationVar(&o.quotaWait, "wait-for-quota", 0, "how long rows that need a contact wait, in all, while the tenant takes no further ones, as in 6h; others go on (default not at all: such rows are deferred)")
	o.groupOptions.register(flags)
	o.contact.register(flags)
	flags.StringVar(&o.report, "report", "", "folder for the report (default FILE.report/RUN beside the input)")
	flags.StringSliceVar(&o.formats, "report-format", reportFormats(), "forms of the report: csv, jsonl, html")
	o.notify.register(flags)
	flags.StringVar(&o.metricsFile, "metrics-file", "", "file that tells Prometheus how the run ended, as the node exporter's textfile collector reads it (NAME.prom)")
	flags.StringVar(&o.logFormat, "log-format", "text", "form of log lines: text or json")
	flags.BoolVar(&o.logPeople, "log-personal-data", false, "show addresses in log lines in full, not as a…@fabrikam.com")
	flags.StringVar(&o.progress, "progress", "auto", "auto, plain or none")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "print errors only")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "print what is asked of the tenant, too")
}

// validate checks all that can be checked without asking anybody.
func (o *runOptions) validate() error {
	if o.tenant == "" {
		return &usageError{Message: "No tenant was chosen.",
			NextStep: "Give --tenant with your tenant's id or *.onmicrosoft.com name, or --tenant sim to try enlist on a simulated tenant."}
	}
	if o.workers < 1 {
		return &usageError{Message: "--workers must be 1 or more."}
	}
	if o.batch < 1 || o.batch > 20 {
		return &usageError{Message: "--batch must be between 1 and 20."}
	}
	if o.maxDuration < 0 || o.grace < 0 || o.quotaWait < 0 {
		return &usageError{Message: "--max-duration, --grace-period and --wait-for-quota must not be negative."}
	}
	if o.settle <= 0 {
		return &usageError{Message: "--settle must be more than 0."}
	}
	for _, c := range []struct{ flag, value string }{
		{"senders", o.senders},
		{"delivery-reports", o.deliveryReports},
		{"m365-groups", o.m365Groups},
		{"empty", o.contact.empty},
		{"notify-on", o.notify.on},
		{"notify-webhook-form", o.notify.webhookForm},
		{"log-format", o.logFormat},
		{"progress", o.progress},
	} {
		if allowed := flagChoices()[c.flag]; !slices.Contains(allowed, c.value) {
			return &usageError{Message: fmt.Sprintf("--%s does not take %q.", c.flag, c.value),
				NextStep: "It takes one of: " + strings.Join(allowed, ", ") + "."}
		}
	}
	for _, f := range o.formats {
		if !slices.Contains(reportFormats(), f) {
			return &usageError{Message: fmt.Sprintf("--report-format does not take %q.", f),
				NextStep: "It takes one or more of: " + strings.Join(reportFormats(), ", ") + "."}
		}
	}
	for _, check := range []func() error{o.groupOptions.validate, o.contact.validate} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := o.prune.validate(o.state.source); err != nil {
		return err
	}
	if err := o.input.validate(); err != nil {
		return err
	}
	return o.validateKey()
}

func reportFormats() []string {
	return []string{report.FormatCSV, report.FormatJSONL, report.FormatHTML}
}

func (o *runOptions) intake() intake.Options {
	opts := o.input.intake()
	opts.ContactsOnly = o.contactsOnly
	return opts
}

func (o *runOptions) job(t onboard.Tenant) onboard.Job {
	if o.dryRun {
		t = onboard.NewDryRun(t)
	}
	return onboard.Job{
		Tenant:    t,
		NewGroups: o.newGroups(),
		Key:       o.keyAttribute(),
		Workers:   o.workers,
		Grace:     o.grace,
		Patience:  onboard.Patience{Settle: o.settle, Quota: o.quotaWait},
	}
}

// deadline bounds the run when --max-duration asks for it.
func (o *runOptions) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxDuration == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, o.maxDuration, onboard.ErrDeadline)
}

// reportFolder is where the report of a run lies.
func (o *runOptions) reportFolder(a assignment, run string) string {
	switch {
	case a.resumed != nil:
		return a.resumed.Report
	case o.report != "" && a.several:
		return filepath.Join(o.report, filepath.Base(a.path))
	case o.report != "":
		return o.report
	case a.path == stdin:
		return filepath.Join("enlist.report", run)
	}
	return filepath.Join(a.path+".report", run)
}

func (o *runOptions) reportOptions(file *intake.File, tenant *connection) report.Options {
	before := tenant.told // the report asks while the run goes on
	return report.Options{
		Formats: o.formats,
		Retry:   report.Retry{Header: file.Header(), LineEnd: file.Findings().Dialect.LineEnd, Encode: file.Encode},
		Traffic: func() (requests, throttled int) {
			now := less(tenant.traffic(), before)
			return now.Requests, now.Throttled
		},
	}
}

// display is what shows on standard error while the run goes on.
func (o *runOptions) display(cmd *cobra.Command, a assignment, tenant *connection) progress.Display {
	mode := progress.Mode(o.progress)
	if o.quiet {
		mode = progress.None
	}
	before := tenant.told
	return progress.New(cmd.ErrOrStderr(), mode, progress.Options{
		Rows: a.survey.rows,
		Tenant: func() progress.Tenant {
			e, g := tenant.exchangePacer.Stats(), tenant.graphPacer.Stats()
			return progress.Tenant{Rate: e.Rate, Pause: max(e.Pause, g.Pause), Throttled: less(tenant.traffic(), before).Throttled}
		},
	})
}

// logger writes to standard error: for people on a terminal, as text
// elsewhere, and as JSON for machines. It names nobody, unless that is asked for.
func (o *runOptions) logger(w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case o.verbose:
		level = slog.LevelDebug
	case o.quiet:
		level = slog.LevelError
	}
	var handler slog.Handler = tint.NewTextHandler(w, &tint.Options{Level: level, NoColor: !isTerminal(w)})
	if o.logFormat == "json" {
		handler = slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	}
	if !o.logPeople {
		handler = masked{handler}
	}
	return slog.New(handler)
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
