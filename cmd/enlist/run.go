package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/intake"
	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/progress"
	"enlist/pkg/report"
)

func newRunCommand() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run FILE…",
		Short: "Put the people of a CSV file on their groups",
		Long: `Reads FILE (- for standard input) and sees to it that each person in it has a
mail contact, is a member of the groups that the row names, and can write to
them. Every row gets one result line in the report. Several files are worked off
one after the other, each with a report of its own.`,
		Example: `  enlist run --tenant sim partners.csv
  enlist run --tenant contoso.onmicrosoft.com --group partners@contoso.com people.csv`,
		Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return carryOut(cmd.Context(), cmd, &o, assignmentsOf(cmd, args)...)
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "only tell what would be done; change nothing (also: --whatif)")
	cmd.Flags().BoolVar(&o.dryRun, "whatif", false, "the same as --dry-run")
	cmd.Flags().Lookup("whatif").Hidden = true
	return cmd
}

func newPlanCommand() *cobra.Command {
	o := runOptions{dryRun: true}
	cmd := &cobra.Command{
		Use:   "plan FILE…",
		Short: "Tell what run would do, and change nothing",
		Args:  someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return carryOut(cmd.Context(), cmd, &o, assignmentsOf(cmd, args)...)
		},
	}
	o.register(cmd.Flags())
	return cmd
}

// carryOut does the main job and tells those who want to know how it ended.
func carryOut(ctx context.Context, cmd *cobra.Command, o *runOptions, assignments ...assignment) error {
	return announced(ctx, cmd, o, namesOf(assignments), func() error { return perform(ctx, cmd, o, assignments) })
}

// perform is the main job: rows flow from the files through the worker pool into
// the reports.
func perform(ctx context.Context, cmd *cobra.Command, o *runOptions, assignments []assignment) error {
	if err := o.validate(); err != nil {
		return err
	}
	ctx, cancel := o.deadline(ctx)
	defer cancel()

	closeInputs, err := openInputs(cmd, assignments, o.intake())
	if err != nil {
		return err
	}
	defer closeInputs()
	kept, err := o.openRecord(ctx)
	if err != nil {
		return err
	}
	defer kept.Close()
	for i := range assignments {
		if err := kept.examine(&assignments[i], o); err != nil {
			return err
		}
	}

	if !o.quiet && o.sim.chosen(o.tenant) {
		fmt.Fprintln(cmd.OutOrStdout(), "This is a simulated tenant: nothing outside this machine is asked or changed.")
	}
	tenant, err := connect(ctx, o, o.logger(cmd.ErrOrStderr()))
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
	for _, a := range assignments {
		summary, err := carryOutOne(ctx, cmd, o, a, tenant, kept.another())
		if err != nil {
			return err
		}
		ended.add(summary)
	}
	return ended
}

// carryOutOne is one run over one file.
func carryOutOne(ctx context.Context, cmd *cobra.Command, o *runOptions, a assignment, tenant *connection, kept *record) (*report.Summary, error) {
	kept.named(a, tenant, o)
	out, err := report.Create(kept.folder, kept.run, o.reportOptions(a.file, tenant))
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("The report can't be written: %v.", err),
			NextStep: "Name another folder with --report.", cause: err}
	}
	defer out.Close()
	if err := kept.begin(ctx, a, tenant, o); err != nil {
		return nil, err
	}
	return work(ctx, cmd, o, a, tenant, kept, out)
}

// work runs the job and ends the report, whatever becomes of the run.
func work(ctx context.Context, cmd *cobra.Command, o *runOptions, a assignment, tenant *connection, kept *record, out *report.Writer) (*report.Summary, error) {
	file := a.file
	display := o.display(cmd)
	tally := onboard.NewTally()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	limits := o.limits.limits(a.known(), stop)
	job := o.job(limits.Tenant(kept.tenant(tenant.tenant)))
	job.InternalSenders = tenant.inside
	job.Update = o.contact.updates(file.Findings().Columns)
	runErr := job.Run(ctx, kept.rows(ctx, o.contact.dress(file.Rows())), func(outcome onboard.Outcome) error {
		tally.Add(outcome)
		limits.Count(outcome)
		display.Add(outcome)
		return errors.Join(kept.add(outcome), out.Add(outcome))
	})
	if runErr == nil && tally.Rows == 0 && !o.limits.shrunk {
		runErr = emptyInput()
	}
	o.warn(display, file)
	display.Close()
	if errors.Is(runErr, journal.ErrWrite) {
		return nil, runErr // the report stays under its temporary names until the run is gone on with
	}
	tenant.keepDirectory(ctx, o.logger(cmd.ErrOrStderr()))

	code := outcomeCode(tally)
	if runErr != nil {
		code = stoppedCode(runErr)
	}
	requests := tenant.newTraffic()
	end := report.End{
		Ended:          time.Now(),
		Requests:       requests.total,
		Graph:          requests.graph,
		Throttled:      requests.throttled,
		Commands:       requests.commands,
		InputSHA256:    file.SHA256(),
		StoppedBecause: because(runErr),
		ExitCode:       int(code),
	}
	summary, finishErr := out.Finish(end)
	finishErr = errors.Join(finishErr, kept.end(end, runErr))
	if !o.quiet {
		finishErr = errors.Join(finishErr, summary.WriteText(cmd.OutOrStdout()))
	}
	if finishErr != nil {
		return nil, fmt.Errorf("the report could not be completed: %w", errors.Join(finishErr, runErr))
	}
	if how := kept.howToGoOn(o); how != "" && tally.Verdicts[onboard.Deferred] > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "Go on with this run: %s\n", how)
	}
	return &summary, nil
}

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
	return fmt.Sprintf("The run could not go on: %v.", err)
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
