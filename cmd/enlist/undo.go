package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/journal"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/report"
)

func newUndoCommand() *cobra.Command {
	var where lookup
	var o runOptions
	var yes bool
	all := pflag.NewFlagSet("run", pflag.ContinueOnError)
	o.register(all)
	cmd := &cobra.Command{
		Use:   "undo RUN",
		Short: "Take back what a run did",
		Long: `Takes back what RUN did in the tenant, and no more than that: people that it
added leave their groups and lists of senders, groups that it opened to outside
senders are closed, settings and attributes get their former values, and contacts,
guests and groups that it created are removed. People whom --prune took out are
put back; contacts that it removed are created anew. What somebody has changed
since, or another run or group relies on by now, is left as it is, and told.

Shows first what it is about to take back, and asks, unless --yes is given. It
can be interrupted and done again. Its report has a line for each change; it lies
in the folder undo of the run's own report, unless --report names another one.
"enlist show" tells later what it did.`,
		Example: `  enlist undo 20260824T220000Z-3f1a`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return undo(cmd, &undoing{o: &o, all: all, where: &where, yes: yes}, args[0])
		},
	}
	where.register(cmd.Flags())
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	for _, name := range []string{"workers", "max-duration", "report", "report-format", "log-format", "log-personal-data", "quiet", "verbose"} {
		cmd.Flags().AddFlag(all.Lookup(name))
	}
	return cmd
}

// undoing is what undo is called with.
type undoing struct {
	o     *runOptions
	all   *pflag.FlagSet
	where *lookup
	yes   bool
}

func undo(cmd *cobra.Command, u *undoing, id string) error {
	ctx := cmd.Context()
	run, path, err := u.where.find(ctx, id)
	if err != nil {
		return err
	}
	if run.Undoes != "" {
		return &usageError{Message: fmt.Sprintf("%s took back the run %s, and is no run over a file.", run.ID, run.Undoes),
			NextStep: "To do again what was taken back, run the file again."}
	}
	delete(run.Settings, "plan")   // what was done is taken back, whatever was planned
	delete(run.Settings, "report") // that is the run's, to be kept
	if err := applySettings(u.all, run.Settings); err != nil {
		return err
	}
	ctx, cancel := u.o.deadline(ctx)
	defer cancel()
	j, err := journal.Open(ctx, path)
	if err != nil {
		return err
	}
	defer j.Close()
	reversals, err := j.Reversals(ctx, run)
	if err != nil {
		return err
	}
	out := &printer{w: cmd.OutOrStdout()}
	if len(reversals) == 0 {
		out.line("There is nothing to take back of the run %s.", run.ID)
		return out.err
	}
	printReversals(out, run, reversals)
	if err := u.agree(cmd, out); err != nil {
		return err
	}
	return observed(ctx, cmd, u.o, func(ctx context.Context) error { return u.takeBack(ctx, cmd, j, path, run, reversals) })
}

// agree asks the person at the terminal.
func (u *undoing) agree(cmd *cobra.Command, out *printer) error {
	if u.yes {
		return nil
	}
	if !isTerminal(cmd.InOrStdin()) {
		return &usageError{Message: "Nobody can be asked whether to take this back, since standard input is no terminal.",
			NextStep: "Give --yes if it is meant."}
	}
	fmt.Fprint(out, "Take this back? [y/N] ")
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return &usageError{Message: "Not taken back."}
	}
	return out.err
}

// takeBack takes the changes back, as a run of its own with a report of its own.
func (u *undoing) takeBack(ctx context.Context, cmd *cobra.Command, j *journal.Journal, path string, run journal.Run, reversals []journal.Reversal) error {
	tenant, err := connectToAsk(ctx, u.o, u.o.logger(cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer tenant.Close()
	// The next run shall see the tenant as it is after this.
	if err := snapshot.Forget(ctx, path); err != nil {
		return err
	}
	started := time.Now()
	id := runID(started)
	folder := u.reportFolder(run, id)
	file, err := report.CreateUndo(folder, report.Undo{
		ID: id, Undoes: run.ID, Tenant: run.Tenant, Simulated: run.Simulated,
		Input: report.Input{Name: run.Input, SHA256: run.SHA256}, Started: started,
	}, u.o.formats)
	if err != nil {
		return &usageError{Message: fmt.Sprintf("The report can't be written: %v.", err),
			NextStep: "Name another folder with --report.", cause: err}
	}
	defer file.Close()
	record, err := j.Begin(ctx, journal.Run{
		ID: id, Tenant: run.Tenant, Simulated: run.Simulated, Source: "undo of " + run.ID, Input: run.Input, SHA256: run.SHA256,
		Report: absolute(folder), Undoes: run.ID, Started: started,
	})
	if err != nil {
		return err
	}
	out := &printer{w: cmd.OutOrStdout()}
	again := undoAgain(run)
	undoErr := record.Undo(ctx, tenant.tenant, reversals, func(v journal.Reversal) {
		told := reportedReversal(v, again)
		tellReversal(out, told)
		_ = file.Add(told) // Finish returns it again
	})
	tenant.keepTakenAway(ctx, u.o, u.o.logger(cmd.ErrOrStderr()))
	return u.end(out, tenant, record, file, run, undoErr)
}

// undoAgain is the next step after an undo that did not take everything back.
func undoAgain(run journal.Run) string { return "Do it again: enlist undo " + run.ID }

// reportFolder is where the report of the undo lies: in that of the run, unless
// another one is named. One that is set for all runs is the run's own.
func (u *undoing) reportFolder(run journal.Run, id string) string {
	if u.o.report != "" && absolute(u.o.report) != run.Report {
		return u.o.report
	}
	return filepath.Join(run.Report, "undo", id)
}

// end completes the report and the record, whatever became of the undo.
func (u *undoing) end(out *printer, tenant *connection, record *journal.Recorder, file *report.UndoWriter, run journal.Run, undoErr error) error {
	code := exitDone
	switch {
	case undoErr != nil:
		code = stoppedCode(undoErr)
	case file.Failed() > 0:
		code = exitRowsFailed
	}
	ended := time.Now()
	summary, reportErr := file.Finish(report.End{
		Ended: ended, Traffic: tenant.newTraffic(), StoppedBecause: because(undoErr), ExitCode: int(code),
	})
	if reportErr != nil && code == exitDone {
		code = exitLater
	}
	if err := record.End(journal.End{Ended: ended, ExitCode: int(code), StoppedBecause: because(undoErr), WholeInput: code == exitDone}); err != nil {
		return err
	}
	if reportErr != nil {
		return &unreportedError{nextStep: undoAgain(run), cause: reportErr}
	}
	out.note(summary.WriteText(out))
	if out.err != nil {
		return out.err
	}
	return &runEnded{code: code}
}

func printReversals(out *printer, run journal.Run, reversals []journal.Reversal) {
	out.line("The run %s of %s on %s:", run.ID, run.Input, run.Tenant)
	for _, v := range reversals {
		if v.Kept != "" {
			out.line("  %s (left as it is: %s)", toTakeBack(v), v.Kept)
			continue
		}
		out.line("  %s", toTakeBack(v))
	}
}
