package report

import (
	"fmt"
	"path/filepath"
)

const removalsName = "removals.csv"

// removalsShown bounds the removals that report.html and the text tell of; the
// file has all.
const removalsShown = 500

// removals collects what became of the people who are no longer in the input.
// Its file is begun with the first of them.
type removals struct {
	dir     string
	file    *reversalCSV
	results map[ReversalResult]int
	shown   []Reversal // at most removalsShown
}

func newRemovals(dir string) (*removals, error) {
	// What a killed run left would pass for this run's.
	if err := removeIfExists(filepath.Join(dir, removalsName+partialSuffix)); err != nil {
		return nil, err
	}
	return &removals{dir: dir, results: map[ReversalResult]int{}}, nil
}

func (r *removals) add(v Reversal) error {
	if r.file == nil {
		var err error
		if r.file, err = createReversalCSV(r.dir, removalsName); err != nil {
			return err
		}
	}
	r.results[v.Result]++
	if len(r.shown) < removalsShown {
		r.shown = append(r.shown, v)
	}
	return r.file.add(v)
}

// commit also takes away the file of an earlier report in the same folder when
// this run removed nobody.
func (r *removals) commit() error {
	if r.file == nil {
		return removeIfExists(filepath.Join(r.dir, removalsName))
	}
	return r.file.commit()
}

func (r *removals) abandon() error {
	if r.file == nil {
		return nil
	}
	return r.file.abandon()
}

// all counts the removals.
func (r *removals) all() int {
	n := 0
	for _, of := range r.results {
		n += of
	}
	return n
}

// Remove writes what became of a change of an earlier run that was taken back
// because the input does not ask for it any more: who left a group or its list of
// senders, or a contact that nobody needs.
func (w *Writer) Remove(v Reversal) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	w.keep(w.removals.add(v))
	return w.failed
}

func (t *text) removals(s Summary) {
	if len(s.shownRemovals) == 0 {
		return
	}
	t.WriteString("\nNo longer in the input:\n")
	for i, v := range s.shownRemovals {
		if i == groupsInText {
			t.line("  %s in %s.", isMore(s.allRemovals-i, "removal is", "removals are"), removalsName)
			break
		}
		t.line("  %s", v.brief())
	}
	if s.Removals[string(ReversalFailed)] > 0 {
		t.line("  What failed is tried again when the file is run again with --prune.")
	}
}

// brief tells a removal in a line.
func (v Reversal) brief() string {
	switch v.Result {
	case ReversalPlanned:
		return "would " + v.Doing
	case ReversalLeft:
		return fmt.Sprintf("left as it is: %s: %s", v.Doing, v.Message)
	case ReversalFailed:
		return fmt.Sprintf("failed: %s: %s", v.Doing, v.Message)
	}
	return "done: " + v.Doing
}
