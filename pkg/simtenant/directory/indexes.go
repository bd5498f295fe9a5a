package directory

import "strings"

// indexes find objects by what people call them. All keys are in lower case.
type indexes struct {
	address  index // proxy addresses
	external index // external addresses that are no proxy address of the same object
	name     index
	alias    index
	display  index
}

func newIndexes() indexes {
	return indexes{newIndex(0), newIndex(0), newIndex(0), newIndex(0), newIndex(0)}
}

// retiredKey is a key that an object no longer has, kept in the index for the
// views that still see the older state.
type retiredKey struct {
	since stamp
	index *index
	key   string
	slot  uint32
}

// keys calls visit with every key of an object and the index it belongs to.
func (ixs *indexes) keys(o *Object, visit func(*index, string)) {
	visit(&ixs.name, strings.ToLower(o.Name))
	visit(&ixs.alias, strings.ToLower(o.Alias))
	visit(&ixs.display, strings.ToLower(o.DisplayName))
	if o.Address != "" {
		visit(&ixs.address, AddressKey(o.Address))
	}
	for _, p := range o.MoreProxies {
		visit(&ixs.address, AddressKey(p))
	}
	if o.External != "" && !o.Holds(o.External) {
		visit(&ixs.external, AddressKey(o.External))
	}
}

// index puts the keys of a new state in and remembers those of the old one for
// the views that still need them.
func (d *Directory) index(slot uint32, old, new *Object, since stamp) {
	if new != nil {
		d.indexes.keys(new, func(ix *index, key string) { ix.add(key, slot) })
	}
	if old != nil {
		d.indexes.keys(old, func(ix *index, key string) {
			d.retired = append(d.retired, retiredKey{since, ix, key, slot})
		})
	}
}

// sweep forgets what no view needs any more.
func (d *Directory) sweep(now int64) {
	done := 0
	for done < len(d.recent) && d.settled(d.recent[done], now) {
		done++
	}
	d.recent = d.recent[done:]
	done = 0
	for _, r := range d.retired {
		if !d.settled(r.since, now) {
			break
		}
		if !d.hasKey(r) {
			r.index.remove(r.key, r.slot)
		}
		done++
	}
	d.retired = d.retired[done:]
}

// hasKey reports whether an object took up a retired key again.
func (d *Directory) hasKey(r retiredKey) bool {
	o, found := d.object(r.slot), false
	if o == nil {
		return false
	}
	d.indexes.keys(o, func(ix *index, key string) {
		found = found || ix == r.index && key == r.key
	})
	return found
}
