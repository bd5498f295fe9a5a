package m365

import (
	"context"
	"errors"
	"strings"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// IsMember looks the recipient up among the members that Graph tells of and
// those that were added lately. Unless all of the directory is known, who is in
// neither is looked up among those that Exchange tells of, since Graph lags
// behind. The lists are read once for each group and run, when they are needed;
// a contact that this run has created needs none.
func (t *Tenant) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	if r.New || g.New {
		return t.written.hasJoined(g, r), nil
	}
	roster, err := t.rosters.get(g.ID, func() (*roster, error) { return t.readRoster(ctx, g) })
	if err != nil {
		return false, err
	}
	if id, ok := snapshot.ParseID(r.ID); ok && roster.members.Has(id) || t.written.hasJoined(g, r) {
		return true, nil
	}
	if t.directory.complete && roster.shown || g.Kind == onboard.GroupMicrosoft365 {
		return false, nil // of Microsoft 365 groups, Graph is the truth
	}
	members, err := roster.exchange.get(func() (map[string]bool, error) { return t.exchangeMembers(ctx, g) })
	return members[memberKey(r.ID)] || members[memberKey(r.Address)], err
}

// AddMember adds the recipient to the group.
func (t *Tenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	var err error
	if g.Kind == onboard.GroupMicrosoft365 {
		err = t.addGuest(ctx, g, r)
	} else {
		err = groupError(t.exchange.AddDistributionGroupMember(ctx, g.Ref, r.Ref))
	}
	if refused, ok := errors.AsType[*exchange.Error](err); ok && refused.Repeated && errors.Is(err, onboard.ErrAlreadyMember) {
		err = errors.Join(err, onboard.ErrUncertain) // the first try may have done it
	}
	if err == nil || errors.Is(err, onboard.ErrAlreadyMember) {
		t.written.join(g, r, t.now())
	}
	return err
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
	kept, link, err := t.store.Members(ctx, id)
	if err != nil {
		t.log.Warn("the kept members of a group can't be read; all are read anew", "group", g.Address, "error", err)
		return snapshot.Members{}, false, nil
	}
	if link == "" {
		return snapshot.Members{}, false, nil
	}
	changes, next, err := t.graph.MemberChanges(ctx, graph.Link(link))
	if errors.Is(err, graph.ErrResync) {
		t.log.Warn("Microsoft Graph can't tell any more what changed in a group; all its members are read anew", "group", g.Address)
		return snapshot.Members{}, false, nil
	}
	if err != nil {
		return snapshot.Members{}, false, err
	}
	changed := map[snapshot.ID]bool{}
	for _, c := range changes {
		if member, ok := snapshot.ParseID(c.ID); ok {
			changed[member] = c.Removed == nil
		}
	}
	members := kept.After(changed)
	t.log.Debug("read what changed in a group from Graph", "changes", len(changes), "members", members.Len())
	t.keep(t.store.KeepMembers(ctx, id, members, string(next)))
	return members, true, nil
}

// allMembers reads all members of the group, and keeps them with the link for
// what changes from before on.
func (t *Tenant) allMembers(ctx context.Context, g onboard.Group, id snapshot.ID) (snapshot.Members, error) {
	link := t.latest(func() (graph.Link, error) { return t.graph.LatestMembers(ctx, g.ID) })
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
		t.keep(t.store.KeepMembers(ctx, id, members, string(link)))
	}
	return members, nil
}

func (t *Tenant) exchangeMembers(ctx context.Context, g onboard.Group) (map[string]bool, error) {
	list, err := t.exchange.DistributionGroupMembers(ctx, g.Ref)
	if err != nil {
		return nil, groupError(err)
	}
	members := map[string]bool{}
	for _, m := range list {
		members[memberKey(m.ExternalDirectoryObjectId)] = true
		members[memberKey(m.PrimarySmtpAddress)] = true
	}
	delete(members, "")
	t.log.Debug("read the members of a group from Exchange", "members", len(list))
	return members, nil
}

// memberKey makes ids and addresses comparable. The two can't be mixed up,
// since only an address has an @.
func memberKey(idOrAddress string) string { return strings.ToLower(idOrAddress) }

// roster is who is in one group.
type roster struct {
	members  snapshot.Members // as Graph tells
	shown    bool             // Graph knows the group
	exchange memberList
}

// memberList is read once.
type memberList struct {
	once memo[map[string]bool]
}

func (l *memberList) get(read func() (map[string]bool, error)) (map[string]bool, error) {
	return l.once.get("", read)
}

var _ Exchange = (*exchange.Client)(nil)
var _ Graph = (*graph.Client)(nil)
