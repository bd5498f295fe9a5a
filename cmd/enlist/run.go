package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/cause"
	"enlist/pkg/intake"
	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/progress"
	"enlist/pkg/report"
	"enlist/pkg/telemetry"
)

func newRunCommand() *cobra.Command {
	var o runOptions
	var plan string
	cmd := &cobra.Command{
		Use:   "run FILE…",
		Short: "Put the people of a CSV file on their groups",
		Long: `Reads FILE (- for standard input) and sees to it that each person in it has a
mail contact, is a member of the groups that the row names, and can write to
them. Every row gets one result line in the report. Several files are worked off
one after the other, each with a report of its own.`,
		Example: `  enlist run --tenant sim partners.csv
  enlist run --tenant contoso.onmicrosoft.com --group partners@contoso.com people.csv
  enlist run --plan people.plan`,
		Args: func(cmd *cobra.Command, args []string) error {
			if plan != "" {
				return nil
			}
			return someFiles(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if plan != "" {
				return runPlan(cmd, &o, plan, args)
			}
			return carryOut(cmd.Context(), cmd, &o, assignmentsOf(cmd, args)...)
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "only tell what would be done; change nothing (also: --whatif)")
	cmd.Flags().BoolVar(&o.dryRun, "whatif", false, "the same as --dry-run")
	cmd.Flags().Lookup("whatif").Hidden = true
	cmd.Flags().StringVar(&plan, "plan", "", "do what this plan says (see enlist plan --out), and refuse what has become different since")
	return cmd
}

// carryOut does the main job and tells those who want to know how it ended.
func carryOut(ctx context.Context, cmd *cobra.Command, o *runOptions, assignments ...assignment) error {
	return gauged(cmd, o, assignments, func() error {
		return announced(ctx, cmd, o, namesOf(assignments), func() error {
			return observed(ctx, cmd, o, func(ctx context.Context) error { return performInTime(ctx, cmd, o, assignments) })
		})
	})
}

// performInTime does the main job within --max-duration.
func performInTime(ctx context.Context, cmd *cobra.Command, o *runOptions, assignments []assignment) error {
	ctx, cancel := o.deadline(ctx)
	defer cancel()
	err := perform(ctx, cmd, o, assignments)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}

// perform is the main job: rows flow from the files through the worker pool into
// the reports.
func perform(ctx context.Context, cmd *cobra.Command, o *runOptions, assignments []assignment) error {
	started := time.Now() // signing in and reading the directory belong to the first run
	if err := o.validate(); err != nil {
		return err
	}
	if err := o.prune.validateInputs(len(assignments)); err != nil {
		return err
	}
	if err := o.spareInputs(assignments); err != nil {
		return err
	}
	closeInputs, err := openInputs(cmd, assignments, o.intake())
	if err != nil {
		return err
	}
	defer closeInputs()
	if err := o.checkKeyColumns(assignments); err != nil {
		return err
	}
	if o.planOut != "" && (len(assignments) > 1 || assignments[0].path == stdin) {
		return &usageError{Message: "A plan is kept of one file.", NextStep: "Name one file with --out."}
	}
	kept, err := o.openRecord(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	for i := range assignments {
		if err := assignments[i].examine(o.intake()); err != nil {
			return err
		}
	}

	if !o.quiet && o.sim.chosen(o.tenant) {
		fmt.Fprintln(cmd.OutOrStdout(), "This is a simulated tenant: nothing outside this machine is asked or changed.")
	}
	tenant, err := connect(ctx, o, foresee(assignments), o.logger(cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer tenant.Close()

	for _, a := range assignments {
		if err := kept.checkLimits(ctx, a, tenant, o); err != nil {
			return err
		}
	}
	ended := &runEnded{}
	for i, a := range assignments {
		switch {
		case ended.stopped():
			ended.leave(assignments[i:], nil)
			return ended
		case i > 0 && ctx.Err() != nil:
			ended.leave(assignments[i:], context.Cause(ctx))
			return ended
		}
		summary, err := carryOutOne(ctx, cmd, o, a, tenant, kept.another(), started)
		switch {
		case err != nil && i == 0:
			return err
		case err != nil:
			ended.leave(assignments[i:], err)
			return ended
		}
		ended.add(summary)
		started = time.Now()
	}
	return ended
}

// carryOutOne is one run over one file.
func carryOutOne(ctx context.Context, cmd *cobra.Command, o *runOptions, a assignment, tenant *connection, kept *record, started time.Time) (*report.Summary, error) {
	kept.named(a, tenant, o, started)
	leavers, err := kept.leavers(ctx, a, tenant, o)
	if err != nil {
		return nil, err
	}
	out, err := report.Create(kept.folder, kept.run, o.reportOptions(a.file, tenant))
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("The report can't be written: %v.", err),
			NextStep: "Name another folder with --report.", cause: err}
	}
	defer out.Close()
	if err := kept.begin(ctx, a, tenant, o); err != nil {
		return nil, err
	}
	plan, err := o.beginPlan(a, tenant)
	if err != nil {
		return nil, err
	}
	w := &work{cmd: cmd, o: o, a: a, tenant: tenant, kept: kept, out: out, plan: plan, tally: onboard.NewTally(), leavers: leavers}
	ctx, w.watch = o.telemetry.Run(ctx, kept.facts(a, o))
	runErr := w.do(ctx)
	if err := plan.end(runErr); err != nil {
		return nil, err
	}
	if errors.Is(runErr, journal.ErrWrite) {
		return nil, runErr // the report stays under its temporary names until the run is gone on with
	}
	if unplanned, ok := errors.AsType[*usageError](runErr); ok {
		return nil, unplanned // a dry run, whose plan can't be kept
	}
	tenant.keepDirectory(ctx, o.logger(cmd.ErrOrStderr()))
	return w.end(runErr)
}

// work is the work of one run, with all it needs.
type work struct {
	cmd     *cobra.Command
	o       *runOptions
	a       assignment
	tenant  *connection
	kept    *record
	out     *report.Writer
	plan    *keptPlan
	tally   *onboard.Tally
	leavers *leavers
	waits   *waits
	watch   *telemetry.Run
}

// do puts the people on their groups, and takes those who left out.
func (w *work) do(ctx context.Context) error {
	display := w.o.display(w.cmd, w.a, w.tenant)
	defer display.Close()
	w.waits = newWaits(w.o, display, w.watch, w.cmd.ErrOrStderr())
	defer w.waits.end()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	limits := w.o.limits.limits(w.a.survey, stop)
	job := w.o.job(w.a.held(limits.Tenant(w.kept.tenant(w.tenant.tenant)), w.kept.writer))
	job.Policies = w.tenant.policies
	job.Observer = w.waits
	job.Watch = w.watch.Row
	job.Update = w.o.contact.updates(w.a.file.Findings().Columns)
	err := job.Run(ctx, w.kept.rows(ctx, w.o.contact.dress(w.a.file.Rows())), func(outcome onboard.Outcome) error {
		w.tally.Add(outcome)
		limits.Count(outcome)
		w.leavers.see(outcome)
		display.Add(outcome)
		w.watch.Count(ctx, outcome)
		return errors.Join(w.kept.add(outcome), w.out.Add(outcome), w.plan.add(outcome))
	})
	w.o.warn(display, w.a.file)
	if err != nil {
		return err
	}
	return w.leavers.take(ctx, w.kept.writer, w.tenant.tenant, w.tally, func(v report.Reversal) error {
		return errors.Join(w.out.Remove(v), w.plan.addRemoval(v))
	})
}

// end completes the report and the record, whatever became of the run.
func (w *work) end(runErr error) (*report.Summary, error) {
	code := outcomeCode(w.tally)
	switch {
	case runErr != nil:
		code = stoppedCode(runErr)
	case code == exitDone && w.leavers.failed():
		code = exitRowsFailed
	case code == exitDone && w.o.tellChanges && (w.tally.Verdicts[onboard.Changed] > 0 || w.leavers.some()):
		code = exitChanges
	}
	w.watch.End(int(code), w.tally)
	end := report.End{
		Ended:          time.Now(),
		Traffic:        w.tenant.newTraffic(),
		QuotaWaits:     w.waits.times,
		QuotaWaited:    w.waits.waited,
		TriedTooSoon:   int(w.waits.tooSoon.Load()),
		StoppedBecause: because(runErr),
		ExitCode:       int(code),
	}
	summary, reportErr := w.out.Finish(end)
	if reportErr != nil {
		return nil, w.unreported(end, reportErr)
	}
	if err := w.kept.end(end, runErr); err != nil {
		return nil, err
	}
	if !w.o.quiet {
		out := &printer{w: w.cmd.OutOrStdout()}
		out.note(summary.WriteText(out))
		if w.o.verbose {
			out.note(w.waits.writeText(out))
		}
		if out.err != nil {
			fmt.Fprintf(w.cmd.ErrOrStderr(), "The summary can't be printed: %s. The report is in %s.\n", cause.Text(out.err), summary.Dir)
		}
	}
	if how := w.kept.howToGoOn(w.a, w.o); how != "" && (runErr != nil || w.tally.Verdicts[onboard.Deferred] > 0) {
		fmt.Fprintln(w.cmd.ErrOrStderr(), how)
	}
	return &summary, nil
}

// unreported ends the record of a run whose report can't be completed: so that it
// can be gone on with, even if all rows are done, and then gets its report.
func (w *work) unreported(end report.End, because error) error {
	end.ExitCode, end.StoppedBecause = int(exitLater), fmt.Sprintf("The report could not be written: %s.", cause.Text(because))
	if err := w.kept.end(end, because); err != nil {
		return err
	}
	nextStep := w.kept.howToGoOn(w.a, w.o)
	if nextStep == "" {
		nextStep = "Run the same input again: what is done is found, not done twice."
	}
	return &unreportedError{nextStep: nextStep, cause: because}
}

// unreportedError says that the report can't be completed, and how to get it.
type unreportedError struct {
	nextStep string
	cause    error
}

func (e *unreportedError) Error() string {
	return fmt.Sprintf("The report can't be completed: %v.\nMend that first; if the disk is full, make room. %s", e.cause, e.nextStep)
}

func (e *unreportedError) Unwrap() error { return e.cause }

// stoppedCode is the exit code of a run that ended before its last row.
func stoppedCode(err error) exitCode {
	if code := exitCodeOf(err); code != exitUsage {
		return code
	}
	return exitRowsFailed // the input broke off: some rows were done
}

// because says in a sentence why a run ended before its last row.
func because(err error) string {
	var unexpected *limitError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, onboard.ErrInterrupted):
		return "The run was interrupted."
	case errors.Is(err, onboard.ErrDeadline):
		return "The time allowed with --max-duration was up."
	case errors.As(err, &unexpected):
		return unexpected.Message + " " + unexpected.NextStep
	case errors.Is(err, onboard.ErrLimit):
		return fmt.Sprintf("It was stopped: %v. If that was meant, raise --max-creates or --max-failures.", err)
	}
	return fmt.Sprintf("The run could not go on: %s.", cause.Text(err))
}

// warn says that something about the input was odd. The warnings themselves
// hold addresses, so they are for inspect to show and not for a log.
func (o *runOptions) warn(display progress.Display, file *intake.File) {
	f := file.Findings()
	if n := len(f.Warnings) + f.WarningsLeftOut; n > 0 && !o.quiet {
		display.Note(fmt.Sprintf("Something about the input is odd in %d places. \"enlist inspect %s\" shows them.", n, f.Name))
	}
}

// runID names a run: when it started, and a little chance, since two may start
// in the same second.
func runID(started time.Time) string {
	var chance [2]byte
	_, _ = rand.Read(chance[:]) // never fails
	return started.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(chance[:])
}
