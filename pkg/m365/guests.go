package m365

import (
	"context"
	"errors"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// Invitations say how guests are invited.
type Invitations struct {
	// RedirectURL is where a guest lands after accepting.
	RedirectURL string
	// Send has Microsoft send a mail to each guest, with Message in it.
	Send    bool
	Message string
}

var errNoInvitations = errors.New("m365: no guests are invited in this run")

// InviteGuest invites the person by Graph.
func (t *Tenant) InviteGuest(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	if t.invitations == nil {
		return onboard.Recipient{}, errNoInvitations
	}
	if err := t.beginWriting(ctx); err != nil {
		return onboard.Recipient{}, err
	}
	id, err := t.graph.Invite(ctx, graph.Invitation{
		Address:     c.Email,
		DisplayName: c.DisplayName,
		RedirectURL: t.invitations.RedirectURL,
		Send:        t.invitations.Send,
		Message:     t.invitations.Message,
	})
	if err != nil {
		return onboard.Recipient{}, guestError(err)
	}
	// Exchange takes the id in Entra for an identity, as soon as it knows the user.
	r := onboard.Recipient{ID: id, Kind: onboard.KindGuest, DisplayName: c.DisplayName, Address: c.Email, Ref: id, New: true}
	t.written.create(c.Email, r, t.now())
	return r, nil
}

// addGuest adds the user to a Microsoft 365 group by Graph.
func (t *Tenant) addGuest(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	return guestError(t.graph.AddGroupMember(ctx, g.ID, r.ID))
}

// guestError tells what an error of Graph means to the job, for what writes.
func guestError(err error) error {
	for _, m := range (meanings{
		{graph.ErrInvitationBlocked, onboard.ErrInvitationBlocked},
		{graph.ErrInvitedExists, onboard.ErrAlreadyExists},
		{graph.ErrAlreadyMember, onboard.ErrAlreadyMember},
		{graph.ErrNotReplicated, onboard.ErrRecipientNotFound},
		{graph.ErrConflict, onboard.ErrConflict},
		{graph.ErrGuestRefused, onboard.ErrMemberRefused},
		{graph.ErrUncertain, onboard.ErrUncertain},
	}) {
		if errors.Is(err, m.is) {
			return &refusal{m.meaning, err}
		}
	}
	return graphError(err)
}

// settings reads who may write to the group.
func (t *Tenant) settings(ctx context.Context, g onboard.Group) (exchange.Group, error) {
	if g.Kind == onboard.GroupMicrosoft365 {
		return t.exchange.UnifiedGroup(ctx, g.Ref)
	}
	return t.exchange.DistributionGroup(ctx, g.Ref)
}

// open lets the group take mail from outside.
func (t *Tenant) open(ctx context.Context, g onboard.Group) error {
	if g.Kind == onboard.GroupMicrosoft365 {
		return t.exchange.SetUnifiedRequireSenderAuthentication(ctx, g.Ref, false)
	}
	return t.exchange.SetRequireSenderAuthentication(ctx, g.Ref, false)
}

// allow adds to the list of those that the group takes mail from.
func (t *Tenant) allow(ctx context.Context, g onboard.Group, senders []string) error {
	if g.Kind == onboard.GroupMicrosoft365 {
		return t.exchange.AddUnifiedAllowedSenders(ctx, g.Ref, senders...)
	}
	return t.exchange.AddAllowedSenders(ctx, g.Ref, senders...)
}
