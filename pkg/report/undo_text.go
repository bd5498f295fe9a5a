package report

import (
	"io"
	"path/filepath"
	"slices"
)

// Failed counts the changes that could not be taken back so far.
func (w *UndoWriter) Failed() int { return w.summary.Results[string(ReversalFailed)] }

// WriteText tells the undo to a person who reads nothing else.
func (s UndoSummary) WriteText(out io.Writer) error {
	var t text
	t.line("Took back %d changes; %d were left as they are, %d failed.",
		s.Results[string(ReversalDone)], s.Results[string(ReversalLeft)], s.Results[string(ReversalFailed)])
	if s.StoppedBecause != "" {
		t.line("Stopped before the end. %s Do it again: enlist undo %s", s.StoppedBecause, s.Undoes)
	}
	t.line("Report: %s", s.Dir)
	if slices.Contains(s.Files, htmlName) {
		t.line("To look at: %s", filepath.Join(s.Dir, htmlName))
	}
	t.line("Exit code: %d", s.ExitCode)
	_, err := t.WriteTo(out)
	return err
}
