package onboard

import (
	"context"
	"time"
)

// GuestPolicy says what to do about Microsoft 365 groups, which take outside
// people as guests only.
type GuestPolicy string

// The policies.
const (
	// GuestsReport only tells which groups would take a guest.
	GuestsReport GuestPolicy = "report"
	// GuestsInvite invites the people of rows that name such a group as guests.
	GuestsInvite GuestPolicy = "guest"
)

// GuestInviter makes guests.
type GuestInviter interface {
	// InviteGuest invites the person as a guest. Whoever is a guest already
	// stays the same one, so repeating it is harmless. Nobody else may hold
	// the address, least of all a mail contact: the guest would come out
	// without an address of its own.
	InviteGuest(ctx context.Context, c Contact) (Recipient, error)
}

// GuestState is what became of a guest.
type GuestState struct {
	Created  time.Time // zero if it is not known
	Accepted bool      // the person has accepted the invitation
	Groups   []string  // addresses or names of the groups it is in
}

// wantsGuest reports whether the row's person is to be a guest: one of its
// groups takes guests only. What can't be told comes up again when the groups
// are resolved.
func (w *worker) wantsGuest(ctx context.Context) bool {
	if !w.job.Policies.invites() {
		return false
	}
	for _, name := range w.row.Groups {
		groups, err := w.job.Tenant.Groups(ctx, name)
		if err != nil || len(groups) != 1 || groups[0].Kind != GroupMicrosoft365 {
			continue
		}
		if policy, _ := w.job.Policies.For(groups[0].Address); policy.Guests == GuestsInvite {
			return true
		}
	}
	return false
}

// invite makes a guest of the person, of whom nobody may hold the address at
// this moment.
func (w *worker) invite(ctx context.Context) error {
	found, err := w.job.Tenant.CurrentHolders(ctx, w.row.Contact.Email)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return w.use(found)
	}
	return w.create(ctx, ContactInvited, w.job.Tenant.InviteGuest)
}

// notGuest says why the person can't be in the group, if so.
func (w *worker) notGuest(group Group) *Problem {
	if group.Kind != GroupMicrosoft365 || w.person.Kind != KindContact {
		return nil
	}
	return newProblem(CodeGuestIsContact, nil,
		"%s takes outside people as guests only, and %s belongs to the mail contact %q; a guest invited with the same address would come out damaged.",
		group.Address, w.row.Contact.Email, w.person.DisplayName)
}
