package report

import (
	"cmp"
	"slices"

	"enlist/pkg/onboard"
)

// GroupChange is a setting of a group that the run changed.
type GroupChange struct {
	Group string `json:"group"` // address
	What  string `json:"what"`  // Exchange's name of the setting
	From  string `json:"from"`
	To    string `json:"to"`
}

// GroupFinding is something about a group that can make mail bounce or vanish,
// and that the run left as it is.
type GroupFinding struct {
	Group    string `json:"group"` // address
	Code     string `json:"code"`
	Message  string `json:"message"`
	NextStep string `json:"next_step"`
	Rows     int    `json:"rows"`
}

// groupBook collects what the rows tell of their groups.
type groupBook struct {
	changes  []GroupChange
	findings map[string]*GroupFinding // by group and code
}

func (b *groupBook) add(g onboard.GroupResult) {
	for _, c := range g.Changes {
		b.changes = append(b.changes, GroupChange{Group: g.Label(), What: c.What, From: c.From, To: c.To})
	}
	for _, f := range g.Findings {
		key := g.Label() + " " + string(f.Code)
		found := b.findings[key]
		if found == nil {
			found = &GroupFinding{Group: g.Label(), Code: string(f.Code), Message: f.Message, NextStep: f.NextStep}
			b.findings[key] = found
		}
		found.Rows++
	}
}

// listed gives both lists by group, the changes of one in the order in which
// they were made.
func (b *groupBook) listed() ([]GroupChange, []GroupFinding) {
	changes := append([]GroupChange{}, b.changes...)
	slices.SortStableFunc(changes, func(a, b GroupChange) int { return cmp.Compare(a.Group, b.Group) })
	findings := []GroupFinding{}
	for _, f := range b.findings {
		findings = append(findings, *f)
	}
	slices.SortFunc(findings, func(a, b GroupFinding) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Code, b.Code))
	})
	return changes, findings
}
