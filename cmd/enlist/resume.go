package main

import (
	"context"
	"errors"
	"fmt"

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
		Use:   "resume [RUN]",
		Short: "Go on with a run that was interrupted or killed",
		Long: `Goes on with RUN, or with the last run, on the same file and with the same
settings. Rows that were done are not done again; what the run had intended, but
not seen confirmed, is looked up in the tenant. The report is then that of the
whole run, with every row once.

A run that was recorded to its end can't be gone on with; its retry.csv holds
the rows that failed.`,
		Example: `  enlist resume
  enlist resume 20260824T220000Z-3f1a --state /var/lib/enlist/contoso.db`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) == 1 {
				id = args[0]
			}
			return resume(cmd.Context(), cmd, &o, all, &where, id)
		},
	}
	where.register(cmd.Flags())
	for _, name := range perSitting() {
		cmd.Flags().AddFlag(all.Lookup(name))
	}
	return cmd
}

func resume(ctx context.Context, cmd *cobra.Command, o *runOptions, all *pflag.FlagSet, where *lookup, id string) error {
	run, path, err := where.find(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case run.Complete:
		return &usageError{Message: fmt.Sprintf("The run %s was done to its end: there is nothing to go on with.", run.ID),
			NextStep: "Rows that failed are in retry.csv in " + run.Report + "."}
	case run.Settings["plan"] != nil:
		return &usageError{Message: fmt.Sprintf("The run %s was held to a plan, which is out of date by now.", run.ID),
			NextStep: "Make a new plan of the file and run that: what is done is found, not done twice."}
	case run.Input == stdin:
		return &usageError{Message: fmt.Sprintf("The run %s read standard input, which can't be read again.", run.ID),
			NextStep: "Run the same input again: what is done is found, not done twice."}
	}
	if err := applySettings(all, run.Settings); err != nil {
		return err
	}
	o.state.path = path
	return carryOut(ctx, cmd, o, assignment{path: run.Input, settings: run.Settings, resumed: &run})
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

// checkUnchanged refuses an input that is not what it was when the run began.
func (a assignment) checkUnchanged() error {
	if a.resumed == nil || a.resumed.SHA256 == a.known().sha256 {
		return nil
	}
	return &usageError{
		Message:  fmt.Sprintf("The file %s has changed since the run %s began.", a.path, a.resumed.ID),
		NextStep: "Run it as it is now with enlist run: what is done is found, not done twice. Or put the former file back, then resume.",
	}
}
