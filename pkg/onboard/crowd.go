package onboard

import (
	"context"
	"sync"
	"sync/atomic"
)

// MemberCounter counts members.
type MemberCounter interface {
	// KnownMembers counts the direct members of the group, as far as is known
	// without asking again.
	KnownMembers(ctx context.Context, g Group) (MemberCount, error)
}

// MemberCount is how many members a group has.
type MemberCount struct {
	All     int
	Outside int // of the organisation
}

// largest is how many members a group can have before Exchange lets only members
// write to it, and holds their mail for a moderator (OfficeDocs-Support,
// fix-error-code-5-7-124).
const largest = 5000

// crowds counts the members of the run's groups. A mail to a group counts once
// for each outside member against the tenant's daily limit of outside recipients,
// so one mail to a great group can use the limit up.
type crowds struct {
	mu     sync.Mutex
	groups map[string]*crowd
}

// crowd is how many there were before the run, and how many the rows that are
// through have added.
type crowd struct {
	before census
	added  MemberCount
	// What was found is the same for all rows. It is told with the first of them
	// and with those that add to it: an unchanged row has nothing to do with it.
	crowded, large *Problem
	told           bool
}

// census is a count that is asked for until there is one.
type census struct {
	asking sync.Mutex // held while the tenant is asked
	count  atomic.Pointer[MemberCount]
}

func (c *census) ask(tenant func() (MemberCount, error)) {
	if c.count.Load() != nil {
		return
	}
	c.asking.Lock()
	defer c.asking.Unlock()
	if c.count.Load() != nil {
		return
	}
	if n, err := tenant(); err == nil {
		c.count.Store(&n)
	}
}

func (c *crowds) of(g Group) *crowd {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.groups == nil {
		c.groups = map[string]*crowd{}
	}
	if c.groups[g.ID] == nil {
		c.groups[g.ID] = &crowd{}
	}
	return c.groups[g.ID]
}

// now is how many there are after the rows that are through, if that is known. It
// never waits for the tenant.
func (c *crowd) now() (n MemberCount, known bool) {
	before := c.before.count.Load()
	if before == nil {
		return MemberCount{}, false
	}
	return MemberCount{All: before.All + c.added.All, Outside: before.Outside + c.added.Outside}, true
}

// countCrowd counts the members before anybody is added. That it can't be told is
// no reason for a row to fail.
func (w *worker) countCrowd(ctx context.Context, t *target) {
	if t.policy.Crowd <= 0 && t.policy.Senders == SendersOff {
		return
	}
	t.crowd = w.crowds.of(t.group)
	t.crowd.before.ask(func() (MemberCount, error) { return w.job.Tenant.KnownMembers(ctx, t.group) })
}

// findCrowd tells of a group with very many members.
func (w *worker) findCrowd(t *target) {
	if t.crowd == nil {
		return
	}
	var added MemberCount
	if t.result.Member == MemberAdded {
		added.All = 1
		if w.person.Kind != KindMailbox {
			added.Outside = 1
		}
	}
	crowd, most := t.crowd, t.policy.Crowd
	limited := t.group.Kind != GroupMicrosoft365 && t.policy.Senders != SendersOff
	t.inOrder(func(result *GroupResult) {
		crowd.added.All += added.All
		crowd.added.Outside += added.Outside
		n, known := crowd.now()
		if !known || crowd.told && added.All == 0 {
			return
		}
		crowd.told = true
		if most > 0 && n.Outside > most {
			result.Findings = append(result.Findings, crowd.isCrowded(result.Address, most))
		}
		if limited && n.All > largest {
			result.Findings = append(result.Findings, crowd.isLarge(result.Address))
		}
	})
}

func (c *crowd) isCrowded(address string, most int) *Problem {
	if c.crowded == nil {
		c.crowded = newProblem(CodeGroupCrowded, nil,
			"%s has more than %d members outside the organisation; each mail to it counts once for each of them against the tenant's daily limit of outside recipients.",
			address, most)
	}
	return c.crowded
}

func (c *crowd) isLarge(address string) *Problem {
	if c.large == nil {
		c.large = newProblem(CodeGroupLarge, nil,
			"%s has more than %d members, so Exchange lets only members write to it, and holds their mail until a moderator lets it through.",
			address, largest)
	}
	return c.large
}
