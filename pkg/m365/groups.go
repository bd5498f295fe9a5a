package m365

import (
	"context"
	"slices"
	"strings"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// Groups asks Exchange, once for each name and run. An address wins over other
// names: a group that holds it is meant, even if another one is called so.
func (t *Tenant) Groups(ctx context.Context, name string) ([]onboard.Group, error) {
	if made, ok := t.made.find(name); ok {
		return t.settled.over(made), nil
	}
	groups, err := t.groups.get(strings.ToLower(name), func() ([]onboard.Group, error) {
		found, err := t.exchange.FindGroups(ctx, name)
		if err != nil {
			return nil, exchangeError(err)
		}
		var groups []onboard.Group
		for _, r := range meant(found, name) {
			g, err := t.group(ctx, r)
			if err != nil {
				return nil, err
			}
			groups = append(groups, g)
		}
		return groups, nil
	})
	return t.settled.over(groups), err
}

// meant keeps the groups among the recipients, and of these the one that holds
// the name as its address, if one does.
func meant(found []exchange.Recipient, name string) []exchange.Recipient {
	var groups, byAddress []exchange.Recipient
	for _, r := range found {
		if _, ok := groupKind(r.RecipientTypeDetails); !ok {
			continue
		}
		groups = append(groups, r)
		if slices.ContainsFunc(r.Addresses(), func(a string) bool { return strings.EqualFold(a, name) }) {
			byAddress = append(byAddress, r)
		}
	}
	if len(byAddress) > 0 {
		return byAddress
	}
	return groups
}

// group completes what a look-up gave. Only groups that an outside person can be
// added to have settings that matter.
func (t *Tenant) group(ctx context.Context, r exchange.Recipient) (onboard.Group, error) {
	kind, _ := groupKind(r.RecipientTypeDetails)
	g := onboard.Group{
		ID:          firstOf(r.ExternalDirectoryObjectId, r.Guid),
		Kind:        kind,
		DisplayName: r.DisplayName,
		Address:     r.PrimarySmtpAddress,
		Ref:         firstOf(r.Guid, r.PrimarySmtpAddress),
	}
	takesGuests := kind == onboard.GroupMicrosoft365 && t.invitations != nil
	if kind != onboard.GroupDistribution && kind != onboard.GroupSecurity && !takesGuests {
		return g, nil
	}
	settings, err := t.settings(ctx, g)
	if err != nil {
		return onboard.Group{}, exchangeError(err)
	}
	g.OnPremisesSynced = bool(settings.IsDirSynced)
	g.InsideSendersOnly = bool(settings.RequireSenderAuthenticationEnabled)
	g.Delivery = onboard.Delivery{
		Accepts:   len(settings.Senders()),
		Rejects:   len(settings.RejectedSenders()),
		Moderated: bool(settings.ModerationEnabled),
		Hidden:    bool(settings.HiddenFromAddressListsEnabled),
		NoReports: !takesGuests && !bool(settings.ReportToOriginatorEnabled) && !bool(settings.ReportToManagerEnabled),
	}
	return g, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
