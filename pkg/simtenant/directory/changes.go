package directory

// Change is what became of one object since some number.
type Change struct {
	// Object is the newest state that the view sees; the last one if it was removed.
	Object  *Object
	Removed bool
	// Properties says that the object itself is new or changed; without it only
	// members came or went.
	Properties bool
	// Joined and Left are the members that came to a group and left it.
	Joined, Left []*Object
}

// Latest is the number up to which the view has seen everything. Changes since
// that number are all changes to come; some that the view saw already (its own,
// which it sees before older ones of others) may be among them.
func (v View) Latest() uint64 {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	s, seen := v.sight(), v.dir.change
	for _, st := range v.dir.recent {
		if !s.sees(st) {
			seen = min(seen, st.change-1)
		}
	}
	return seen
}

// Changes calls visit with the objects of the given kinds that changed after
// the change numbered since, as far as the view sees it, from a place onwards,
// until visit returns false. Each object comes once, in the order of
// [View.List], with the net effect of all its changes. since 0 gives every
// object that there is, and no removed ones.
//
// Take [View.Latest] before the first page: it is where the next round starts.
func (v View) Changes(since uint64, kinds Kind, from Cursor, visit func(Change) bool) (next Cursor, end bool) {
	for {
		c, at, ok := v.nextChange(since, kinds, from)
		if !ok {
			return at, true
		}
		if !visit(c) {
			return at + 1, false
		}
		from = at + 1
	}
}

// nextChange finds the first changed object at or after from.
func (v View) nextChange(since uint64, kinds Kind, from Cursor) (Change, Cursor, bool) {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	s := v.sight()
	for ; int(from) < len(v.dir.slots); from++ {
		sl := &v.dir.slots[from]
		if !sl.latest.object.Kind.Has(kinds) {
			continue
		}
		if c, ok := v.changeOf(s, sl, since); ok {
			return c, from, true
		}
	}
	return Change{}, from, false
}

func (v View) changeOf(s sight, sl *slot, since uint64) (Change, bool) {
	ver := s.version(sl)
	if ver == nil || ver.object.SoftDeleted {
		return Change{}, false
	}
	c := Change{Object: ver.object, Removed: ver.gone, Properties: ver.stamp.change > since}
	if ver.gone {
		return c, since > 0 && c.Properties
	}
	if sl.group != nil && (sl.group.change > since || since == 0) {
		v.memberChanges(s, sl.group, since, &c)
	}
	return c, c.Properties || since == 0 || len(c.Joined)+len(c.Left) > 0
}

func (v View) memberChanges(s sight, m *membership, since uint64, c *Change) {
	for i := range m.edges {
		e := s.edge(&m.edges[i])
		if e == nil || (since > 0 && e.stamp.change <= since) {
			continue
		}
		member := v.dir.slots[e.member].latest.object
		switch {
		case e.present:
			c.Joined = append(c.Joined, member)
		case since > 0:
			c.Left = append(c.Left, member)
		}
	}
}
