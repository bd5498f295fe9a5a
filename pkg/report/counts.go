package report

import (
	"cmp"
	"maps"
	"slices"

	"enlist/pkg/onboard"
)

// The actions of each step in the order in which people like to read them.

func contactActions() []onboard.Action {
	return []onboard.Action{
		onboard.ContactCreated, onboard.ContactUpdated, onboard.ContactFound, onboard.ContactReused,
		onboard.ContactInvited, onboard.StepFailed, onboard.StepDeferred,
	}
}

func memberActions() []onboard.Action {
	return []onboard.Action{
		onboard.MemberAdded, onboard.MemberExisting, onboard.StepFailed, onboard.StepDeferred,
	}
}

func senderActions() []onboard.Action {
	return []onboard.Action{
		onboard.SendersOpened, onboard.SendersOpen, onboard.SendersListed, onboard.SendersClosed,
		onboard.StepFailed, onboard.StepDeferred,
	}
}

// counts gives every name an entry, so that a program that looks one up finds
// 0 and not nothing.
func counts[K ~string](tally map[K]int, names []K) map[string]int {
	all := map[string]int{}
	for _, name := range names {
		all[string(name)] = 0
	}
	for name, n := range tally {
		all[string(name)] = n
	}
	return all
}

func (c *counter) groupsThat(a onboard.Action) []string {
	groups := []string{}
	for address, action := range c.senders {
		if action == a {
			groups = append(groups, address)
		}
	}
	slices.Sort(groups)
	return groups
}

// problemBook counts problems by their code.
type problemBook map[onboard.Code]*ProblemCount

func (b problemBook) add(told *onboard.Problem, line int) {
	p := b[told.Code]
	if p == nil {
		first := problemOf(told)
		p = &ProblemCount{Code: first.Code, Message: first.Message, NextStep: first.NextStep}
		b[told.Code] = p
	}
	p.Rows++
	p.varied = p.varied || told.Message != p.Message
	if len(p.Lines) < linesPerProblem {
		p.Lines = append(p.Lines, line)
	}
}

func (b problemBook) worstFirst() []ProblemCount {
	problems := []ProblemCount{}
	for _, code := range slices.Sorted(maps.Keys(b)) {
		problems = append(problems, *b[code])
	}
	slices.SortStableFunc(problems, func(a, b ProblemCount) int { return cmp.Compare(b.Rows, a.Rows) })
	return problems
}
