package onboard

// draft is the outcome of a row that was worked on, without what depends on the
// rows before it: which row a setting's change is told with, and how many members
// a group has by then. So the same input gives the same outcomes, whichever row
// happens to be worked on first.
type draft struct {
	outcome Outcome
	last    [][]func(*GroupResult) // by group
	done    func(Outcome)          // is told the whole outcome; may be nil
}

// take makes the targets the outcome's groups.
func (d *draft) take(targets []target) {
	d.outcome.Groups = make([]GroupResult, len(targets))
	d.last = make([][]func(*GroupResult), len(targets))
	for i, t := range targets {
		d.outcome.Groups[i], d.last[i] = t.result, t.last
	}
}

// complete gives the whole outcome, and tells who watches the row. All rows
// before this one are complete.
func (d *draft) complete() Outcome {
	o := d.whole()
	if d.done != nil {
		d.done(o)
	}
	return o
}

func (d *draft) whole() Outcome {
	o := d.outcome
	if o.Verdict != "" {
		return o // decided without work
	}
	for i := range o.Groups {
		g := &o.Groups[i]
		for _, complete := range d.last[i] {
			complete(g)
		}
		if g.Senders == SendersOpen && g.opened() {
			g.Senders = SendersOpened
		}
	}
	o.Problem = o.firstProblem()
	o.Verdict = o.verdict()
	o.Note = joinNotes(o.Note, notes(o))
	return o
}
