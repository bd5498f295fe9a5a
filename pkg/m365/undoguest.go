package m365

import (
	"context"
	"errors"
	"slices"

	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// removeGuestMember takes the user out of a Microsoft 365 group by Graph.
func (t *Tenant) removeGuestMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (was bool, err error) {
	err = t.graph.RemoveGroupMember(ctx, g.ID, r.ID)
	if errors.Is(err, graph.ErrNotFound) {
		return false, nil
	}
	return err == nil, graphError(err)
}

// GuestState asks Graph what became of a guest, and Graph and Exchange which
// groups it is in: each knows its own groups at once, and the other's later.
func (t *Tenant) GuestState(ctx context.Context, r onboard.Recipient) (onboard.GuestState, error) {
	user, err := t.graph.User(ctx, r.ID)
	if errors.Is(err, graph.ErrNotFound) {
		return onboard.GuestState{}, &refusal{onboard.ErrRecipientNotFound, err}
	}
	if err != nil {
		return onboard.GuestState{}, graphError(err)
	}
	// Who was made a member of the organisation has been in, whatever the state says.
	waiting := user.ExternalUserState == "PendingAcceptance" && user.UserType == "Guest"
	state := onboard.GuestState{Created: user.CreatedDateTime, Accepted: !waiting}
	for group, err := range t.graph.GroupsOfUser(ctx, r.ID) {
		if err != nil {
			return onboard.GuestState{}, graphError(err)
		}
		if !group.MailEnabled || slices.Contains(group.GroupTypes, "Unified") {
			state.Groups = append(state.Groups, firstOf(group.Mail, group.DisplayName, group.ID))
		}
	}
	in, err := t.exchange.GroupsOf(ctx, r.ID)
	if err != nil && !errors.Is(exchangeError(err), onboard.ErrRecipientNotFound) {
		return onboard.GuestState{}, exchangeError(err)
	}
	for _, group := range in {
		if kind, _ := groupKind(group.RecipientTypeDetails); kind != onboard.GroupMicrosoft365 {
			state.Groups = append(state.Groups, firstOf(group.PrimarySmtpAddress, group.DisplayName))
		}
	}
	return state, nil
}

// RemoveGuest deletes the user, whom Entra keeps for 30 days to be restored. One
// that is gone is as wanted.
func (t *Tenant) RemoveGuest(ctx context.Context, r onboard.Recipient) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	t.written.forget(r.Address)
	if err := t.graph.DeleteUser(ctx, r.ID); err != nil && !errors.Is(err, graph.ErrNotFound) {
		return graphError(err)
	}
	t.unlistEverywhere(r)
	return nil
}
