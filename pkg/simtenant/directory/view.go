package directory

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/google/uuid"
)

// View is the organisation as one server sees it, for reading and for writing.
// It is a small value; make one per request.
type View struct {
	dir   *Directory
	by    source
	delay time.Duration
	all   bool

	softDeleted bool // sees them too
}

// Exchange is the view of one of Exchange's domain controllers, which are
// numbered from 0; higher numbers wrap around.
func (d *Directory) Exchange(controller int) View {
	n := d.opts.DomainControllers
	return View{dir: d, by: source(((controller % n) + n) % n), delay: d.opts.ReplicationDelay}
}

// Graph is the view of Microsoft Graph.
func (d *Directory) Graph() View {
	return View{dir: d, by: graphSource, delay: d.opts.GraphDelay}
}

// Truth is a view that sees everything at once. No server of the service has
// it; it is for reports and for mail flow.
func (d *Directory) Truth() View { return View{dir: d, all: true} }

// WithSoftDeleted is the same view with soft-deleted objects in it.
func (v View) WithSoftDeleted() View {
	v.softDeleted = true
	return v
}

// Directory is what the view looks at.
func (v View) Directory() *Directory { return v.dir }

// Server is the host name of the view's domain controller, as error texts give it.
func (v View) Server() string {
	return fmt.Sprintf("AM0PR07A013DC%03d.EURPR07A013.PROD.OUTLOOK.COM", int(v.by)+1)
}

func (v View) now() int64 { return v.dir.opts.Now().UnixNano() }

func (v View) sight() sight {
	return sight{by: v.by, now: v.now(), delay: v.delay, latest: v.all}
}

// ByID finds an object by its ID or its GUID.
func (v View) ByID(id uuid.UUID) (*Object, bool) {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	o := v.byID(v.sight(), id)
	return o, o != nil
}

func (v View) byID(s sight, id uuid.UUID) *Object {
	slot, ok := v.dir.ids[id]
	if !ok {
		return nil
	}
	return v.seen(s, slot)
}

func (v View) seen(s sight, slot uint32) *Object {
	ver := s.version(&v.dir.slots[slot])
	if ver == nil || ver.gone || ver.object.SoftDeleted && !v.softDeleted {
		return nil
	}
	return ver.object
}

// Find lists the objects of the given kinds that identity can mean: an ID, a
// GUID, a distinguished name, an address (a proxy address of any kind), a Name,
// an Alias or a display name, in any letter case. Ids, distinguished names and
// addresses go before names, which are looked at together: two objects of one
// display name are both found.
//
// Source: the Identity parameter of the Exchange cmdlets' reference; that
// display names are accepted too is widely observed.
func (v View) Find(identity string, kinds Kind) []*Object {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	s := v.sight()
	if id, err := uuid.Parse(identity); err == nil {
		if o := v.byID(s, id); o != nil && o.Kind.Has(kinds) {
			return []*Object{o}
		}
		return nil
	}
	if name, ok := v.dir.nameInDN(identity); ok {
		identity = name
	}
	ixs, key := &v.dir.indexes, strings.ToLower(identity)
	holds := func(o *Object) bool { return o.Holds(identity) }
	if found := v.collect(s, nil, &ixs.address, AddressKey(identity), kinds, holds); len(found) > 0 {
		return found
	}
	var found []*Object
	found = v.collect(s, found, &ixs.name, key, kinds, func(o *Object) bool { return strings.EqualFold(o.Name, identity) })
	found = v.collect(s, found, &ixs.alias, key, kinds, func(o *Object) bool { return strings.EqualFold(o.Alias, identity) })
	found = v.collect(s, found, &ixs.display, key, kinds, func(o *Object) bool { return strings.EqualFold(o.DisplayName, identity) })
	return found
}

// ByAddress lists the objects that have address among their proxy addresses.
func (v View) ByAddress(address string) []*Object {
	return v.byIndex(&v.dir.indexes.address, address, func(o *Object) bool { return o.Holds(address) })
}

// ByExternal lists the objects whose external address is address.
func (v View) ByExternal(address string) []*Object {
	key := AddressKey(address)
	match := func(o *Object) bool { return o.External != "" && AddressKey(o.External) == key }
	return append(v.byIndex(&v.dir.indexes.address, address, match),
		v.byIndex(&v.dir.indexes.external, address, match)...)
}

func (v View) byIndex(ix *index, address string, match func(*Object) bool) []*Object {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	return v.collect(v.sight(), nil, ix, AddressKey(address), Recipients, match)
}

// collect appends to found what the index has under key, as the view sees it.
// The index may be ahead of the view, or behind, so match decides.
func (v View) collect(s sight, found []*Object, ix *index, key string, kinds Kind, match func(*Object) bool) []*Object {
	ix.each(key, func(slot uint32) bool {
		o := v.seen(s, slot)
		if o == nil || !o.Kind.Has(kinds) || !match(o) {
			return true
		}
		for _, have := range found {
			if have == o {
				return true
			}
		}
		found = append(found, o)
		return true
	})
	return found
}

// Cursor is a place in a listing. The zero Cursor is the beginning. A cursor
// stays valid for good: objects keep their place and new ones come at the end.
type Cursor uint32

// page is how many objects a listing looks at before it lets writers through.
const page = 1000

// List calls visit with the objects of the given kinds from a place onwards, in
// the order in which they were made, until visit returns false. It returns the
// place after the last object that visit was given, and whether it reached the
// end.
func (v View) List(kinds Kind, from Cursor, visit func(*Object) bool) (next Cursor, end bool) {
	batch := make([]*Object, 0, page)
	places := make([]Cursor, 0, page)
	for {
		batch, places = batch[:0], places[:0]
		from, end = v.read(kinds, from, &batch, &places)
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

func (v View) read(kinds Kind, from Cursor, batch *[]*Object, places *[]Cursor) (Cursor, bool) {
	v.dir.mu.RLock()
	defer v.dir.mu.RUnlock()
	s, slots := v.sight(), v.dir.slots
	for ; int(from) < len(slots) && len(*batch) < page; from++ {
		if o := v.seen(s, uint32(from)); o != nil && o.Kind.Has(kinds) {
			*batch, *places = append(*batch, o), append(*places, from)
		}
	}
	return from, int(from) >= len(slots)
}

// All goes through the objects of the given kinds in the order in which they
// were made.
func (v View) All(kinds Kind) iter.Seq[*Object] {
	return func(yield func(*Object) bool) { v.List(kinds, 0, yield) }
}
