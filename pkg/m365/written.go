package m365

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// graphLag is for how long Graph may not show what was written in Exchange:
// seconds to many minutes, as observed. After that, what Graph shows is so.
const graphLag = time.Hour

// written is what was written in Exchange and lies over what Graph tells.
type written struct {
	mu      sync.RWMutex
	created map[string]creation             // by address in lower case
	left    map[string]leaving              // contacts that have another address now or are gone, by their former address in lower case
	joined  map[string]map[string]joining   // by the group's id and the member's address in lower case
	parted  map[string]map[string]time.Time // when memberships were taken away, by the group's id and the member's id or address: see memberKey
}

// leftKind is the kind, among what is kept, of a contact that has left its
// address or is gone.
const leftKind = "left"

type creation struct {
	contact onboard.Recipient
	at      time.Time
	earlier bool // by an earlier run
}

// leaving is a contact's change to another address, or its end.
type leaving struct {
	contactID string
	at        time.Time
}

type joining struct {
	memberID string
	at       time.Time
}

func newWritten() *written {
	return &written{created: map[string]creation{}, left: map[string]leaving{}, joined: map[string]map[string]joining{}, parted: map[string]map[string]time.Time{}}
}

func (w *written) create(address string, r onboard.Recipient, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.created[strings.ToLower(address)] = creation{contact: r, at: at}
}

// move notes that a contact has another address.
func (w *written) move(r onboard.Recipient, to string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	former := strings.ToLower(r.Address)
	delete(w.created, former)
	w.left[former] = leaving{contactID: r.ID, at: at}
	delete(w.left, strings.ToLower(to))
	r.Address = to
	w.created[strings.ToLower(to)] = creation{contact: r, at: at}
}

// without drops the contacts that have left the address.
func (w *written) without(address string, holders []onboard.Recipient) []onboard.Recipient {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.remaining(address, holders)
}

func (w *written) remaining(address string, holders []onboard.Recipient) []onboard.Recipient {
	l, ok := w.left[strings.ToLower(address)]
	if !ok || l.contactID == "" {
		return holders
	}
	return slices.DeleteFunc(holders, func(r onboard.Recipient) bool { return r.Kind == onboard.KindContact && r.ID == l.contactID })
}

// end notes that a contact is gone.
func (w *written) end(r onboard.Recipient, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left[strings.ToLower(r.Address)] = leaving{contactID: r.ID, at: at}
}

// contact gives the contact or guest that was created with the address.
func (w *written) contact(address string) (creation, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	c, ok := w.created[strings.ToLower(address)]
	return c, ok
}

// forget drops who was created with the address and its memberships, since it turned
// out to be gone.
func (w *written) forget(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	address = strings.ToLower(address)
	delete(w.created, address)
	for _, members := range w.joined {
		delete(members, address)
	}
}

func (w *written) join(g onboard.Group, r onboard.Recipient, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.add(g.ID, r.Address, joining{memberID: r.ID, at: at})
	delete(w.parted[g.ID], memberKey(r.ID))
	delete(w.parted[g.ID], memberKey(r.Address))
}

func (w *written) add(group, address string, j joining) {
	members := w.joined[group]
	if members == nil {
		members = map[string]joining{}
		w.joined[group] = members
	}
	members[strings.ToLower(address)] = j
}

// leave notes that a membership is being taken away.
func (w *written) leave(g onboard.Group, r onboard.Recipient, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.joined[g.ID], strings.ToLower(r.Address))
	w.part(g.ID, r.ID, at)
	w.part(g.ID, r.Address, at)
}

func (w *written) part(group, idOrAddress string, at time.Time) {
	if idOrAddress == "" {
		return
	}
	members := w.parted[group]
	if members == nil {
		members = map[string]time.Time{}
		w.parted[group] = members
	}
	members[memberKey(idOrAddress)] = at
}

// hasLeft tells whether the membership was taken away, and not added again since.
func (w *written) hasLeft(g onboard.Group, r onboard.Recipient) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	members := w.parted[g.ID]
	_, byID := members[memberKey(r.ID)]
	_, byAddress := members[memberKey(r.Address)]
	return byID || byAddress
}

func (w *written) hasJoined(g onboard.Group, r onboard.Recipient) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	j, ok := w.joined[g.ID][strings.ToLower(r.Address)]
	return ok && (j.memberID == r.ID || j.memberID == "" || r.ID == "")
}

// shown drops the memberships that Graph tells of by now.
func (w *written) shown(g onboard.Group, members snapshot.Members) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for address, j := range w.joined[g.ID] {
		if id, ok := snapshot.ParseID(j.memberID); ok && members.Has(id) {
			delete(w.joined[g.ID], address)
		}
	}
}

// recall takes over what earlier runs have written, as far as Graph may not
// show it yet. shown are who holds an address as Graph tells.
func (w *written) recall(kept snapshot.Written, now time.Time, shown func(address string) []onboard.Recipient) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range kept.Created {
		if c.Kind == leftKind && now.Sub(c.At) < graphLag {
			w.left[c.Address] = leaving{contactID: c.ID, at: c.At}
		}
	}
	for _, c := range kept.Created {
		if c.Kind != leftKind && now.Sub(c.At) < graphLag && len(w.remaining(c.Address, shown(c.Address))) == 0 {
			r := onboard.Recipient{ID: c.ID, Kind: onboard.RecipientKind(c.Kind), DisplayName: c.Name, Address: c.Address, Ref: c.Ref}
			w.created[c.Address] = creation{contact: r, at: c.At, earlier: true}
		}
	}
	for _, j := range kept.Joined {
		if now.Sub(j.At) < graphLag {
			w.add(j.Group, j.Address, joining{memberID: j.ID, at: j.At})
		}
	}
	for _, p := range kept.Parted {
		if now.Sub(p.At) < graphLag {
			w.part(p.Group, p.Member, p.At)
		}
	}
}

// lately is what the next run has to know.
func (w *written) lately(now time.Time) snapshot.Written {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var kept snapshot.Written
	for address, c := range w.created {
		// A guest is Graph's own, so Graph shows it.
		if now.Sub(c.at) < graphLag && c.contact.Kind == onboard.KindContact {
			kept.Created = append(kept.Created, snapshot.Created{
				Address: address, Kind: string(c.contact.Kind), ID: c.contact.ID, Name: c.contact.DisplayName, Ref: c.contact.Ref, At: c.at,
			})
		}
	}
	for address, l := range w.left {
		if now.Sub(l.at) < graphLag {
			kept.Created = append(kept.Created, snapshot.Created{Address: address, Kind: leftKind, ID: l.contactID, At: l.at})
		}
	}
	for group, members := range w.joined {
		for address, j := range members {
			if now.Sub(j.at) < graphLag {
				kept.Joined = append(kept.Joined, snapshot.Joined{Group: group, Address: address, ID: j.memberID, At: j.at})
			}
		}
	}
	for group, members := range w.parted {
		for member, at := range members {
			if now.Sub(at) < graphLag {
				kept.Parted = append(kept.Parted, snapshot.Parted{Group: group, Member: member, At: at})
			}
		}
	}
	return kept
}

// beginWriting notes, before the first change, that what is kept doesn't have
// all that was written.
func (t *Tenant) beginWriting(ctx context.Context) error {
	if t.store == nil {
		return nil
	}
	_, err := t.begun.get("", func() (struct{}, error) { return struct{}{}, t.store.Begin(ctx) })
	return err
}

// Keep keeps what was written lately for the next run. Call it when a run that
// may have changed the tenant is over, however it ended.
func (t *Tenant) Keep(ctx context.Context) error {
	if t.store == nil {
		return nil
	}
	return t.store.End(ctx, t.written.lately(t.now()))
}

// KeepTakenAway keeps, for the next run, what was taken away lately, in the store
// of a tenant that this run itself has kept nothing of. The store should have been
// emptied: Graph may show for a while what is gone.
func (t *Tenant) KeepTakenAway(ctx context.Context, in *snapshot.Store) error {
	return in.Add(ctx, takenAway(t.written.lately(t.now())))
}

// takenAway is what is gone of what was written.
func takenAway(w snapshot.Written) snapshot.Written {
	left := slices.DeleteFunc(slices.Clone(w.Created), func(c snapshot.Created) bool { return c.Kind != leftKind })
	return snapshot.Written{Created: left, Parted: w.Parted}
}
