package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/journal"
	"enlist/pkg/m365/snapshot"
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
added leave their groups, groups that it opened to outside senders are closed,
attributes get their former values, and contacts that it created are removed.
People whom --prune took out are put back; contacts that it removed are created
anew. What somebody has changed since, or another run or group relies on by now,
is left as it is, and so is what the run changed in other ways; each is told.

Shows first what it is about to take back, and asks, unless --yes is given. It
can be interrupted and done again. "enlist show" tells later what it did.`,
		Example: `  enlist undo 20260824T220000Z-3f1a`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return undo(cmd, &undoing{o: &o, all: all, where: &where, yes: yes}, args[0])
		},
	}
	where.register(cmd.Flags())
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	for _, name := range []string{"workers", "max-duration", "log-format", "quiet", "verbose"} {
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
	delete(run.Settings, "plan") // what was done is taken back, whatever was planned
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
	return u.takeBack(ctx, cmd, j, path, run, reversals)
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
	record, err := j.Begin(ctx, journal.Run{
		ID: runID(started), Tenant: run.Tenant, Simulated: run.Simulated, Source: "undo of " + run.ID, Input: run.Input, SHA256: run.SHA256,
		Report: run.Report, Undoes: run.ID, Started: started,
	})
	if err != nil {
		return err
	}
	var done undone
	out := &printer{w: cmd.OutOrStdout()}
	undoErr := record.Undo(ctx, tenant.tenant, reversals, func(v journal.Reversal) { done.add(out, v) })
	code := exitDone
	switch {
	case undoErr != nil:
		code = stoppedCode(undoErr)
	case done.failed > 0:
		code = exitRowsFailed
	}
	if err := record.End(journal.End{Ended: time.Now(), ExitCode: int(code), StoppedBecause: because(undoErr), WholeInput: code == exitDone}); err != nil {
		return err
	}
	out.line("Took back %d changes; %d were left as they are, %d failed.", done.back, done.kept, done.failed)
	if undoErr != nil {
		out.line("Stopped before the end. %s Do it again: enlist undo %s", because(undoErr), run.ID)
	}
	if out.err != nil {
		return out.err
	}
	return &runEnded{code: code}
}

// undone counts what became of the changes.
type undone struct{ back, kept, failed int }

func (d *undone) add(out *printer, v journal.Reversal) {
	switch {
	case v.Err != nil:
		d.failed++
		out.line("Failed: %s: %v", toTakeBack(v), v.Err)
	case v.Kept != "":
		d.kept++
		out.line("Left as it is: %s: %s", toTakeBack(v), v.Kept)
	default:
		d.back++
	}
}

func printReversals(out *printer, run journal.Run, reversals []journal.Reversal) {
	out.line("The run %s of %s on %s:", run.ID, run.Input, run.Tenant)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, v := range reversals {
		kept := ""
		if v.Kept != "" {
			kept = "left as it is: " + v.Kept
		}
		fmt.Fprintf(table, "  %s\t%s\n", toTakeBack(v), kept)
	}
	out.note(table.Flush())
}

// toTakeBack says in words what taking a change back means.
func toTakeBack(v journal.Reversal) string {
	switch v.What {
	case journal.AddMember:
		return fmt.Sprintf("take %s out of %s", v.Person.Address, v.Group.Address)
	case journal.OpenGroup:
		return fmt.Sprintf("close %s to outside senders", v.Group.Address)
	case journal.UpdateContact:
		return fmt.Sprintf("set attributes of %s back", v.Person.Address)
	case journal.CreateContact:
		return fmt.Sprintf("remove the contact %s", v.Person.Address)
	case journal.RemoveMember:
		return fmt.Sprintf("put %s back into %s", v.Person.Address, v.Group.Address)
	case journal.RemoveContact:
		return fmt.Sprintf("create the contact %s anew", v.Person.Address)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", strings.ReplaceAll(v.What, "_", " "), v.Person.Address, v.Group.Address))
}
