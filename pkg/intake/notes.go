package intake

import "enlist/pkg/onboard"

// maxWarnings bounds the warnings that are kept.
const maxWarnings = 1000

// notes collects the findings while a file is read.
type notes struct{ Findings }

func newNotes(name string, s shape) *notes {
	n := &notes{Findings{Name: name, Dialect: s.dialect, HeaderLine: s.headerLine, Preamble: s.preamble}}
	for i, c := range s.cols {
		n.Columns = append(n.Columns, Column{Number: i + 1, Name: c.name, Field: c.field})
	}
	return n
}

func (n *notes) warn(w Warning) {
	if len(n.Warnings) == maxWarnings {
		n.WarningsLeftOut++
		return
	}
	n.Warnings = append(n.Warnings, w)
}

func (n *notes) repeat(r Repeat) {
	if len(n.Repeats) == maxWarnings {
		n.RepeatsLeftOut++
		return
	}
	n.Repeats = append(n.Repeats, r)
}

func (n *notes) count(problem *onboard.Problem) {
	n.Rows++
	if problem != nil {
		n.Invalid++
	}
}

// aside notes a line that is no row.
func (n *notes) aside(what string, rec Record) {
	if what == asideFooter && len(n.Footer) < maxWarnings {
		n.Footer = append(n.Footer, Line{rec.Line, rec.Source})
		return
	}
	n.warn(Warning{Line: rec.Line, Message: "set aside: " + what})
}
