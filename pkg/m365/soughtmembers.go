package m365

import (
	"context"
	"errors"
	"fmt"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// readMembers reads who is in the groups that the run is about: all of their
// members, or, where that takes fewer requests, in which groups those are whom the
// run is about. These are known once directoryRead is closed.
func (t *Tenant) readMembers(ctx context.Context, groups []onboard.Group, directoryRead <-chan struct{}) {
	kept, unkept := t.divideByKept(ctx, groups)
	if !t.seekMembers(ctx, unkept) {
		t.readRosters(ctx, groups)
		return
	}
	t.readRosters(ctx, kept)
	select {
	case <-directoryRead:
	case <-ctx.Done():
		return
	}
	if err := t.seekRosters(ctx, unkept); err != nil {
		t.log.Debug("memberships could not be looked up, so the groups' members are read", "error", err)
		t.readRosters(ctx, unkept)
	}
}

// divideByKept tells the groups whose members are kept, or must be read in full
// for another reason, from the others.
func (t *Tenant) divideByKept(ctx context.Context, groups []onboard.Group) (kept, unkept []onboard.Group) {
	for _, g := range groups {
		id, ok := snapshot.ParseID(g.ID)
		switch {
		case !ok, g.Kind == onboard.GroupMicrosoft365, t.isKeptGroup(ctx, id):
			kept = append(kept, g)
		default:
			unkept = append(unkept, g)
		}
	}
	return kept, unkept
}

func (t *Tenant) isKeptGroup(ctx context.Context, id snapshot.ID) bool {
	if t.store == nil {
		return false
	}
	link, err := t.store.MemberLink(ctx, id)
	return err == nil && link != ""
}

// seekMembers decides whether memberships are looked up rather than all members
// of the groups read: if that takes fewer requests.
func (t *Tenant) seekMembers(ctx context.Context, groups []onboard.Group) bool {
	if len(t.addresses) == 0 || len(groups) == 0 {
		return false
	}
	pages, err := t.memberPages(ctx, groups)
	if err != nil {
		t.log.Debug("reading the groups' members, since Microsoft Graph does not tell how many there are", "error", err)
		return false
	}
	lookups, worth := graph.MemberOfRequests(len(t.addresses)), 1
	if t.store != nil {
		worth = nights
	}
	costs := t.log.With("addresses", len(t.addresses), "requests", lookups, "groups", len(groups), "pages", pages)
	if worth*lookups >= pages {
		costs.Debug("reading the groups' members rather than looking up memberships", "kept", t.store != nil)
		return false
	}
	costs.Debug("looking up memberships rather than reading the groups' members, which takes more requests")
	return true
}

// memberPages counts the requests that it takes to read the members of groups.
func (t *Tenant) memberPages(ctx context.Context, groups []onboard.Group) (int, error) {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	counts, err := t.graph.CountMembers(ctx, ids...)
	if err != nil {
		return 0, err
	}
	pages := 0
	for i, g := range groups {
		t.counts.put(g.ID, memberCount(counts[i]))
		pages += max(1, (counts[i].All+graph.PageSize-1)/graph.PageSize)
	}
	return pages, nil
}

func memberCount(n graph.MemberCount) onboard.MemberCount {
	return onboard.MemberCount{All: n.All, Outside: n.Contacts}
}

// seekRosters looks up in which of the groups those are whom the run is about, as
// far as the directory has them.
func (t *Tenant) seekRosters(ctx context.Context, groups []onboard.Group) error {
	members := map[snapshot.ID][]snapshot.ID{} // by group
	var asked []snapshot.ID
	for _, c := range []struct {
		of   graph.Collection
		book *snapshot.Book
	}{{graph.Contacts, t.directory.contacts}, {graph.Users, t.directory.users}} {
		if c.book == nil {
			continue
		}
		people := t.sought(c.book)
		asked = append(asked, people...)
		ids := make([]string, len(people))
		for i, id := range people {
			ids[i] = id.String()
		}
		memberOf, err := t.graph.MemberOf(ctx, c.of, ids...)
		if err != nil {
			return err
		}
		for i, groups := range memberOf {
			for _, group := range groups {
				if id, ok := snapshot.ParseID(group); ok {
					members[id] = append(members[id], people[i])
				}
			}
		}
	}
	about := snapshot.NewMembers(asked)
	for _, g := range groups {
		id, _ := snapshot.ParseID(g.ID) // or it would not be looked up
		t.rosters.put(g.ID, &roster{members: snapshot.NewMembers(members[id]), shown: true, about: &about})
	}
	t.log.Debug("looked up memberships in Graph", "people", about.Len())
	return nil
}

// sought are those in the book who hold an address that the run is about.
func (t *Tenant) sought(book *snapshot.Book) []snapshot.ID {
	var ids []snapshot.ID
	for _, address := range t.addresses {
		for _, r := range book.Holders(address) {
			ids = append(ids, r.ID)
		}
	}
	return snapshot.Distinct(ids)
}

// countedMembers counts the members of a group that was not read in full, or in a
// directory that was not. Where Graph doesn't tell, known stands in.
func (t *Tenant) countedMembers(ctx context.Context, g onboard.Group, known onboard.MemberCount) (onboard.MemberCount, error) {
	return t.counts.get(g.ID, func() (onboard.MemberCount, error) {
		counts, err := t.graph.CountMembers(ctx, g.ID)
		if err == nil {
			return memberCount(counts[0]), nil
		}
		if ctx.Err() != nil {
			return onboard.MemberCount{}, context.Cause(ctx)
		}
		t.log.Debug("Microsoft Graph does not tell how many members a group has", "group", g.Address, "error", err)
		return known, nil
	})
}

// isInExchange asks Exchange whether the recipient is in the group, in whichever
// way takes fewer commands: for all members of the group, once for all rows, or
// for the groups of the recipient.
func (t *Tenant) isInExchange(ctx context.Context, g onboard.Group, of *roster, r onboard.Recipient) (bool, error) {
	count, counted := t.counts.known(g.ID)
	if of.about == nil || !counted || count.All <= commandsForGroups*exchange.PageSize {
		members, err := of.exchange.get(func() (map[string]bool, error) { return t.exchangeMembers(ctx, g) })
		return members[memberKey(r.ID)] || members[memberKey(r.Address)], err
	}
	groups, err := t.memberships.get(r.Ref, func() (map[string]bool, error) { return t.exchangeGroups(ctx, r) })
	return groups[memberKey(g.ID)], err
}

// commandsForGroups is how many commands it takes to ask for somebody's groups.
const commandsForGroups = 2

func (t *Tenant) exchangeGroups(ctx context.Context, r onboard.Recipient) (map[string]bool, error) {
	found, err := t.exchange.GroupsOf(ctx, r.Ref)
	if errors.Is(err, exchange.ErrObjectNotFound) {
		return nil, nil // the command that adds will say so, too
	}
	if err != nil {
		return nil, fmt.Errorf("the groups of %s could not be read: %w", r.Address, exchangeError(err))
	}
	groups := map[string]bool{}
	for _, g := range found {
		groups[memberKey(groupOf(g).ID)] = true
	}
	return groups, nil
}
