package journal

import (
	"context"
	"errors"

	"enlist/pkg/onboard"
)

// rejoin puts somebody back into a group, as whoever has the address now: the
// contact may have been created anew.
func (u *undoing) rejoin(ctx context.Context, v Reversal) (kept string, err error) {
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return "", err
	case len(holders) == 0:
		return "The person does not exist any more.", nil
	case len(holders) > 1 || holders[0].Kind == onboard.KindGroup:
		return "The address belongs to somebody else by now.", nil
	}
	err = u.recorded(RestoreMember, v, func() error {
		err := u.tenant.AddMember(ctx, v.Group, holders[0])
		if errors.Is(err, onboard.ErrUncertain) && errors.Is(err, onboard.ErrAlreadyMember) {
			return nil // a first try of this command has done it
		}
		return err
	})
	switch {
	case errors.Is(err, onboard.ErrAlreadyMember):
		return "The person is in the group again already.", nil
	case errors.Is(err, onboard.ErrGroupNotFound):
		return "The group does not exist any more.", nil
	}
	return "", err
}

// recreate creates a contact that was removed. That and its completion are
// recorded one by one, so that an undo that was cut off between them knows the
// contact as its own.
func (u *undoing) recreate(ctx context.Context, v Reversal) (kept string, err error) {
	was := *v.edit.Removed
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return "", err
	case len(holders) == 1 && v.begun && holders[0].Kind == onboard.KindContact:
		v.Person = withAddress(holders[0], v.Person.Address)
	case len(holders) > 0:
		return "The address belongs to somebody else by now.", nil
	default:
		err = u.recorded(RecreateContact, v, func() error {
			made, err := u.tenant.Recreate(ctx, was)
			v.Person = withAddress(made, v.Person.Address)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return "", u.recorded(CompleteContact, v, func() error { return u.tenant.Complete(ctx, v.Person, was) })
}

// withAddress is r, known by the address that is recorded.
func withAddress(r onboard.Recipient, address string) onboard.Recipient {
	r.Address = address
	return r
}
