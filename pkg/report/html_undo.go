package report

import (
	"html/template"
	"io"
	"slices"
)

// undoView is what the template of an undo's page is filled with.
type undoView struct {
	UndoSummary
	Title    string
	Policy   string
	Style    template.CSS
	Headline string
	File     string // the input's name without its folder
	Parts    []undoPart
	Numbers  []number
}

// undoPart are the changes with one result.
type undoPart struct {
	Title, Class string
	Reversals    []Reversal
}

// savePage writes report.html, what failed first and what is done last.
func (w *UndoWriter) savePage() error {
	page, err := newPage()
	if err != nil {
		return err
	}
	p, err := createPartial(w.dir, htmlName)
	if err != nil {
		return err
	}
	if err := page.undo(&p.buf, w.summary, w.all); err != nil {
		p.abandon()
		return err
	}
	return p.commit()
}

// undo writes the page, which needs no script.
func (p *page) undo(out io.Writer, s UndoSummary, all []Reversal) error {
	view := undoView{
		UndoSummary: s,
		Title:       "Undo of run " + s.Undoes,
		Policy:      p.policyWithoutScript(),
		Style:       p.style,
		Headline:    undoHeadline(s),
		File:        inputName(s.Input.Name),
		Numbers:     slices.DeleteFunc([]number{{"Exchange commands", listed("", s.Commands, byCount(s.Commands))}}, func(n number) bool { return n.Value == "" }),
	}
	for _, part := range []struct {
		result       ReversalResult
		title, class string
	}{
		{ReversalFailed, "Failed", "failed"},
		{ReversalLeft, "Left as it is", "partial"},
		{ReversalDone, "Taken back", "changed"},
	} {
		var found []Reversal
		for _, v := range all {
			if v.Result == part.result {
				found = append(found, v)
			}
		}
		if len(found) > 0 {
			view.Parts = append(view.Parts, undoPart{part.title, part.class, found})
		}
	}
	if err := p.templates.ExecuteTemplate(out, "head.tmpl", view); err != nil {
		return err
	}
	return p.templates.ExecuteTemplate(out, "undo.tmpl", view)
}

func undoHeadline(s UndoSummary) string {
	done, left, failed := s.Results[string(ReversalDone)], s.Results[string(ReversalLeft)], s.Results[string(ReversalFailed)]
	switch {
	case s.StoppedBecause != "":
		return "Stopped early: " + changesInWords(done) + " taken back"
	case failed > 0:
		return changesInWords(failed) + " could not be taken back"
	case left > 0:
		return changesInWords(done) + " taken back, " + grouped(left) + " left as found"
	}
	return changesInWords(done) + " taken back"
}

func changesInWords(n int) string {
	if n == 1 {
		return "1 change"
	}
	return grouped(n) + " changes"
}
