package directory

import "slices"

// index finds slots by a text key. Keys are nearly always unique, so the first
// slot of a key sits in the map itself and only further ones cost a slice.
type index struct {
	first map[string]uint32
	more  map[string][]uint32
}

func newIndex(size int) index {
	return index{first: make(map[string]uint32, size), more: map[string][]uint32{}}
}

func (ix *index) add(key string, slot uint32) {
	if key == "" {
		return
	}
	have, taken := ix.first[key]
	switch {
	case !taken:
		ix.first[key] = slot
	case have != slot && !slices.Contains(ix.more[key], slot):
		ix.more[key] = append(ix.more[key], slot)
	}
}

func (ix *index) remove(key string, slot uint32) {
	rest := ix.more[key]
	if i := slices.Index(rest, slot); i >= 0 {
		ix.setMore(key, slices.Delete(rest, i, i+1))
		return
	}
	if have, ok := ix.first[key]; !ok || have != slot {
		return
	}
	if len(rest) == 0 {
		delete(ix.first, key)
		return
	}
	ix.first[key] = rest[0]
	ix.setMore(key, rest[1:])
}

func (ix *index) setMore(key string, rest []uint32) {
	if len(rest) == 0 {
		delete(ix.more, key)
		return
	}
	ix.more[key] = rest
}

// each calls visit with every slot of a key until it returns false.
func (ix *index) each(key string, visit func(uint32) bool) {
	slot, ok := ix.first[key]
	if !ok || !visit(slot) {
		return
	}
	for _, slot := range ix.more[key] {
		if !visit(slot) {
			return
		}
	}
}
