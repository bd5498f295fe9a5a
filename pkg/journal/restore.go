package journal

import (
	"context"
	"errors"

	"enlist/pkg/onboard"
)

// rejoin puts somebody back into a group, as whoever has the address now: the
// contact may have been created anew.
func (u *undoing) rejoin(ctx context.Context, v Reversal) (kept, error) {
	now, k, err := u.holder(ctx, v.Person.Address)
	if err != nil || k != (kept{}) {
		return k, err
	}
	err = u.recorded(RestoreMember, v, func() error {
		err := u.tenant.AddMember(ctx, v.Group, now)
		if errors.Is(err, onboard.ErrUncertain) && errors.Is(err, onboard.ErrAlreadyMember) {
			return nil // a first try of this command has done it
		}
		return err
	})
	switch {
	case errors.Is(err, onboard.ErrAlreadyMember):
		return keptIsMember, nil
	case errors.Is(err, onboard.ErrGroupNotFound):
		return keptNowhere, nil
	}
	return kept{}, err
}

// relist puts somebody back on the list of those that a group takes mail from, as
// whoever has the address now.
func (u *undoing) relist(ctx context.Context, v Reversal) (kept, error) {
	now, k, err := u.holder(ctx, v.Person.Address)
	if err != nil || k != (kept{}) {
		return k, err
	}
	on, entries, err := u.tenant.Listed(ctx, v.Group, now)
	switch {
	case errors.Is(err, onboard.ErrGroupNotFound):
		return keptNowhere, nil
	case err != nil:
		return kept{}, err
	case on:
		return keptListed, nil
	case entries == 0:
		return keptNoList, nil
	}
	return kept{}, u.recorded(RestoreSender, v, func() error { return u.tenant.AllowSender(ctx, v.Group, now) })
}

// holder gives the one person who has the address now, or why there is none.
func (u *undoing) holder(ctx context.Context, address string) (onboard.Recipient, kept, error) {
	holders, err := u.tenant.CurrentHolders(ctx, address)
	switch {
	case err != nil:
		return onboard.Recipient{}, kept{}, err
	case len(holders) == 0:
		return onboard.Recipient{}, keptNobody, nil
	case len(holders) > 1 || holders[0].Kind == onboard.KindGroup:
		return onboard.Recipient{}, keptAddressTaken, nil
	}
	return holders[0], kept{}, nil
}

// recreate creates a contact that was removed. That and its completion are
// recorded one by one, so that an undo that was cut off between them knows the
// contact as its own.
func (u *undoing) recreate(ctx context.Context, v Reversal) (kept, error) {
	was := *v.edit.Removed
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return kept{}, err
	case len(holders) == 1 && v.begun && holders[0].Kind == onboard.KindContact:
		v.Person = withAddress(holders[0], v.Person.Address)
	case len(holders) > 0:
		return keptAddressTaken, nil
	default:
		err = u.recorded(RecreateContact, v, func() error {
			made, err := u.tenant.Recreate(ctx, was)
			v.Person = withAddress(made, v.Person.Address)
			return err
		})
		if err != nil {
			return kept{}, err
		}
	}
	return kept{}, u.recorded(CompleteContact, v, func() error { return u.tenant.Complete(ctx, v.Person, was) })
}

// withAddress is r, known by the address that is recorded.
func withAddress(r onboard.Recipient, address string) onboard.Recipient {
	r.Address = address
	return r
}
