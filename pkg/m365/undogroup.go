package m365

import (
	"context"
	"errors"

	"enlist/pkg/onboard"
)

// RestrictSenders lets only senders of the organisation write to the group.
func (t *Tenant) RestrictSenders(ctx context.Context, g onboard.Group) error {
	restrict := t.exchange.SetRequireSenderAuthentication
	if g.Kind == onboard.GroupMicrosoft365 {
		restrict = t.exchange.SetUnifiedRequireSenderAuthentication
	}
	if err := restrict(ctx, g.Ref, true); err != nil {
		return groupError(err)
	}
	t.settled.note(g, func(g *onboard.Group) { g.InsideSendersOnly = true })
	return nil
}

// StopReports lets delivery reports of the group's mail go to nobody who wrote it.
func (t *Tenant) StopReports(ctx context.Context, g onboard.Group) error {
	if err := t.exchange.ReportToOriginator(ctx, g.Ref, false); err != nil {
		return groupError(err)
	}
	t.settled.note(g, func(g *onboard.Group) { g.Delivery.NoReports = true })
	return nil
}

// Listed answers from the group's list, which is read once in a run, and from
// what was put on it and taken off it since.
func (t *Tenant) Listed(ctx context.Context, g onboard.Group, r onboard.Recipient) (on bool, entries int, err error) {
	list, err := t.senders(ctx, g)
	if err != nil {
		return false, 0, err
	}
	return list.has(r), list.length(), nil
}

// Unlist takes the recipient off the list of those that the group takes mail
// from. Whoever is the last on it should stay: an empty list limits nobody.
func (t *Tenant) Unlist(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	list, err := t.senders(ctx, g)
	if err != nil {
		return err
	}
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	remove := t.exchange.RemoveAllowedSenders
	if g.Kind == onboard.GroupMicrosoft365 {
		remove = t.exchange.RemoveUnifiedAllowedSenders
	}
	if err := remove(ctx, g.Ref, r.Ref); err != nil {
		return groupError(err)
	}
	list.drop(r)
	return nil
}

// CountMembers asks Exchange how many direct members the distribution group has.
func (t *Tenant) CountMembers(ctx context.Context, g onboard.Group) (int, error) {
	members, err := t.exchange.DistributionGroupMembers(ctx, g.Ref)
	return len(members), groupError(err)
}

// RemoveGroup removes the distribution group. One that is gone is as wanted.
func (t *Tenant) RemoveGroup(ctx context.Context, g onboard.Group) error {
	err := groupError(t.exchange.RemoveDistributionGroup(ctx, g.Ref))
	if errors.Is(err, onboard.ErrGroupNotFound) {
		return nil
	}
	return err
}
