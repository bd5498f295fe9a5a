package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/journal"
)

func newResumeCommand() *cobra.Command {
	var where lookup
	var o runOptions
	all := pflag.NewFlagSet("run", pflag.ContinueOnError)
	o.register(all)
	cmd := &cobra.Command{
		Use:   "resume [RUN] [-]",
		Short: "Go on with a run that was interrupted or killed",
		Long: `Goes on with RUN, or with the last run, on the same file and with the same
settings. Rows that were done are not done again; what the run had intended, but
not seen confirmed, is looked up in the tenant. The report is then that of the
whole run, with every row once.

With - the file's content is read from standard input, wherever the file is now.
A run that had read standard input is given the same input again that way. An
input with other content is refused.

A run that was recorded to its end can't be gone on with; its retry.csv holds
the rows that failed.`,
		Example: `  enlist resume
  enlist resume 20260824T220000Z-3f1a --state /var/lib/enlist/contoso.db
  export-people | enlist resume 20260824T220000Z-3f1a -`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, again, err := whichRun(args)
			if err != nil {
				return err
			}
			return resume(cmd.Context(), cmd, &o, all, &where, id, again)
		},
	}
	where.register(cmd.Flags())
	for _, name := range perSitting() {
		cmd.Flags().AddFlag(all.Lookup(name))
	}
	return cmd
}

// whichRun reads the arguments: a run, and whether its input is given again.
func whichRun(args []string) (id string, again bool, err error) {
	if n := len(args); n > 0 && args[n-1] == stdin {
		again, args = true, args[:n-1]
	}
	switch len(args) {
	case 0:
		return "", again, nil
	case 1:
		return args[0], again, nil
	}
	return "", false, &usageError{Message: "More than one run was named.", NextStep: "Give one run at a time. Its file is known; - stands for standard input."}
}

func resume(ctx context.Context, cmd *cobra.Command, o *runOptions, all *pflag.FlagSet, where *lookup, id string, again bool) error {
	run, path, err := where.find(ctx, id)
	if err != nil {
		return err
	}
	if run.Undoes != "" {
		return &usageError{Message: fmt.Sprintf("%s takes back the run %s, and is no run over a file.", run.ID, run.Undoes),
			NextStep: "Go on with: enlist undo " + run.Undoes}
	}
	if run.Complete {
		return &usageError{Message: fmt.Sprintf("The run %s was done to its end: there is nothing to go on with.", run.ID),
			NextStep: "Rows that failed are in retry.csv in " + run.Report + "."}
	}
	plan, err := resumedPlan(run)
	if err != nil {
		return err
	}
	again = again || run.Input == stdin
	if again && isTerminal(cmd.InOrStdin()) {
		return nothingGiven(&run)
	}
	settings := maps.Clone(run.Settings)
	delete(settings, "plan") // it is read
	if err := applySettings(all, settings); err != nil {
		return err
	}
	o.state.path = path
	return carryOut(ctx, cmd, o, assignment{path: run.Input, settings: run.Settings, plan: plan, resumed: &run, givenAgain: again})
}

// find gives a run by its id, or the last one, and the file that it is in.
func (l *lookup) find(ctx context.Context, id string) (run journal.Run, path string, err error) {
	if path, err = l.path(); err != nil {
		return journal.Run{}, "", err
	}
	j, err := journal.Read(ctx, path)
	if err != nil {
		return journal.Run{}, "", err
	}
	defer j.Close()
	if id == "" {
		run, err = j.Last(ctx)
	} else {
		run, err = j.Run(ctx, id)
	}
	if errors.Is(err, journal.ErrNoRun) {
		err = &usageError{Message: fmt.Sprintf("%s holds no run that fits.", path), NextStep: "See enlist history --state " + path + ".", cause: err}
	}
	return run, path, err
}

// nothingGiven says how a run is given its input again.
func nothingGiven(run *journal.Run) error {
	return &usageError{Message: fmt.Sprintf("Nothing came from standard input, and the run %s needs its input again.", run.ID),
		NextStep: fmt.Sprintf("Give it the same again, as in: enlist resume %s - < FILE. Or run the input as it is now: what is done is found, not done twice.", run.ID)}
}

// checkUnchanged refuses an input that is not what it was when the run began.
func (a assignment) checkUnchanged() error {
	if a.resumed == nil || a.resumed.SHA256 == a.survey.sha256 {
		return nil
	}
	const runIt = "run it as it is now with enlist run: what is done is found, not done twice."
	if a.givenAgain {
		return &usageError{Message: fmt.Sprintf("Standard input is not what the run %s has read.", a.resumed.ID),
			NextStep: "Give it the same input again. Or " + runIt}
	}
	return &usageError{
		Message:  fmt.Sprintf("The file %s has changed since the run %s began.", a.path, a.resumed.ID),
		NextStep: "Put the former file back, or give its content with -, then resume. Or " + runIt,
	}
}
