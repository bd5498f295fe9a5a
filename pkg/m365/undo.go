package m365

import (
	"context"
	"errors"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// GroupsOf asks Exchange for the addresses of the groups that have the recipient
// as a direct member.
func (t *Tenant) GroupsOf(ctx context.Context, r onboard.Recipient) ([]string, error) {
	groups, err := t.exchange.GroupsOf(ctx, r.Ref)
	if err != nil {
		return nil, exchangeError(err)
	}
	addresses := make([]string, len(groups))
	for i, g := range groups {
		addresses[i] = firstOf(g.PrimarySmtpAddress, g.DisplayName)
	}
	return addresses, nil
}

// RemoveMember takes the recipient out of the group, and reports whether it was
// in it.
func (t *Tenant) RemoveMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	if err := t.beginWriting(ctx); err != nil {
		return false, err
	}
	t.written.leave(g, r, t.now())
	if g.Kind == onboard.GroupMicrosoft365 {
		return t.removeGuestMember(ctx, g, r)
	}
	err := t.exchange.RemoveDistributionGroupMember(ctx, g.Ref, r.Ref)
	if errors.Is(err, exchange.ErrNotMember) {
		return isRepeated(err), nil // the first try may have done it
	}
	return err == nil, groupError(err)
}

// RemoveContact removes the mail contact. One that is gone is as wanted.
func (t *Tenant) RemoveContact(ctx context.Context, r onboard.Recipient) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	t.written.forget(r.Address)
	err := exchangeError(t.exchange.RemoveMailContact(ctx, r.Ref))
	if err != nil && !errors.Is(err, onboard.ErrRecipientNotFound) {
		return err
	}
	t.written.end(r, t.now())
	t.unlistEverywhere(r)
	return nil
}
