package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Undo is what is known about an undo before its first change.
type Undo struct {
	ID        string
	Undoes    string // the run that is taken back
	Tenant    string // as the user named it
	Simulated bool
	Input     Input // of the run that is taken back
	Started   time.Time
}

// UndoSummary is an undo in numbers, and the content of its summary.json.
type UndoSummary struct {
	Run       string `json:"run"`
	Undoes    string `json:"undoes"`
	Tenant    string `json:"tenant"`
	Simulated bool   `json:"simulated"`
	Input     struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	} `json:"input"`
	Results map[string]int `json:"results"` // changes; every result has an entry
	// Changes counts the results of each kind of change.
	Changes map[string]map[string]int `json:"changes"`

	Traffic

	Started        time.Time `json:"started"`
	Ended          time.Time `json:"ended"`
	StoppedBecause string    `json:"stopped_because"`
	ExitCode       int       `json:"exit_code"`

	// Files are the names of the report's other files, in the folder Dir.
	Files []string `json:"files"`
	Dir   string   `json:"-"`
}

// UndoWriter writes the report of an undo: report.csv, report.jsonl and
// report.html with a line for each change, and summary.json. Its methods must
// not be called by two goroutines at once.
type UndoWriter struct {
	dir     string
	files   []reversalFile
	html    bool
	all     []Reversal // for report.html, which tells first what has to be looked at
	summary UndoSummary
	failed  error
	closed  bool
}

// reversalFile is one of the files that grow with every change.
type reversalFile interface {
	add(Reversal) error
	commit() error
	abandon() error
}

// CreateUndo begins the report of an undo in the folder dir, which is made if
// need be, for its owner's eyes only. End it with Finish or Close.
func CreateUndo(dir string, u Undo, formats []string) (*UndoWriter, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the report's folder: %w", err)
	}
	w := &UndoWriter{dir: dir, summary: UndoSummary{
		Run: u.ID, Undoes: u.Undoes, Tenant: u.Tenant, Simulated: u.Simulated, Started: u.Started, Dir: dir,
		Results: counts(map[ReversalResult]int{}, reversalResults()), Changes: map[string]map[string]int{}, Files: []string{},
	}}
	w.summary.Input.Name, w.summary.Input.SHA256 = u.Input.Name, u.Input.SHA256
	for _, format := range slices.Compact(slices.Sorted(slices.Values(formats))) {
		if err := w.open(format); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.summary.Files = append(w.summary.Files, "report."+format)
	}
	return w, nil
}

func (w *UndoWriter) open(format string) error {
	switch format {
	case FormatCSV:
		f, err := createReversalCSV(w.dir, csvName)
		if err == nil {
			w.files = append(w.files, f)
		}
		return err
	case FormatJSONL:
		f, err := createReversalJSONL(w.dir, jsonlName)
		if err == nil {
			w.files = append(w.files, f)
		}
		return err
	case FormatHTML:
		w.html = true
		return nil
	}
	return fmt.Errorf("unknown report format %q: use %s, %s or %s", format, FormatCSV, FormatJSONL, FormatHTML)
}

// Add writes what became of the next change. An error, which wraps ErrWrite,
// means that the report can't be completed any more; Finish returns it too.
func (w *UndoWriter) Add(v Reversal) error {
	if w.closed {
		return errClosed
	}
	w.summary.Results[string(v.Result)]++
	if w.summary.Changes[v.Change] == nil {
		w.summary.Changes[v.Change] = counts(map[ReversalResult]int{}, reversalResults())
	}
	w.summary.Changes[v.Change][string(v.Result)]++
	if w.html {
		w.all = append(w.all, v)
	}
	for _, f := range w.files {
		if err := f.add(v); w.failed == nil && err != nil {
			w.failed = &writeError{err}
		}
	}
	return w.failed
}

// Finish completes the report and gives the files their names, summary.json
// last. The summary holds all counts even if there is an error, which wraps
// ErrWrite.
func (w *UndoWriter) Finish(end End) (UndoSummary, error) {
	s := &w.summary
	s.Traffic = end.Traffic.told()
	s.Ended, s.StoppedBecause, s.ExitCode = end.Ended, end.StoppedBecause, end.ExitCode
	if w.closed || w.failed != nil {
		return *s, errors.Join(w.failed, w.Close())
	}
	w.closed = true
	for i, f := range w.files {
		if err := f.commit(); err != nil {
			for _, left := range w.files[i+1:] {
				_ = left.abandon() // the first error is the one to tell
			}
			return *s, &writeError{err}
		}
	}
	if w.html {
		if err := w.savePage(); err != nil {
			return *s, &writeError{err}
		}
	}
	if err := saveJSON(filepath.Join(w.dir, summaryName), s); err != nil {
		return *s, &writeError{err}
	}
	return *s, nil
}

// Close gives the report up where it stands: what is written stays under the
// temporary names. It does nothing after Finish.
func (w *UndoWriter) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.abandon())
	}
	return errors.Join(errs...)
}
