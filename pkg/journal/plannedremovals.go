package journal

import (
	"slices"

	"enlist/pkg/onboard"
)

// HoldRemovals parts what is to be taken back of earlier runs by the plan: held
// is what the plan tells of, too. Refused is the rest, and what the plan tells of
// and nobody wants any more, each with the reason; taken was done already. A nil
// plan refuses nothing.
func (p *Plan) HoldRemovals(wanted, taken []Reversal) (held, refused []Reversal) {
	if p == nil {
		return wanted, nil
	}
	for _, v := range wanted {
		if slices.Contains(p.removals, removalOf(v)) {
			held = append(held, v)
			continue
		}
		v.keep(keptUnplanned)
		refused = append(refused, v)
	}
	for _, r := range p.removals {
		is := func(v Reversal) bool { return removalOf(v) == r }
		if slices.ContainsFunc(wanted, is) || slices.ContainsFunc(taken, is) {
			continue
		}
		v := Reversal{What: r.What, Person: onboard.Recipient{Address: r.Person}, Group: onboard.Group{Address: r.Group}}
		v.keep(keptOutdated)
		refused = append(refused, v)
	}
	return held, refused
}

func removalOf(v Reversal) plannedRemoval {
	return plannedRemoval{What: v.What, Person: v.Person.Address, Group: v.Group.Address}
}
