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

func (c *counter) worstFirst() []ProblemCount {
	problems := []ProblemCount{}
	for _, code := range slices.Sorted(maps.Keys(c.problems)) {
		problems = append(problems, *c.problems[code])
	}
	slices.SortStableFunc(problems, func(a, b ProblemCount) int { return cmp.Compare(b.Rows, a.Rows) })
	return problems
}
