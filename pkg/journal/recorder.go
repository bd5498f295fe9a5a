package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"enlist/pkg/onboard"
)

// Recorder records one run.
type Recorder struct {
	journal *Journal
	run     Run
	resumed bool
	deeds   *deeds
	told    toldDeeds // by outcomes of earlier sittings
	former  former

	place    int // of the next outcome
	left     int // rows that are still to be done
	verdicts map[onboard.Verdict]int
}

// Record keeps the outcome of the next row of the input, unless the row was found
// as wanted: most rows of most nights are, and when the run is gone on with, to look
// again costs less than to have kept them all. It fails when the run can't be
// recorded any more; then the run must stop. It must not be called by two
// goroutines at once.
func (r *Recorder) Record(o onboard.Outcome) error {
	place := r.place
	r.place++
	if r.verdicts == nil {
		r.verdicts = map[onboard.Verdict]int{}
	}
	r.verdicts[o.Verdict]++
	final := isFinal(o)
	if !final {
		r.left++
	}
	if o.Row.Known != nil || o.Verdict == onboard.Unchanged {
		return r.journal.writer.err()
	}
	text, err := json.Marshal(storedOutcome{Outcome: o})
	if err != nil {
		return err
	}
	return r.journal.writer.put(`INSERT INTO rows (run, place, line, address, person, verdict, final, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run, place) DO UPDATE SET person = excluded.person, verdict = excluded.verdict, final = excluded.final, outcome = excluded.outcome`,
		r.run.seq, place, o.Row.Line, strings.ToLower(o.Row.Contact.Email), o.Contact.ID, string(o.Verdict), final, string(text))
}

// isFinal reports whether going on with the run would leave the row as it is.
// What failed for a reason that lies with the tenant is tried again.
func isFinal(o onboard.Outcome) bool {
	if o.Problem == nil {
		return o.Verdict != onboard.Deferred
	}
	switch o.Problem.Code {
	case onboard.CodeContactUncertain, onboard.CodeContactNotReady, onboard.CodeMemberNotVisible:
		return false
	}
	return o.Verdict != onboard.Deferred && !strings.HasPrefix(string(o.Problem.Code), "tenant.")
}

// storedOutcome is an outcome without its row, which the input has.
type storedOutcome struct {
	onboard.Outcome
	Row *struct{} `json:",omitempty"` // hides the outcome's
}

// Rows passes the rows of the input on, with what is known of those that this
// run has done already.
func (r *Recorder) Rows(ctx context.Context, rows iter.Seq2[onboard.Row, error]) iter.Seq2[onboard.Row, error] {
	if !r.resumed {
		return rows
	}
	return func(yield func(onboard.Row, error) bool) {
		// A run that is stopped still passes all rows on, to account for them.
		known, err := r.known(context.WithoutCancel(ctx))
		if err != nil {
			yield(onboard.Row{}, err)
			return
		}
		defer known.rows.Close()
		place := 0
		for row, err := range rows {
			if err == nil {
				row.Known, err = known.at(place, row.Line)
			}
			place++
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// knownRows is a walk through the final outcomes of a run, in input order.
type knownRows struct {
	path string
	rows *sql.Rows

	ahead   bool // next holds an outcome that was not asked for yet
	place   int
	line    int
	outcome string
}

func (r *Recorder) known(ctx context.Context) (*knownRows, error) {
	rows, err := r.journal.db.QueryContext(ctx, `SELECT place, line, outcome FROM rows WHERE run = ? AND final ORDER BY place`, r.run.seq)
	if err != nil {
		return nil, explain(r.journal.path, err)
	}
	return &knownRows{path: r.journal.path, rows: rows}, nil
}

// at gives the final outcome of the row at the place; nil if there is none.
func (k *knownRows) at(place, line int) (*onboard.Outcome, error) {
	if !k.ahead && k.rows.Next() {
		if err := k.rows.Scan(&k.place, &k.line, &k.outcome); err != nil {
			return nil, explain(k.path, err)
		}
		k.ahead = true
	}
	if err := k.rows.Err(); err != nil {
		return nil, explain(k.path, err)
	}
	if !k.ahead || k.place != place {
		return nil, nil
	}
	k.ahead = false
	if k.line != line {
		return nil, fmt.Errorf("row %d was read from line %d when the run began and from line %d now: the input is not read as it was", place+1, k.line, line)
	}
	var stored storedOutcome
	if err := json.Unmarshal([]byte(k.outcome), &stored); err != nil {
		return nil, &Error{Path: k.path, Message: "holds an outcome that can't be read: " + err.Error(), NextStep: startAnew, Cause: err}
	}
	return &stored.Outcome, nil
}

// End records how the run ended.
func (r *Recorder) End(e End) error {
	complete := e.WholeInput && r.left == 0
	verdicts, err := json.Marshal(r.verdicts)
	if err != nil {
		return err
	}
	return r.journal.writer.commit(`UPDATE runs SET ended = ?, complete = ?, exit_code = ?, stopped_because = ?, verdicts = ?, rows = ? WHERE seq = ?`,
		textOf(e.Ended), complete, e.ExitCode, e.StoppedBecause, string(verdicts), r.place, r.run.seq)
}
