package main

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"enlist/pkg/intake"
	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/report"
)

// record is what is kept of the run in hand: nothing if there is no state file.
type record struct {
	run     report.Run // begun now, or gone on with
	folder  string     // of the report
	journal *journal.Journal
	writer  *journal.Recorder
}

// openRecord takes the state file for this process, before anybody is asked
// anything.
func (o *runOptions) openRecord(ctx context.Context) (*record, error) {
	path, err := o.statePath()
	if err != nil || path == "" {
		return &record{}, err
	}
	j, err := journal.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return &record{journal: j}, nil
}

// another is for one more run in the same state file.
func (r *record) another() *record { return &record{journal: r.journal} }

// checkLimits refuses an input that is not what could be expected.
func (r *record) checkLimits(ctx context.Context, a assignment, tenant *connection, o *runOptions) error {
	if a.resumed != nil {
		return nil
	}
	nameless := a.input.copied && o.state.source == "" // and may be another one each time
	if r.journal == nil || nameless {
		return o.limits.check(a.survey, nil)
	}
	last, err := r.journal.LastOfSource(ctx, tenant.name, o.state.sourceOf(a))
	if errors.Is(err, journal.ErrNoRun) {
		return o.limits.check(a.survey, nil)
	}
	if err != nil {
		return err
	}
	return o.limits.check(a.survey, &last)
}

// Close gives the state file free.
func (r *record) Close() error {
	if r.journal == nil {
		return nil
	}
	return r.journal.Close()
}

// begin records that the run begins, or is gone on with.
func (r *record) begin(ctx context.Context, a assignment, tenant *connection, o *runOptions) error {
	if r.journal == nil {
		return nil
	}
	var err error
	if a.resumed != nil {
		r.writer, err = r.journal.Continue(ctx, *a.resumed)
		return err
	}
	r.writer, err = r.journal.Begin(ctx, journal.Run{
		ID:        r.run.ID,
		Tenant:    tenant.name,
		Simulated: tenant.simulated,
		Source:    o.state.sourceOf(a),
		Input:     a.recordedAs(),
		SHA256:    a.survey.sha256,
		Rows:      a.survey.rows,
		Settings:  a.settings,
		Report:    absolute(r.folder),
		Started:   r.run.Started,

		PlanSHA256: a.planSHA256(),
	})
	return err
}

// tenant gives t with its changes recorded.
func (r *record) tenant(t onboard.Tenant) onboard.Tenant {
	if r.writer == nil {
		return t
	}
	return r.writer.Tenant(t)
}

// rows passes the input's rows on, with what became earlier of those that were
// done before the run was cut off.
func (r *record) rows(ctx context.Context, rows iter.Seq2[onboard.Row, error]) iter.Seq2[onboard.Row, error] {
	if r.writer == nil {
		return rows
	}
	return r.writer.Rows(ctx, rows)
}

func (r *record) add(o onboard.Outcome) error {
	if r.writer == nil {
		return nil
	}
	return r.writer.Record(o)
}

func (r *record) end(end report.End, runErr error) error {
	if r.writer == nil {
		return nil
	}
	return r.writer.End(journal.End{
		Ended:          end.Ended,
		ExitCode:       end.ExitCode,
		StoppedBecause: end.StoppedBecause,
		WholeInput:     runErr == nil,
	})
}

// assignment is what a run is to do.
type assignment struct {
	path     string // of the input
	input    *rereadable
	file     *intake.File
	survey   survey // of the input, before anybody is asked anything
	several  bool   // it is one of several files
	settings map[string][]string
	plan     *journal.Plan // nil if there is none to keep to

	resumed    *journal.Run // nil for a run that begins
	givenAgain bool         // the input of the resumed run comes from standard input
}

// examine reads the input once through, and refuses one that is not what it was.
func (a *assignment) examine(opts intake.Options) (err error) {
	if a.survey, err = a.input.survey(opts); err != nil {
		return err
	}
	if err := a.checkUnchanged(); err != nil {
		return err
	}
	return a.checkPlanned()
}

// recordedAs is what the record calls the input: by its place if it has one that
// lasts.
func (a assignment) recordedAs() string {
	if a.input.copied {
		return stdin
	}
	return absolute(a.path)
}

// assignmentsOf are the runs that a command line asks for: one for each file.
func assignmentsOf(cmd *cobra.Command, paths []string) []assignment {
	var all []assignment
	for _, path := range paths {
		all = append(all, assignment{path: path, several: len(paths) > 1, settings: settingsOf(cmd.Flags())})
	}
	return all
}

func namesOf(assignments []assignment) string {
	names := make([]string, len(assignments))
	for i, a := range assignments {
		names[i] = a.path
	}
	return strings.Join(names, ", ")
}

// named gives the run its name and its report a place: a new one, or those
// that the run had when it began.
func (r *record) named(a assignment, tenant *connection, o *runOptions, started time.Time) {
	id := runID(started)
	if a.resumed != nil {
		id, started = a.resumed.ID, a.resumed.Started
	}
	r.run = report.Run{
		ID:        id,
		Tenant:    tenant.name,
		Simulated: tenant.simulated,
		DryRun:    o.dryRun,
		Input:     report.Input{Name: a.path, SHA256: a.survey.sha256},
		Started:   started,
		Policies:  tenant.policies,
	}
	r.folder = o.reportFolder(a, id)
}

// howToGoOn tells the command that goes on with the run, if there is one.
func (r *record) howToGoOn(a assignment, o *runOptions) string {
	if r.writer == nil {
		return ""
	}
	command := "enlist resume " + r.run.ID
	if a.input.copied {
		command += " -"
	}
	if o.state.path != "" {
		command += " --state " + o.state.path
	} else {
		command += " --tenant " + o.tenant
	}
	if a.input.copied {
		return "Go on with this run, giving it the same input again: " + command
	}
	return "Go on with this run: " + command
}
