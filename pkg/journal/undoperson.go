package journal

import (
	"context"
	"errors"
	"time"

	"enlist/pkg/onboard"
)

func (u *undoing) leaveGroup(ctx context.Context, v Reversal) (kept, error) {
	err := u.recorded(RemoveMember, v, func() error {
		was, err := u.tenant.RemoveMember(ctx, v.Group, v.Person)
		if err == nil && !was {
			return errGone
		}
		return err
	})
	switch {
	case errors.Is(err, errGone):
		return keptNoMember, nil
	case errors.Is(err, onboard.ErrRecipientNotFound):
		return keptNoPerson, nil
	case errors.Is(err, onboard.ErrGroupNotFound):
		return keptNoGroup, nil
	}
	return kept{}, err
}

func (u *undoing) removeContact(ctx context.Context, v Reversal) (kept, error) {
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return kept{}, err
	case len(holders) == 0:
		return keptNoContact, nil
	case len(holders) > 1 || !same(holders[0], v.Person):
		return keptAddressTaken, nil
	}
	groups, err := u.tenant.GroupsOf(ctx, v.Person)
	switch {
	case err != nil:
		return kept{}, err
	case len(groups) > 0:
		return keptInGroups("contact", groups), nil
	}
	last, err := u.sparingLists(ctx, v.Person, func() error {
		if u.record.run.Undoes == "" { // what an undo removes is never created anew
			was, err := u.tenant.Portrait(ctx, v.Person)
			if err != nil {
				return err
			}
			v.edit = edit{Removed: &was}
		}
		return u.recorded(RemoveContact, v, func() error { return u.tenant.RemoveContact(ctx, v.Person) })
	})
	if last != "" {
		return keptLastSender(last), nil
	}
	return kept{}, err
}

// restore gives the contact the former values of those attributes that still are
// what the run made them.
func (u *undoing) restore(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.tenant.Attributes(ctx, v.Person, v.edit.Fields, v.edit.To)
	if errors.Is(err, onboard.ErrRecipientNotFound) {
		return keptNoContact, nil
	}
	if err != nil {
		return kept{}, err
	}
	fields := v.edit.unchangedSince(now)
	switch {
	case len(fields) == 0 && v.edit.isBack(now):
		return keptBack, nil
	case len(fields) == 0:
		return keptEdited, nil
	}
	err = u.recorded(RestoreContact, v, func() error { return u.tenant.UpdateContact(ctx, v.Person, fields, v.edit.From) })
	if errors.Is(err, onboard.ErrAlreadyExists) {
		return keptAddressTaken, nil
	}
	return kept{}, err
}

// clockMargin is how far the tenant's clock and this machine's may be apart, and
// how long a command may take.
const clockMargin = time.Hour

// removeGuest deletes a guest whom the run has invited, as long as the person has
// not made anything of the invitation.
func (u *undoing) removeGuest(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.tenant.GuestState(ctx, v.Person)
	switch {
	case errors.Is(err, onboard.ErrRecipientNotFound):
		return keptNoPerson, nil
	case errors.Is(err, onboard.ErrDenied):
		return keptNotAllowed(v.Person), nil
	case err != nil:
		return kept{}, err
	case !now.Created.IsZero() && now.Created.Before(v.At.Add(-clockMargin)):
		return keptOlderGuest, nil
	case now.Accepted:
		return keptAccepted(v.Person), nil
	case len(now.Groups) > 0:
		return keptInGroups("guest", now.Groups), nil
	}
	removing := false
	last, err := u.sparingLists(ctx, v.Person, func() error {
		removing = true
		return u.recorded(RemoveGuest, v, func() error { return u.tenant.RemoveGuest(ctx, v.Person) })
	})
	switch {
	case last != "":
		return keptLastSender(last), nil
	case removing && errors.Is(err, onboard.ErrDenied):
		return keptNotAllowed(v.Person), nil
	}
	return kept{}, err
}
