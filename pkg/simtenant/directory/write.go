package directory

import (
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Create adds an object and returns it as it was stored. Ids and an alias are
// made up where they are missing, and so is a display name (the Name).
//
// Errors: a *ConflictError for a Name or an address that is taken,
// ErrAcceptedDomain for a contact whose external address is the organisation's
// own, ErrCreationQuota.
//
// A guest is the exception to unique addresses, as it is in the service: when
// somebody else holds its address it comes out damaged, without an address.
func (v View) Create(o Object) (*Object, error) {
	d := v.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	s := v.nextStamp()
	made, err := d.prepare(&o, s)
	if err != nil {
		return nil, err
	}
	if err := d.chargeQuota(made.Kind, s.at); err != nil {
		return nil, err
	}
	if err := d.log.object(made, s); err != nil {
		return nil, err
	}
	d.insert(made, s)
	return made, nil
}

// nextStamp numbers the change that is about to be made.
func (v View) nextStamp() stamp {
	now := v.now()
	v.dir.sweep(now)
	return stamp{change: v.dir.change + 1, at: now, by: v.by}
}

// seedTime is when the objects of a seed were made, as far as anybody can tell.
var seedTime = time.Date(2024, 1, 15, 8, 0, 0, 0, time.UTC)

// prepare completes a new object and checks what must be unique.
func (d *Directory) prepare(o *Object, s stamp) (*Object, error) {
	made := o.clone()
	if made.Kind == Guest && made.Address != "" && d.holder(made.Address, nil) != nil {
		made.Address = ""
	}
	if made.Alias == "" {
		made.Alias = d.freeAlias(made.Name)
	}
	if made.DisplayName == "" {
		made.DisplayName = made.Name
	}
	number := strconv.FormatUint(s.change, 10)
	if made.ID == uuid.Nil {
		made.ID = d.newID("id", number, made.Name)
	}
	if made.GUID == uuid.Nil {
		made.GUID = d.newID("guid", made.ID.String())
	}
	if made.Kind.Has(Groups) && made.Group == nil {
		made.Group = &Group{ReportToOriginator: true}
	}
	made.Created = seedTime
	if s.at != 0 {
		made.Created = time.Unix(0, s.at).UTC()
	}
	made.Changed = made.Created
	if slot, taken := d.ids[made.ID]; taken {
		return nil, &ConflictError{FieldID, made.ID.String(), d.slots[slot].latest.object}
	}
	return made, d.checkUnique(made, nil)
}

// insert puts a checked object in.
func (d *Directory) insert(o *Object, s stamp) {
	for i := range o.Attributes {
		o.Attributes[i].Value = d.strings.of(o.Attributes[i].Value)
	}
	n := uint32(len(d.slots))
	sl := slot{latest: version{object: o, stamp: s}}
	if o.Kind.Has(Groups) {
		sl.group = newMembership()
		d.groups = append(d.groups, n)
	}
	d.slots = append(d.slots, sl)
	d.ids[o.ID], d.ids[o.GUID] = n, n
	d.index(n, nil, o, s)
	d.record(s)
}

// Change replaces the object with the given ID or GUID by what edit makes of a
// copy of it, and returns the new state. edit runs without a lock, may look
// things up, and is called again when somebody else changes the object
// meanwhile. Its error is returned as it is. The object is found in the truth:
// look it up through the view first where it matters whether the view sees it.
//
// Errors: ErrNotFound, and those of [View.Create] but the quota.
func (v View) Change(id uuid.UUID, edit func(*Object) error) (*Object, error) {
	for {
		old, err := v.Directory().Truth().must(id)
		if err != nil {
			return nil, err
		}
		next := old.clone()
		if err := edit(next); err != nil {
			return nil, err
		}
		next.ID, next.GUID, next.Kind, next.Created = old.ID, old.GUID, old.Kind, old.Created
		done, err := v.swap(old, next)
		if err != nil {
			return nil, err
		}
		if done {
			return next, nil
		}
	}
}

func (v View) must(id uuid.UUID) (*Object, error) {
	if o, ok := v.ByID(id); ok {
		return o, nil
	}
	return nil, ErrNotFound
}

// swap replaces old by next, unless old is no longer the newest state.
func (v View) swap(old, next *Object) (bool, error) {
	d := v.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	n, now := d.current(old.ID)
	if now != old {
		return false, nil
	}
	s := v.nextStamp()
	next.Changed = time.Unix(0, s.at).UTC()
	if err := d.checkUnique(next, old); err != nil {
		return false, err
	}
	if err := d.log.object(next, s); err != nil {
		return false, err
	}
	d.replace(n, next, false, s)
	return true, nil
}

// Remove takes an object out of the organisation and out of every group.
// Errors: ErrNotFound.
func (v View) Remove(id uuid.UUID) error {
	d := v.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	n, old := d.current(id)
	if old == nil {
		return ErrNotFound
	}
	s := v.nextStamp()
	if err := d.log.removal(old, s); err != nil {
		return err
	}
	d.remove(n, old, s)
	return nil
}

func (d *Directory) remove(n uint32, old *Object, s stamp) {
	d.replace(n, old, true, s)
	for _, g := range d.groups {
		m := d.slots[g].group
		if e := m.find(n); e != nil && e.present {
			m.put(n, false, s, d.settledAt(s.at))
		}
	}
}

func (d *Directory) settledAt(now int64) func(stamp) bool {
	return func(s stamp) bool { return d.settled(s, now) }
}

// current finds an object in the truth.
func (d *Directory) current(id uuid.UUID) (uint32, *Object) {
	n, ok := d.ids[id]
	if !ok {
		return 0, nil
	}
	return n, d.object(n)
}

// replace makes o the newest state of a slot, or its last one.
func (d *Directory) replace(n uint32, o *Object, gone bool, s stamp) {
	sl := &d.slots[n]
	older := sl.latest
	if d.settled(older.stamp, s.at) {
		older.older = nil
	}
	sl.latest = version{object: o, gone: gone, stamp: s, older: &older}
	if gone {
		o = nil
	}
	d.index(n, older.object, o, s)
	d.record(s)
}
