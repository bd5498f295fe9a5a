package m365

import (
	"context"

	"enlist/pkg/onboard"
)

// OutsideMembers counts the mail contacts among the members that Graph tells
// of, and the guests as far as users are known, which takes a [snapshot.Store].
func (t *Tenant) OutsideMembers(ctx context.Context, g onboard.Group) (int, error) {
	if g.New {
		return 0, nil
	}
	roster, err := t.roster(ctx, g)
	if err != nil {
		return 0, err
	}
	n := 0
	if t.directory.contacts != nil {
		n += t.directory.contacts.CountIn(roster.members, false)
	}
	if t.directory.users != nil {
		n += t.directory.users.CountIn(roster.members, true)
	}
	return n, nil
}
