package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"enlist/pkg/onboard"
)

// Run is what is known about a run.
type Run struct {
	ID        string `json:"run"`
	Tenant    string `json:"tenant"` // as the user named it
	Simulated bool   `json:"simulated"`
	// Source names where the input comes from, night after night.
	Source string `json:"source"`
	Input  string `json:"input"`  // the file's absolute path
	SHA256 string `json:"sha256"` // of the input, hexadecimal
	Rows   int    `json:"rows"`   // of the input; 0 while not known
	// Undoes is the run that this one takes back; empty for a run over an input.
	Undoes string `json:"undoes,omitempty"`
	// Settings are the flags that the run was given, by name.
	Settings map[string][]string `json:"settings"`
	// PlanSHA256 is the plan that the run is held to, by its file's hash; empty
	// for none.
	PlanSHA256 string `json:"plan_sha256,omitempty"`
	Report     string `json:"report"` // the folder of the report

	Started time.Time `json:"started"`
	// Ended is zero for a run that goes on, or that was killed.
	Ended time.Time `json:"ended,omitzero"`
	// Complete: every row has its final outcome.
	Complete       bool                    `json:"complete"`
	ExitCode       int                     `json:"exit_code"`
	StoppedBecause string                  `json:"stopped_because,omitempty"`
	Verdicts       map[onboard.Verdict]int `json:"verdicts"`

	seq int64
}

// End is how a run, or the part of it that has just been done, ended.
type End struct {
	Ended          time.Time
	ExitCode       int
	StoppedBecause string
	// WholeInput: the input was read to its end.
	WholeInput bool
}

// ErrNoRun: no run is recorded that fits.
var ErrNoRun = errors.New("no such run is recorded")

// timeFormat sorts as text, in UTC.
const timeFormat = "2006-01-02T15:04:05.000Z"

func textOf(t time.Time) string { return t.UTC().Format(timeFormat) }

// timeOf reads what textOf wrote; anything else is the zero time.
func timeOf(text string) time.Time {
	t, err := time.Parse(timeFormat, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Begin records that a run begins.
func (j *Journal) Begin(ctx context.Context, r Run) (*Recorder, error) {
	settings, err := json.Marshal(r.Settings)
	if err != nil {
		return nil, err
	}
	err = j.writer.commit(`INSERT INTO runs (id, tenant, simulated, source, input, sha256, rows, settings, report, started, undoes, plan_sha256)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Tenant, r.Simulated, r.Source, r.Input, r.SHA256, r.Rows, string(settings), r.Report, textOf(r.Started), r.Undoes, r.PlanSHA256)
	if err != nil {
		return nil, err
	}
	begun, err := j.Run(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return &Recorder{journal: j, run: begun, deeds: newDeeds()}, nil
}

// Continue goes on recording a run that was cut off.
func (j *Journal) Continue(ctx context.Context, r Run) (*Recorder, error) {
	deeds, told, err := j.recall(ctx, r)
	if err != nil {
		return nil, explain(j.path, err)
	}
	err = j.writer.commit(`UPDATE runs SET ended = '', complete = 0, stopped_because = '' WHERE seq = ?`, r.seq)
	if err != nil {
		return nil, err
	}
	return &Recorder{journal: j, run: r, deeds: deeds, told: told, resumed: true}, nil
}

const runColumns = `seq, id, tenant, simulated, source, input, sha256, rows, settings, report, started, ended, complete, exit_code, stopped_because, verdicts, undoes, plan_sha256`

// Run gives the run with the id, which may be shortened as long as it means
// one run only.
func (j *Journal) Run(ctx context.Context, id string) (Run, error) {
	found, err := j.runs(ctx, `WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id = ?1 DESC LIMIT 2`, id)
	switch {
	case err != nil:
		return Run{}, err
	case len(found) == 0 || id == "":
		return Run{}, fmt.Errorf("%w: %s", ErrNoRun, id)
	case len(found) > 1 && found[0].ID != id:
		return Run{}, fmt.Errorf("%w: more than one begins with %s", ErrNoRun, id)
	}
	return found[0], nil
}

// Last gives the run over an input that began last.
func (j *Journal) Last(ctx context.Context) (Run, error) {
	return one(j.runs(ctx, `WHERE undoes = '' ORDER BY seq DESC LIMIT 1`))
}

// LastOfSource gives the last run over the whole of an input of that name.
func (j *Journal) LastOfSource(ctx context.Context, tenant, source string) (Run, error) {
	return one(j.runs(ctx, `WHERE tenant = ? AND source = ? AND undoes = '' AND complete ORDER BY seq DESC LIMIT 1`, tenant, source))
}

// Runs gives all runs, the last one first.
func (j *Journal) Runs(ctx context.Context) ([]Run, error) {
	return j.runs(ctx, `ORDER BY seq DESC`)
}

func one(runs []Run, err error) (Run, error) {
	if err == nil && len(runs) == 0 {
		err = ErrNoRun
	}
	if err != nil {
		return Run{}, err
	}
	return runs[0], nil
}

func (j *Journal) runs(ctx context.Context, which string, args ...any) ([]Run, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT `+runColumns+` FROM runs `+which, args...)
	if err != nil {
		return nil, explain(j.path, err)
	}
	runs, err := collect(rows, scanRun)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return runs, nil
}

func scanRun(rows *sql.Rows) (Run, error) {
	var r Run
	var settings, started, ended, verdicts string
	err := rows.Scan(&r.seq, &r.ID, &r.Tenant, &r.Simulated, &r.Source, &r.Input, &r.SHA256, &r.Rows, &settings, &r.Report,
		&started, &ended, &r.Complete, &r.ExitCode, &r.StoppedBecause, &verdicts, &r.Undoes, &r.PlanSHA256)
	if err != nil {
		return Run{}, err
	}
	r.Started, r.Ended = timeOf(started), timeOf(ended)
	return r, errors.Join(json.Unmarshal([]byte(settings), &r.Settings), json.Unmarshal([]byte(verdicts), &r.Verdicts))
}

// collect reads all rows of an answer.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
