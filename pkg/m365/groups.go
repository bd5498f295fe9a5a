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

// group completes what a look-up gave with the settings of the group, if they
// matter.
func (t *Tenant) group(ctx context.Context, r exchange.Recipient) (onboard.Group, error) {
	g := groupOf(r)
	if !t.takesMembers(g) {
		return g, nil
	}
	settings, err := t.settings(ctx, g)
	if err != nil {
		return onboard.Group{}, exchangeError(err)
	}
	return t.withSettings(ctx, g, settings), nil
}

// groupOf is the group without its settings.
func groupOf(r exchange.Recipient) onboard.Group {
	kind, _ := groupKind(r.RecipientTypeDetails)
	return onboard.Group{
		ID:          firstOf(r.ExternalDirectoryObjectId, r.Guid),
		Kind:        kind,
		DisplayName: r.DisplayName,
		Address:     r.PrimarySmtpAddress,
		Ref:         firstOf(r.Guid, r.PrimarySmtpAddress),
	}
}

// takesMembers tells whether an outside person can be added to this kind of
// group in this run. Only then its settings matter.
func (t *Tenant) takesMembers(g onboard.Group) bool {
	switch g.Kind {
	case onboard.GroupDistribution, onboard.GroupSecurity:
		return true
	case onboard.GroupMicrosoft365:
		return t.invitations != nil
	}
	return false
}

func (t *Tenant) withSettings(ctx context.Context, g onboard.Group, s exchange.Group) onboard.Group {
	g.OnPremisesSynced = bool(s.IsDirSynced) && !t.mayChange(ctx, g)
	g.InsideSendersOnly = bool(s.RequireSenderAuthenticationEnabled)
	g.Delivery = onboard.Delivery{
		Accepts:   len(s.Senders()),
		Rejects:   len(s.RejectedSenders()),
		Moderated: bool(s.ModerationEnabled),
		Hidden:    bool(s.HiddenFromAddressListsEnabled),
		NoReports: g.Kind != onboard.GroupMicrosoft365 && !bool(s.ReportToOriginatorEnabled) && !bool(s.ReportToManagerEnabled),
		ToManager: g.Kind != onboard.GroupMicrosoft365 && bool(s.ReportToManagerEnabled),
	}
	return g
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
