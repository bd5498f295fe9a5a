package onboard

import (
	"context"
	"sync"
)

// MemberCounter counts members.
type MemberCounter interface {
	// OutsideMembers tells how many direct members of the group are outside
	// the organisation, as far as is known without asking again.
	OutsideMembers(ctx context.Context, g Group) (int, error)
}

// crowds counts the outside members of the run's groups. A mail to a group
// counts once for each of them against the tenant's daily limit of outside
// recipients, so one mail to a great group can use the limit up.
type crowds struct {
	mu     sync.Mutex
	groups map[string]*crowd
}

// crowd is how many there were before the run, and then how many there are after
// the rows that are through.
type crowd struct {
	count func() (int, error) // asks once
	grown int
}

func (c *crowds) of(g Group, count func() (int, error)) *crowd {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.groups == nil {
		c.groups = map[string]*crowd{}
	}
	if c.groups[g.ID] == nil {
		c.groups[g.ID] = &crowd{count: sync.OnceValues(count)}
	}
	return c.groups[g.ID]
}

// countCrowd counts the outside members before anybody is added. That it can't be
// told is no reason for a row to fail.
func (w *worker) countCrowd(ctx context.Context, t *target) {
	if t.policy.Crowd <= 0 {
		return
	}
	tenant, group := w.job.Tenant, t.group
	t.crowd = w.crowds.of(group, func() (int, error) { return tenant.OutsideMembers(ctx, group) })
	_, _ = t.crowd.count()
}

// findCrowd tells of a group with very many outside members.
func (w *worker) findCrowd(t *target) {
	if t.crowd == nil {
		return
	}
	crowd, most, added := t.crowd, t.policy.Crowd, 0
	if t.result.Member == MemberAdded && w.person.Kind != KindMailbox {
		added = 1
	}
	t.inOrder(func(result *GroupResult) {
		before, err := crowd.count()
		crowd.grown += added
		if err != nil || before+crowd.grown <= most {
			return
		}
		result.Findings = append(result.Findings, newProblem(CodeGroupCrowded, nil,
			"%s has more than %d members outside the organisation; each mail to it counts once for each of them against the tenant's daily limit of outside recipients.",
			result.Address, most))
	})
}
