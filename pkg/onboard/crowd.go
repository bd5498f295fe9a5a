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

type crowd struct {
	mu    sync.Mutex
	asked bool
	size  int
	err   error // of asking, which is not repeated
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

// grow adds n to the crowd, whose size at first count tells, and gives the size.
func (c *crowd) grow(n int, count func() (int, error)) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asked {
		c.asked = true
		c.size, c.err = count()
	}
	c.size += n
	return c.size, c.err
}

// findCrowd tells of a group with more outside members than most. That it can't be
// told is no reason for a row to fail.
func (w *worker) findCrowd(ctx context.Context, group Group, most int, result *GroupResult) {
	if most <= 0 {
		return
	}
	added := 0
	if result.Member == MemberAdded && w.person.Kind != KindMailbox {
		added = 1
	}
	size, err := w.crowds.of(group).grow(added, func() (int, error) { return w.job.Tenant.OutsideMembers(ctx, group) })
	if err != nil || size <= most {
		return
	}
	result.Findings = append(result.Findings, newProblem(CodeGroupCrowded, nil,
		"%s has more than %d members outside the organisation; each mail to it counts once for each of them against the tenant's daily limit of outside recipients.",
		group.Address, most))
}
