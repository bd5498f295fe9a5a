package m365

import (
	"context"

	"enlist/pkg/onboard"
)

// KnownMembers counts the members that Graph tells of. Outside are the mail
// contacts among them, and the guests as far as users are known, which takes a
// [snapshot.Store] that all users were read into.
func (t *Tenant) KnownMembers(ctx context.Context, g onboard.Group) (onboard.MemberCount, error) {
	if g.New {
		return onboard.MemberCount{}, nil
	}
	roster, err := t.roster(ctx, g)
	if err != nil {
		return onboard.MemberCount{}, err
	}
	n := onboard.MemberCount{All: roster.members.Len()}
	if t.directory.contacts != nil {
		n.Outside += t.directory.contacts.CountIn(roster.members, false)
	}
	if t.directory.users != nil {
		n.Outside += t.directory.users.CountIn(roster.members, true)
	}
	if t.directory.sought || roster.about != nil {
		return t.countedMembers(ctx, g, n)
	}
	return n, nil
}
