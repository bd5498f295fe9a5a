package onboard

// Tally counts outcomes.
type Tally struct {
	Rows     int
	Verdicts map[Verdict]int
	Contacts map[Action]int
	Members  map[Action]int
	Senders  map[Action]int
	// Problems counts rows by the code of their first problem.
	Problems map[Code]int
}

// NewTally gives an empty tally.
func NewTally() *Tally {
	return &Tally{
		Verdicts: map[Verdict]int{},
		Contacts: map[Action]int{},
		Members:  map[Action]int{},
		Senders:  map[Action]int{},
		Problems: map[Code]int{},
	}
}

// Add counts one outcome.
func (t *Tally) Add(o Outcome) {
	t.Rows++
	t.Verdicts[o.Verdict]++
	count(t.Contacts, o.Contact.Action)
	for _, g := range o.Groups {
		count(t.Members, g.Member)
		count(t.Senders, g.Senders)
	}
	if o.Problem != nil {
		t.Problems[o.Problem.Code]++
	}
}

func count(m map[Action]int, a Action) {
	if a != "" {
		m[a]++
	}
}
