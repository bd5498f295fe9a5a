package m365

import (
	"context"
	"errors"
	"iter"
	"slices"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// readers is how many collections are read from Graph side by side. The pages
// of one follow one another.
const readers = 8

// sideBySide does something with each, so many at a time, and waits for all.
func sideBySide[T any](each iter.Seq[T], do func(T)) {
	var work errgroup.Group
	work.SetLimit(readers)
	for one := range each {
		work.Go(func() error { do(one); return nil })
	}
	_ = work.Wait() // none of them fails
}

// roster gives who is in the group, which is read once.
func (t *Tenant) roster(ctx context.Context, g onboard.Group) (*roster, error) {
	return t.rosters.get(g.ID, func() (*roster, error) { return t.readRoster(ctx, g) })
}

// readRosters reads who is in the groups, several side by side, so that one
// request tells what changed in all that are kept, and one link serves all that
// are not. What can't be read comes up again when a row needs it.
func (t *Tenant) readRosters(ctx context.Context, groups []onboard.Group) {
	ids := make([]snapshot.ID, 0, len(groups))
	for _, g := range groups {
		if id, ok := snapshot.ParseID(g.ID); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	t.shareLinks(ctx, ids)
	sideBySide(slices.Values(groups), func(g onboard.Group) {
		if _, err := t.roster(ctx, g); err != nil {
			t.log.Debug("the members of a group could not be read at the start", "group", g.Address, "error", err)
		}
	})
}

// readRoster gives who is in the group, as Graph tells: by what changed since
// it was kept, or read anew.
func (t *Tenant) readRoster(ctx context.Context, g onboard.Group) (*roster, error) {
	id, ok := snapshot.ParseID(g.ID)
	if !ok {
		return &roster{}, nil // Graph knows no group but by a GUID
	}
	members, known, err := t.changedMembers(ctx, g, id)
	if err == nil && !known {
		members, err = t.allMembers(ctx, g, id)
	}
	if errors.Is(err, graph.ErrNotFound) {
		return &roster{}, nil
	}
	if err != nil {
		return nil, graphError(err)
	}
	t.written.shown(g, members)
	return &roster{members: members, shown: true}, nil
}

// changedMembers are the kept members after the changes since.
func (t *Tenant) changedMembers(ctx context.Context, g onboard.Group, id snapshot.ID) (snapshot.Members, bool, error) {
	if t.store == nil {
		return snapshot.Members{}, false, nil
	}
	link, err := t.store.MemberLink(ctx, id)
	if err == nil && link != "" {
		if err := t.goOn(ctx, link); err != nil {
			return snapshot.Members{}, false, err
		}
	}
	kept, link, err := t.store.Members(ctx, id)
	if err != nil {
		t.log.Warn("the kept members of a group can't be read; all are read anew", "group", g.Address, "error", err)
		return snapshot.Members{}, false, nil
	}
	return kept, t.links.isOfThisRun(link), nil
}

// goOn brings all groups that share a link to what they are now. It is done once
// for each link; where it can't be done, the groups are left as they are kept,
// with a link that is not of this run.
func (t *Tenant) goOn(ctx context.Context, link string) error {
	if t.links.isOfThisRun(link) {
		return nil
	}
	_, err := t.rounds.get(link, func() (struct{}, error) { return struct{}{}, t.goOnOnce(ctx, link) })
	return err
}

func (t *Tenant) goOnOnce(ctx context.Context, link string) error {
	changes, next, err := t.graph.MemberChanges(ctx, graph.Link(link))
	if errors.Is(err, graph.ErrResync) {
		t.log.Warn("Microsoft Graph can't tell any more what changed in groups; all their members are read anew")
		t.keep(t.store.DropMembers(ctx, link))
		return nil
	}
	if err != nil {
		return err
	}
	turnovers := make(map[snapshot.ID]snapshot.Turnover, len(changes))
	told := 0
	for _, c := range changes {
		if id, ok := snapshot.ParseID(c.ID); ok {
			turnovers[id] = turnover(c)
			told += len(c.Members)
		}
	}
	t.log.Debug("read what changed in groups from Graph", "groups", len(changes), "changes", told)
	if err := t.store.ChangeMembers(ctx, link, turnovers, string(next)); err != nil {
		t.keep(err)
		return nil
	}
	t.links.add(string(next))
	return nil
}

func turnover(c graph.GroupChange) snapshot.Turnover {
	members := make(map[snapshot.ID]bool, len(c.Members))
	for _, m := range c.Members {
		if id, ok := snapshot.ParseID(m.ID); ok {
			members[id] = m.Removed == nil
		}
	}
	return snapshot.Turnover{Gone: c.Removed != nil, Members: members}
}

// allMembers reads all members of the group, and keeps them with the link for
// what changes from before on.
func (t *Tenant) allMembers(ctx context.Context, g onboard.Group, id snapshot.ID) (snapshot.Members, error) {
	link, ok := t.links.of(id)
	if !ok {
		link = string(t.latest(func() (graph.Link, error) { return t.graph.LatestMembers(ctx, g.ID) }))
	}
	var ids []snapshot.ID
	for m, err := range t.graph.GroupMembers(ctx, g.ID) {
		if err != nil {
			return snapshot.Members{}, err
		}
		if member, ok := snapshot.ParseID(m.ID); ok {
			ids = append(ids, member)
		}
	}
	members := snapshot.NewMembers(ids)
	t.log.Debug("read the members of a group from Graph", "members", members.Len())
	if link != "" {
		t.keep(t.store.KeepMembers(ctx, id, members, link))
	}
	return members, nil
}
