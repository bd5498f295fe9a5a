package directory

import "time"

// stamp says when, where and as which change something was written.
type stamp struct {
	change uint64
	at     int64 // Unix nanoseconds; 0 for what the seed brought
	by     source
}

// source is the server through which a change came: a domain controller's
// number, or graphSource.
type source uint8

const graphSource source = 255

// slot is one object through time. Its number is its place in the directory and
// is never given to another object.
type slot struct {
	latest version
	group  *membership // nil unless the object is a group
}

// version is one state of an object. Older states are kept for as long as some
// view may still see them.
type version struct {
	object *Object
	gone   bool // removed; object is what it was at the end
	stamp  stamp
	older  *version
}

// edge is one object's membership in one group.
type edge struct {
	member  uint32
	present bool
	stamp   stamp
	older   *edge
}

// membership holds a group's members in the order in which they first came.
// Edges of members that left stay, so that Changes can tell of it.
type membership struct {
	edges   []edge
	places  map[uint32]int32 // member's slot to its place in edges
	present int
	change  uint64 // newest change of an edge
}

func newMembership() *membership { return &membership{places: map[uint32]int32{}} }

// expect makes room for the first n members of an empty group, and no more.
func (m *membership) expect(n int) {
	m.edges, m.places = make([]edge, 0, n), make(map[uint32]int32, n)
}

func (m *membership) find(member uint32) *edge {
	i, ok := m.places[member]
	if !ok {
		return nil
	}
	return &m.edges[i]
}

// put records that member came or left.
func (m *membership) put(member uint32, present bool, s stamp, settled func(stamp) bool) {
	m.change = max(m.change, s.change)
	e := m.find(member)
	switch was := e != nil && e.present; {
	case present && !was:
		m.present++
	case !present && was:
		m.present--
	}
	if e != nil {
		old := *e
		if settled(old.stamp) {
			old.older = nil
		}
		*e = edge{member: member, present: present, stamp: s, older: &old}
		return
	}
	m.places[member] = int32(len(m.edges))
	m.edges = append(m.edges, edge{member: member, present: present, stamp: s})
}

// sight is what decides whether a stamp can be seen: a server and a moment.
type sight struct {
	by     source
	now    int64
	delay  time.Duration
	latest bool // sees everything: the truth
}

func (s sight) sees(st stamp) bool {
	return s.latest || st.by == s.by || st.at == 0 || s.now >= st.at+int64(s.delay)
}

// version is the newest state of an object that can be seen, gone or not; nil
// when there is none.
func (s sight) version(sl *slot) *version {
	for v := &sl.latest; v != nil; v = v.older {
		if s.sees(v.stamp) {
			return v
		}
	}
	return nil
}

// edge is the newest seen state of a membership; nil when none is seen.
func (s sight) edge(e *edge) *edge {
	for ; e != nil; e = e.older {
		if s.sees(e.stamp) {
			return e
		}
	}
	return nil
}
