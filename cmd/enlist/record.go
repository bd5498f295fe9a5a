package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
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

// examine reads the input once through, if it must be known beforehand.
func (r *record) examine(a *assignment, o *runOptions) error {
	if err := o.limits.validate(a.path); err != nil {
		return err
	}
	if a.path == stdin || r.journal == nil && !o.limits.wantSurvey() && o.planOut == "" && a.plan == nil {
		return nil
	}
	s, err := surveyed(a.path, o.intake())
	if err != nil {
		return err
	}
	a.survey = &s
	return errors.Join(a.checkUnchanged(), a.checkPlanned())
}

// checkLimits refuses an input that is not what could be expected.
func (r *record) checkLimits(ctx context.Context, a assignment, tenant *connection, o *runOptions) error {
	if a.survey == nil || a.resumed != nil {
		return nil
	}
	if r.journal == nil {
		return o.limits.check(*a.survey, nil)
	}
	last, err := r.journal.LastOfSource(ctx, tenant.name, o.state.sourceOf(a.path))
	if errors.Is(err, journal.ErrNoRun) {
		return o.limits.check(*a.survey, nil)
	}
	if err != nil {
		return err
	}
	return o.limits.check(*a.survey, &last)
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
	known := a.known()
	r.writer, err = r.journal.Begin(ctx, journal.Run{
		ID:        r.run.ID,
		Tenant:    tenant.name,
		Simulated: tenant.simulated,
		Source:    o.state.sourceOf(a.path),
		Input:     absoluteInput(a.path),
		SHA256:    known.sha256,
		Rows:      known.rows,
		Settings:  a.settings,
		Report:    absolute(r.folder),
		Started:   r.run.Started,
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
		SHA256:         end.InputSHA256,
		ExitCode:       end.ExitCode,
		StoppedBecause: end.StoppedBecause,
		WholeInput:     runErr == nil,
	})
}

// survey is what is known of an input beforehand.
type survey struct {
	rows, invalid int
	sha256        string
}

// surveyed reads the input once through.
func surveyed(path string, opts intake.Options) (survey, error) {
	stored, err := os.Open(path)
	if err != nil {
		return survey{}, err
	}
	defer stored.Close()
	sum := sha256.New()
	bytes := io.TeeReader(stored, sum)
	file, err := intake.OpenReader(path, bytes, opts)
	if err != nil {
		return survey{}, err
	}
	for _, err := range file.Inspect(0) {
		if err != nil {
			return survey{}, err
		}
	}
	if _, err := io.Copy(io.Discard, bytes); err != nil { // what stands behind the last record
		return survey{}, err
	}
	f := file.Findings()
	return survey{rows: f.Rows, invalid: f.Invalid, sha256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func absoluteInput(path string) string {
	if path == stdin {
		return path
	}
	return absolute(path)
}

// assignment is what a run is to do.
type assignment struct {
	path     string // of the input
	file     *intake.File
	several  bool // it is one of several files
	settings map[string][]string
	survey   *survey       // nil if it was not read beforehand, as standard input can't be
	resumed  *journal.Run  // nil for a run that begins
	plan     *journal.Plan // nil if there is none to keep to
}

// known is what is known of the input.
func (a assignment) known() survey {
	if a.survey == nil {
		return survey{}
	}
	return *a.survey
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
func (r *record) named(a assignment, tenant *connection, o *runOptions) {
	started := time.Now()
	id := runID(started)
	if a.resumed != nil {
		id, started = a.resumed.ID, a.resumed.Started
	}
	r.run = report.Run{
		ID:        id,
		Tenant:    tenant.name,
		Simulated: tenant.simulated,
		DryRun:    o.dryRun,
		Input:     report.Input{Name: a.path, SHA256: a.known().sha256},
		Started:   started,
	}
	r.folder = o.reportFolder(a, id)
	if a.resumed != nil {
		r.folder = a.resumed.Report
	}
}

// howToGoOn is the command that goes on with the run, if there is one.
func (r *record) howToGoOn(o *runOptions) string {
	if r.writer == nil {
		return ""
	}
	command := "enlist resume " + r.run.ID
	if o.state.path != "" {
		return command + " --state " + o.state.path
	}
	return fmt.Sprintf("%s --tenant %s", command, o.tenant)
}
