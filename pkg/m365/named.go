package m365

import (
	"context"
	"slices"
	"strings"
	"sync"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// lookUpNamed looks up the groups that the run's rows name, many with one
// command, and gives those that people can be added to. What it doesn't settle,
// for whatever reason, is left to Groups, when a row comes to it.
func (t *Tenant) lookUpNamed(ctx context.Context) []onboard.Group {
	if len(t.named) == 0 {
		return nil
	}
	n := &named{tenant: t, open: map[string]string{}}
	for _, name := range t.named {
		n.open[strings.ToLower(name)] = name
	}
	addresses := n.names(func(name string) bool { return strings.Contains(name, "@") })
	sideBySide(slices.Chunk(addresses, exchange.MaxGroups), func(some []string) { n.byAddress(ctx, some) })
	sideBySide(slices.Chunk(n.names(nil), exchange.MaxNames), func(some []string) { n.byAnyName(ctx, some) })
	return n.usable
}

// named are the groups that a run's rows name.
type named struct {
	tenant *Tenant

	mu     sync.Mutex
	open   map[string]string // names not settled yet, by themselves in lower case
	usable []onboard.Group
}

// names are those that are not settled yet, sorted.
func (n *named) names(which func(string) bool) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var names []string
	for _, name := range n.open {
		if which == nil || which(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// settle notes which groups go by the name. None is no answer: perhaps a
// question about this name alone would find one.
func (n *named) settle(name string, groups []onboard.Group) {
	if len(groups) == 0 {
		return
	}
	key := strings.ToLower(name)
	n.tenant.groups.put(key, groups)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, key)
	if len(groups) == 1 && n.tenant.takesMembers(groups[0]) && !groups[0].OnPremisesSynced {
		n.usable = append(n.usable, groups[0])
	}
}

// byAddress looks up groups by their addresses, with all that matters of them.
// An address is one group's only, and wins over other names.
func (n *named) byAddress(ctx context.Context, addresses []string) {
	found, err := n.tenant.exchange.DistributionGroups(ctx, addresses...)
	if err != nil {
		n.tenant.log.Debug("several groups could not be looked up together", "error", err)
		return
	}
	for _, address := range addresses {
		var groups []onboard.Group
		for _, g := range found {
			if _, ok := groupKind(g.RecipientTypeDetails); ok && g.Holds(address) {
				groups = append(groups, n.tenant.groupWith(ctx, g))
			}
		}
		n.settle(address, groups)
	}
}

// groupWith is the group with its settings.
func (t *Tenant) groupWith(ctx context.Context, g exchange.Group) onboard.Group {
	return t.withSettings(ctx, groupOf(exchange.Recipient{
		Guid:                      g.Guid,
		DisplayName:               g.DisplayName,
		PrimarySmtpAddress:        g.PrimarySmtpAddress,
		RecipientTypeDetails:      g.RecipientTypeDetails,
		ExternalDirectoryObjectId: g.ExternalDirectoryObjectId,
	}), g)
}

// byAnyName looks up groups by whatever they can go by, and then the settings of
// those that were found.
func (n *named) byAnyName(ctx context.Context, names []string) {
	found, err := n.tenant.exchange.FindGroups(ctx, names...)
	if err == nil && slices.ContainsFunc(found, func(r exchange.Recipient) bool { return !slices.ContainsFunc(names, r.GoesBy) }) {
		return // somebody was found by something that isn't among the names
	}
	if err != nil {
		n.tenant.log.Debug("several groups could not be looked up together", "error", err)
		return
	}
	settings := n.settingsOf(ctx, found)
	for _, name := range names {
		own := slices.DeleteFunc(slices.Clone(found), func(r exchange.Recipient) bool { return !r.GoesBy(name) })
		groups, ok := n.complete(ctx, meant(own, name), settings)
		if ok {
			n.settle(name, groups)
		}
	}
}

// settingsOf gives, by Guid, the settings of the distribution groups among the
// recipients, as far as they can be had together.
func (n *named) settingsOf(ctx context.Context, found []exchange.Recipient) map[string]exchange.Group {
	var addresses []string
	for _, r := range found {
		if g := groupOf(r); g.Kind != onboard.GroupMicrosoft365 && n.tenant.takesMembers(g) {
			addresses = append(addresses, r.PrimarySmtpAddress)
		}
	}
	settings := map[string]exchange.Group{}
	for some := range slices.Chunk(addresses, exchange.MaxGroups) {
		groups, err := n.tenant.exchange.DistributionGroups(ctx, some...)
		if err != nil {
			n.tenant.log.Debug("several groups could not be looked up together", "error", err)
			continue
		}
		for _, g := range groups {
			settings[g.Guid] = g
		}
	}
	return settings
}

// complete gives the groups with their settings; false when they can't be had.
func (n *named) complete(ctx context.Context, found []exchange.Recipient, settings map[string]exchange.Group) ([]onboard.Group, bool) {
	var groups []onboard.Group
	for _, r := range found {
		if s, ok := settings[r.Guid]; ok {
			groups = append(groups, n.tenant.withSettings(ctx, groupOf(r), s))
			continue
		}
		g, err := n.tenant.group(ctx, r)
		if err != nil {
			return nil, false
		}
		groups = append(groups, g)
	}
	return groups, true
}
