package main

import (
	"fmt"
	"maps"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/report"
)

func newPlanCommand() *cobra.Command {
	o := runOptions{dryRun: true}
	cmd := &cobra.Command{
		Use:   "plan FILE…",
		Short: "Tell what run would do, and change nothing",
		Long: `Does everything that run does but the changes; the report tells what would
happen. With --out, the plan is kept in a file, bound to the input as it is and
to the tenant as it was found. "enlist run --plan" then does just that, and
refuses, row by row, what has become different in the meantime.`,
		Example: `  enlist plan --tenant contoso.onmicrosoft.com people.csv
  enlist plan --tenant contoso.onmicrosoft.com --out people.plan people.csv`,
		Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			return carryOut(cmd.Context(), cmd, &o, assignmentsOf(cmd, args)...)
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().StringVar(&o.planOut, "out", "", "keep the plan in this file, for enlist run --plan")
	cmd.Flags().BoolVar(&o.tellChanges, "detailed-exitcode", false, "end with exit code 4, not 0, when there are changes to make")
	return cmd
}

// runPlan does what a kept plan says.
func runPlan(cmd *cobra.Command, o *runOptions, path string, args []string) error {
	if len(args) > 0 || o.dryRun {
		return &usageError{Message: "--plan takes neither a file nor --dry-run: the plan names its file, and is one.",
			NextStep: "Write: enlist run --plan " + path}
	}
	plan, err := readPlan(path, "Make one with enlist plan --out FILE.")
	if err != nil {
		return err
	}
	if err := applySettings(cmd.Flags(), plan.Settings); err != nil {
		return err
	}
	return carryOut(cmd.Context(), cmd, o, assignment{path: plan.Input, settings: settingsOf(cmd.Flags()), plan: plan})
}

func readPlan(path, orElse string) (*journal.Plan, error) {
	plan, err := journal.ReadPlan(path)
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("The plan can't be used: %v.", err), NextStep: orElse, cause: err}
	}
	return plan, nil
}

// resumedPlan is the plan that the run was held to when it was cut off; nil for
// none.
func resumedPlan(run journal.Run) (*journal.Plan, error) {
	path := run.Settings["plan"]
	if path == nil {
		return nil, nil
	}
	const orElse = "Put it back, then resume. Or make a new plan of the file and run that: what is done is found, not done twice."
	plan, err := readPlan(path[0], orElse)
	if err != nil {
		return nil, err
	}
	if plan.FileSHA256 != run.PlanSHA256 {
		return nil, &usageError{Message: fmt.Sprintf("The plan %s has changed since the run %s began.", path[0], run.ID), NextStep: orElse}
	}
	return plan, nil
}

// planSHA256 is the hash of the plan; empty if there is none.
func (a assignment) planSHA256() string {
	if a.plan == nil {
		return ""
	}
	return a.plan.FileSHA256
}

// held gives t, held to the plan if there is one.
func (a assignment) held(t onboard.Tenant, record *journal.Recorder) onboard.Tenant {
	if a.plan == nil {
		return t
	}
	return a.plan.Hold(t, record)
}

// checkPlanned refuses an input that is not what the plan was made of.
func (a assignment) checkPlanned() error {
	if a.plan == nil || a.plan.SHA256 == a.survey.sha256 {
		return nil
	}
	return &usageError{Message: fmt.Sprintf("The file %s has changed since the plan was made at %s.", a.path, a.plan.Made.Local().Format("2006-01-02 15:04:05 MST")),
		NextStep: "Make a new plan of it, look at it, and run that."}
}

// keptPlan is the plan that a dry run keeps; a nil one keeps nothing.
type keptPlan struct{ *journal.PlanWriter }

func (o *runOptions) beginPlan(a assignment, tenant *connection) (*keptPlan, error) {
	if o.planOut == "" {
		return nil, nil
	}
	settings := maps.Clone(a.settings)
	for _, own := range []string{"out", "report", "detailed-exitcode"} { // of the dry run
		delete(settings, own)
	}
	w, err := journal.NewPlan(o.planOut, journal.Plan{
		Tenant: tenant.name, Input: absolute(a.path), SHA256: a.survey.sha256, Settings: settings, Made: time.Now(),
	})
	return &keptPlan{w}, unwritten(err)
}

// unwritten tells that the plan can't be written, if so.
func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{Message: fmt.Sprintf("The plan can't be written: %v.", err), NextStep: "If the disk is full, make room. Or name another file with --out.", cause: err}
}

func (k *keptPlan) add(o onboard.Outcome) error {
	if k == nil {
		return nil
	}
	return unwritten(k.Add(o))
}

// addRemoval adds somebody who would be taken away.
func (k *keptPlan) addRemoval(v report.Reversal) error {
	if k == nil {
		return nil
	}
	return unwritten(k.AddRemoval(v.Change, v.Person, v.Group))
}

// end keeps the plan only if it is whole.
func (k *keptPlan) end(runErr error) error {
	if k == nil {
		return nil
	}
	if runErr != nil {
		return k.Abandon()
	}
	return unwritten(k.Finish())
}
