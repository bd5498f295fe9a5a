package directory

import (
	"iter"
	"slices"

	"github.com/google/uuid"
)

// Members goes through a group's members as the view sees them, in the order in
// which they were first added. It yields nothing for what is no group.
func (v View) Members(group uuid.UUID) iter.Seq[*Object] {
	return func(yield func(*Object) bool) { v.ListMembers(group, 0, yield) }
}

// ListMembers is [View.List] for the members of one group.
func (v View) ListMembers(group uuid.UUID, from Cursor, visit func(*Object) bool) (next Cursor, end bool) {
	batch := make([]*Object, 0, 100)
	places := make([]Cursor, 0, 100)
	for {
		batch, places = batch[:0], places[:0]
		from, end = v.readMembers(group, from, &batch, &places)
		for i, o := range batch {
			if !visit(o) {
				return places[i] + 1, false
			}
		}
		if end {
			return from, true
		}
	}
}

func (v View) readMembers(group uuid.UUID, from Cursor, batch *[]*Object, places *[]Cursor) (Cursor, bool) {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	m := v.membership(group)
	if m == nil {
		return from, true
	}
	s := v.sight()
	for ; int(from) < len(m.edges) && len(*batch) < page; from++ {
		e := s.edge(&m.edges[from])
		if e == nil || !e.present {
			continue
		}
		if o := v.seen(s, e.member); o != nil {
			*batch, *places = append(*batch, o), append(*places, from)
		}
	}
	return from, int(from) >= len(m.edges)
}

func (v View) membership(group uuid.UUID) *membership {
	n, ok := v.dir.ids[group]
	if !ok {
		return nil
	}
	return v.dir.slots[n].group
}

// MemberCount is how many members a group has in the truth.
func (v View) MemberCount(group uuid.UUID) int {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	if m := v.membership(group); m != nil {
		return m.present
	}
	return 0
}

// IsMember reports whether the view sees member in group.
func (v View) IsMember(group, member uuid.UUID) bool {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	n, ok := v.dir.ids[member]
	m := v.membership(group)
	if !ok || m == nil {
		return false
	}
	e := v.sight().edge(m.find(n))
	return e != nil && e.present
}

// MemberOf lists the groups that the view sees an object in.
func (v View) MemberOf(member uuid.UUID) []*Object {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	n, ok := v.dir.ids[member]
	if !ok {
		return nil
	}
	s := v.sight()
	var groups []*Object
	for _, slot := range v.dir.groups {
		m := v.dir.slots[slot].group
		if e := s.edge(m.find(n)); e != nil && e.present {
			if g := v.seen(s, slot); g != nil {
				groups = append(groups, g)
			}
		}
	}
	return groups
}

// AddMember puts an object in a group.
//
// Errors: ErrNotFound when either does not exist, ErrMemberExists, ErrMemberSelf,
// and ErrMemberKind where the group does not take the member: a room list takes
// rooms only, a Microsoft 365 group takes users, and nothing takes members of a
// dynamic group, whose members are computed.
func (v View) AddMember(group, member uuid.UUID) error {
	return v.changeMembers(group, func(_ *membership) ([]uuid.UUID, []uuid.UUID, error) {
		return []uuid.UUID{member}, nil, nil
	})
}

// RemoveMember takes an object out of a group. Errors: ErrNotFound, ErrNotMember.
func (v View) RemoveMember(group, member uuid.UUID) error {
	return v.changeMembers(group, func(_ *membership) ([]uuid.UUID, []uuid.UUID, error) {
		return nil, []uuid.UUID{member}, nil
	})
}

// AddMembers puts all of the objects in a group, or none of them. Its errors are
// those of [View.AddMember].
func (v View) AddMembers(group uuid.UUID, members []uuid.UUID) error {
	return v.changeMembers(group, func(_ *membership) ([]uuid.UUID, []uuid.UUID, error) {
		return members, nil, nil
	})
}

// SetMembers makes the given objects the group's only members, all at once.
func (v View) SetMembers(group uuid.UUID, members []uuid.UUID) error {
	return v.changeMembers(group, func(m *membership) (add, drop []uuid.UUID, err error) {
		wanted := map[uint32]bool{}
		for _, id := range members {
			n, o := v.dir.current(id)
			if o == nil {
				return nil, nil, ErrNotFound
			}
			e := m.find(n)
			if !wanted[n] && (e == nil || !e.present) {
				add = append(add, id)
			}
			wanted[n] = true
		}
		for i := range m.edges {
			if e := &m.edges[i]; e.present && !wanted[e.member] {
				drop = append(drop, v.dir.slots[e.member].latest.object.ID)
			}
		}
		return add, drop, nil
	})
}

// changeMembers checks and makes the changes that plan asks for, as one change.
func (v View) changeMembers(group uuid.UUID, plan func(*membership) (add, drop []uuid.UUID, err error)) error {
	d := v.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	n, g := d.current(group)
	if g == nil || d.slots[n].group == nil {
		return ErrNotFound
	}
	add, drop, err := plan(d.slots[n].group)
	if err != nil || len(add)+len(drop) == 0 {
		return err
	}
	if err := d.checkMembers(n, g, add, drop); err != nil {
		return err
	}
	s := v.nextStamp()
	if err := d.log.members(g, add, drop, s); err != nil {
		return err
	}
	d.putMembers(n, add, drop, s)
	return nil
}

func (d *Directory) checkMembers(n uint32, group *Object, add, drop []uuid.UUID) error {
	for _, id := range add {
		member, o := d.current(id)
		if o == nil {
			return ErrNotFound
		}
		if member == n {
			return ErrMemberSelf
		}
		if e := d.slots[n].group.find(member); e != nil && e.present {
			return ErrMemberExists
		}
		if !takes(group.Kind, o.Kind) {
			return ErrMemberKind
		}
	}
	for _, id := range drop {
		member, ok := d.ids[id]
		if !ok {
			return ErrNotFound
		}
		if e := d.slots[n].group.find(member); e == nil || !e.present {
			return ErrNotMember
		}
	}
	return nil
}

// takes reports whether a group of one kind may have members of another.
// Sources: Add-DistributionGroupMember for the kinds of members; Graph's
// "groups: allowed member types".
func takes(group, member Kind) bool {
	switch group {
	case RoomList:
		return member.Has(RoomMailbox | RoomList)
	case Microsoft365:
		return member.Has(Users)
	case Dynamic:
		return false
	}
	return member != Microsoft365
}

func (d *Directory) putMembers(n uint32, add, drop []uuid.UUID, s stamp) {
	m, settled := d.slots[n].group, d.settledAt(s.at)
	for _, id := range slices.Compact(add) {
		m.put(d.ids[id], true, s, settled)
	}
	for _, id := range slices.Compact(drop) {
		m.put(d.ids[id], false, s, settled)
	}
	d.record(s)
}
