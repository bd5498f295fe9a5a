package report

import (
	"encoding/json"
	"time"

	"github.com/gocarina/gocsv"
)

// ReversalResult is what became of a change that was to be taken back.
type ReversalResult string

// The results.
const (
	// ReversalDone: the change is taken back.
	ReversalDone ReversalResult = "done"
	// ReversalPlanned: it would be, but this is a dry run.
	ReversalPlanned ReversalResult = "planned"
	// ReversalLeft: it is left as it is, for the reason in the message.
	ReversalLeft ReversalResult = "left"
	// ReversalFailed: it could not be taken back, and can be tried again.
	ReversalFailed ReversalResult = "failed"
)

func reversalResults() []ReversalResult {
	return []ReversalResult{ReversalDone, ReversalPlanned, ReversalLeft, ReversalFailed}
}

// Reversal is what became of one change of an earlier run that was to be taken
// back: a line in the report of an undo, or in a run's removals.csv.
type Reversal struct {
	Result ReversalResult
	// Change is the change's stable name: add_member and so on.
	Change string
	// Doing says in words what taking it back means: "take … out of …".
	Doing    string
	Person   string // address; empty for a change of a group alone
	Group    string // address; empty for a change of a person alone
	Message  string // why it was left or failed
	NextStep string // what to do about that
	// Run made the change, at that time; empty and zero if that is not known.
	Run string
	At  time.Time
}

// reversalLine is a Reversal as both its files have it.
type reversalLine struct {
	Result   string `csv:"result" json:"result"`
	Doing    string `csv:"what" json:"what"`
	Change   string `csv:"change" json:"change"`
	Person   string `csv:"person" json:"person"`
	Group    string `csv:"group" json:"group"`
	Message  string `csv:"message" json:"message"`
	NextStep string `csv:"next_step" json:"next_step"`
	Run      string `csv:"made_by_run" json:"made_by_run"`
	At       string `csv:"made_at" json:"made_at"`
}

func (v Reversal) line() reversalLine {
	l := reversalLine{
		Result: string(v.Result), Doing: v.Doing, Change: v.Change, Person: v.Person, Group: v.Group,
		Message: v.Message, NextStep: v.NextStep, Run: v.Run,
	}
	if !v.At.IsZero() {
		l.At = v.At.UTC().Format(time.RFC3339)
	}
	return l
}

// reversalCSV writes reversals as report.csv is written: UTF-8 with a byte order
// mark, RFC 4180.
type reversalCSV struct {
	*partialFile
	cells *cellWriter
}

func createReversalCSV(dir, name string) (*reversalCSV, error) {
	p, err := createPartial(dir, name)
	if err != nil {
		return nil, err
	}
	c := &reversalCSV{partialFile: p, cells: newCellWriter(p)}
	if err := gocsv.MarshalCSV([]reversalLine{}, c.cells); err != nil {
		p.abandon()
		return nil, err
	}
	return c, nil
}

func (c *reversalCSV) add(v Reversal) error {
	if err := gocsv.MarshalCSVWithoutHeaders([]reversalLine{v.line()}, c.cells); err != nil {
		return err
	}
	return c.endLine()
}

// reversalJSONL writes them as JSON Lines, as they are.
type reversalJSONL struct {
	*partialFile
	encoder *json.Encoder
}

func createReversalJSONL(dir, name string) (*reversalJSONL, error) {
	p, err := createPartial(dir, name)
	if err != nil {
		return nil, err
	}
	j := &reversalJSONL{partialFile: p, encoder: json.NewEncoder(&p.buf)}
	j.encoder.SetEscapeHTML(false)
	return j, nil
}

func (j *reversalJSONL) add(v Reversal) error {
	if err := j.encoder.Encode(v.line()); err != nil {
		return err
	}
	return j.endLine()
}
