package journal

import (
	"context"
	"database/sql"
	"errors"

	"enlist/pkg/onboard"
)

func (u *undoing) closeGroup(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.group(ctx, v.Group.ID)
	switch {
	case err != nil:
		return kept{}, err
	case now == nil:
		return keptNoGroup, nil
	case now.InsideSendersOnly:
		return keptClosed, nil
	}
	return kept{}, u.recorded(CloseGroup, v, func() error { return u.tenant.RestrictSenders(ctx, v.Group) })
}

// group is what a group is like now; nil if there is none.
func (u *undoing) group(ctx context.Context, name string) (*onboard.Group, error) {
	groups, err := u.tenant.Groups(ctx, name)
	if err != nil || len(groups) != 1 {
		return nil, err
	}
	return &groups[0], nil
}

// stopReports takes back that delivery reports go to who wrote, if that is still
// all that is set about them.
func (u *undoing) stopReports(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.group(ctx, v.Group.ID)
	switch {
	case err != nil:
		return kept{}, err
	case now == nil:
		return keptNoGroup, nil
	case now.Delivery.NoReports:
		return keptNoReports, nil
	case now.Delivery.ToManager:
		return keptReportsChanged, nil
	}
	return kept{}, u.recorded(StopReports, v, func() error { return u.tenant.StopReports(ctx, v.Group) })
}

// unlist takes somebody off the list of those that a group takes mail from, but
// never lets more people write to the group by that.
func (u *undoing) unlist(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.group(ctx, v.Group.ID)
	if err != nil {
		return kept{}, err
	}
	if now == nil {
		return keptNoGroup, nil
	}
	on, entries, err := u.tenant.Listed(ctx, v.Group, v.Person)
	switch {
	case errors.Is(err, onboard.ErrGroupNotFound):
		return keptNoGroup, nil
	case err != nil:
		return kept{}, err
	case !on:
		return keptNotListed, nil
	}
	if k := v.keptOnList(senders{Listed: entries, Open: !now.InsideSendersOnly}); k != (kept{}) {
		return k, nil
	}
	return kept{}, u.recorded(RemoveSender, v, func() error { return u.tenant.Unlist(ctx, v.Group, v.Person) })
}

// keptOnList tells why the sender must stay on the group's list. An empty list
// lets everybody write to an open group, and everybody inside to a closed one.
func (v Reversal) keptOnList(now senders) kept {
	others := now.Listed - 1
	before := v.edit.Senders
	switch {
	case others == 0 && now.Open:
		return keptLastOfOpen(v)
	case others == 0 && (before == nil || before.Listed > 0):
		return keptLastOfClosed(v)
	case v.Person.Kind == onboard.KindGroup && (before == nil || others > before.Listed):
		return keptInside
	}
	return kept{}
}

// removeGroup removes a group that the run has created, as long as it is as it
// was then and nobody uses it.
func (u *undoing) removeGroup(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.group(ctx, v.Group.Address)
	switch {
	case err != nil:
		return kept{}, err
	case now == nil:
		return keptNoGroup, nil
	case v.edit.Created == nil || v.edit.Created.ID != now.ID:
		return keptOtherGroup, nil
	case now.DisplayName != v.edit.Created.DisplayName || !now.InsideSendersOnly || now.Delivery != onboard.Delivery{}:
		return keptGroupChanged, nil
	}
	members, err := u.tenant.CountMembers(ctx, *now)
	if err != nil {
		return kept{}, err
	}
	if members > 0 {
		return keptMembers(members), nil
	}
	in, err := u.tenant.GroupsOf(ctx, onboard.Recipient{ID: now.ID, Kind: onboard.KindGroup, Address: now.Address, Ref: now.Ref})
	if err != nil {
		return kept{}, err
	}
	if len(in) > 0 {
		return keptInGroups("group", in), nil
	}
	return kept{}, u.recorded(RemoveGroup, v, func() error { return u.tenant.RemoveGroup(ctx, *now) })
}

// sparingLists removes a person, unless a group would take mail from everybody
// by that; then last is its address. Only lists that enlist has put the person on
// are looked at. Who is on any is removed while no other one is, since each
// removal can leave somebody else the last.
func (u *undoing) sparingLists(ctx context.Context, person onboard.Recipient, remove func() error) (last string, err error) {
	lists, err := u.record.journal.listsOf(ctx, person.Address)
	if err != nil {
		return "", err
	}
	if len(lists) > 0 {
		u.listed.Lock()
		defer u.listed.Unlock()
	}
	if last, err = u.lastOn(ctx, lists, person); err != nil || last != "" {
		return last, err
	}
	return "", remove()
}

// lastOn finds an open group among those with these lists that has nobody but the
// person on its list.
func (u *undoing) lastOn(ctx context.Context, lists []onboard.Group, person onboard.Recipient) (string, error) {
	for _, g := range lists {
		now, err := u.group(ctx, g.ID)
		if err != nil {
			return "", err
		}
		if now == nil || now.InsideSendersOnly {
			continue
		}
		on, entries, err := u.tenant.Listed(ctx, g, person)
		if err != nil && !errors.Is(err, onboard.ErrGroupNotFound) {
			return "", err
		}
		if on && entries == 1 {
			return g.Address, nil
		}
	}
	return "", nil
}

// listsOf gives the groups on whose lists runs have put the person, each once.
func (j *Journal) listsOf(ctx context.Context, address string) ([]onboard.Group, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT DISTINCT group_id, group_kind, group_address, group_ref FROM steps
		WHERE kind IN (?, ?) AND state <> ? AND address = ?`, AllowSender, RestoreSender, stateRefused, address)
	if err != nil {
		return nil, explain(j.path, err)
	}
	lists, err := collect(rows, func(rows *sql.Rows) (onboard.Group, error) {
		var g onboard.Group
		return g, rows.Scan(&g.ID, &g.Kind, &g.Address, &g.Ref)
	})
	if err != nil {
		return nil, explain(j.path, err)
	}
	return lists, nil
}
