package journal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"enlist/pkg/onboard"
)

// tenant is a tenant whose changes are recorded: the intent is on the disk
// before the command goes out, and what came of it follows. What the run did
// before it was cut off is laid over the tenant's answers; see deed.told.
type tenant struct {
	onboard.Tenant
	record *Recorder
}

// Tenant gives t with its changes recorded as those of the run.
func (r *Recorder) Tenant(t onboard.Tenant) onboard.Tenant { return &tenant{Tenant: t, record: r} }

func contactKey(address string) deedKey {
	return deedKey{kind: CreateContact, address: strings.ToLower(address)}
}

func memberKey(g onboard.Group, r onboard.Recipient) deedKey {
	return deedKey{kind: AddMember, address: strings.ToLower(r.Address), group: g.ID}
}

func groupKey(g onboard.Group) deedKey { return deedKey{kind: OpenGroup, group: g.ID} }

// Holders is the tenant's answer, unless the run has created the contact.
func (t *tenant) Holders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	return t.holders(ctx, address, t.Tenant.Holders)
}

// CurrentHolders is the tenant's answer, unless the run has created the contact.
func (t *tenant) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	return t.holders(ctx, address, t.Tenant.CurrentHolders)
}

func (t *tenant) holders(ctx context.Context, address string, ask func(context.Context, string) ([]onboard.Recipient, error)) ([]onboard.Recipient, error) {
	key := contactKey(address)
	done, ok := t.record.deeds.get(key)
	if !ok {
		return ask(ctx, address)
	}
	if !done.confirmed {
		// Only a contact that is there now is the one that was intended.
		found, err := t.Tenant.CurrentHolders(ctx, address)
		if err != nil || len(found) != 1 || found[0].Kind != onboard.KindContact {
			return found, err
		}
		done.person = found[0]
		if err := t.confirm(key, done); err != nil {
			return nil, err
		}
	}
	if !done.told {
		return nil, nil
	}
	return []onboard.Recipient{done.person}, nil
}

// CreateContact creates the contact, unless the run has done so already.
func (t *tenant) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	key := contactKey(c.Email)
	if done, ok := t.record.deeds.tell(key); ok {
		return done.person, nil
	}
	pending, again, err := t.intend(key, onboard.Recipient{Kind: onboard.KindContact, DisplayName: c.DisplayName}, onboard.Group{})
	if err != nil {
		return onboard.Recipient{}, err
	}
	created, err := t.Tenant.CreateContact(ctx, c)
	switch {
	case err == nil:
		return created, t.done(key, pending, created)
	case again && errors.Is(err, onboard.ErrAlreadyExists):
		// It may be the contact of the first try; CurrentHolders will show.
		return created, err
	}
	return created, t.failed(key, pending, err)
}

// SetAttributes sets the attributes, unless the run has done so already.
func (t *tenant) SetAttributes(ctx context.Context, r onboard.Recipient, c onboard.Contact) error {
	if !hasAttributes(c) {
		return t.Tenant.SetAttributes(ctx, r, c)
	}
	key := deedKey{kind: SetAttributes, address: strings.ToLower(r.Address)}
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	pending, _, err := t.intend(key, r, onboard.Group{})
	if err != nil {
		return err
	}
	if err := t.Tenant.SetAttributes(ctx, r, c); err != nil {
		return t.failed(key, pending, err)
	}
	return t.done(key, pending, r)
}

// hasAttributes reports whether there is anything to set beyond what every
// contact is created with.
func hasAttributes(c onboard.Contact) bool {
	c.Email, c.DisplayName, c.FirstName, c.LastName = "", "", "", ""
	return c != onboard.Contact{}
}

// Groups is the tenant's answer, with the sender restriction as the run left it.
func (t *tenant) Groups(ctx context.Context, name string) ([]onboard.Group, error) {
	found, err := t.Tenant.Groups(ctx, name)
	if err != nil {
		return nil, err
	}
	groups := slices.Clone(found) // the answer may be the tenant's own memory
	for i, g := range groups {
		key := groupKey(g)
		done, ok := t.record.deeds.get(key)
		if !ok {
			continue
		}
		if !done.confirmed {
			if g.InsideSendersOnly {
				continue
			}
			// The group was closed when this was intended, and is open now.
			if err := t.confirm(key, done); err != nil {
				return nil, err
			}
		}
		groups[i].InsideSendersOnly = !done.told
	}
	return groups, nil
}

// AllowOutsideSenders opens the group, unless the run has done so already.
func (t *tenant) AllowOutsideSenders(ctx context.Context, g onboard.Group) error {
	key := groupKey(g)
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	pending, _, err := t.intend(key, onboard.Recipient{}, g)
	if err != nil {
		return err
	}
	if err := t.Tenant.AllowOutsideSenders(ctx, g); err != nil {
		return t.failed(key, pending, err)
	}
	return t.done(key, pending, onboard.Recipient{})
}

// IsMember is the tenant's answer, unless the run has added the person.
func (t *tenant) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	key := memberKey(g, r)
	done, ok := t.record.deeds.get(key)
	if ok && done.confirmed {
		return done.told, nil
	}
	member, err := t.Tenant.IsMember(ctx, g, r)
	if err != nil || !member || !ok {
		return member, err
	}
	// The person was no member when this was intended, and is one now.
	done.person = r
	return false, t.confirm(key, done)
}

// AddMember adds the person, unless the run has done so already.
func (t *tenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	key := memberKey(g, r)
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	pending, again, err := t.intend(key, r, g)
	if err != nil {
		return err
	}
	err = t.Tenant.AddMember(ctx, g, r)
	if err == nil || again && errors.Is(err, onboard.ErrAlreadyMember) {
		return t.done(key, pending, r)
	}
	return t.failed(key, pending, err)
}

// intend brings the intent to the disk, and reports whether it is there
// already from an earlier try of which it is not known whether it worked.
func (t *tenant) intend(key deedKey, person onboard.Recipient, group onboard.Group) (pending deed, again bool, err error) {
	if pending, again = t.record.deeds.get(key); again {
		return pending, true, nil
	}
	pending = deed{step: t.record.journal.lastStep.Add(1), person: person}
	err = t.record.journal.writer.commit(`INSERT INTO steps
		(id, run, kind, state, address, person_id, person_kind, person_name, person_ref, group_id, group_address, group_ref, intended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		pending.step, t.record.run.seq, key.kind, stateIntended, key.address, person.ID, string(person.Kind), person.DisplayName, person.Ref,
		group.ID, strings.ToLower(group.Address), group.Ref, textOf(time.Now()))
	return pending, false, err
}

// confirm records what turned out to have been done, to be told of.
func (t *tenant) confirm(key deedKey, d deed) error {
	d.confirmed = true
	t.record.deeds.set(key, d)
	return t.record.finish(d.step, stateDone, d.person, nil)
}

// done records that the command was carried out. What this sitting of the run
// does need not be remembered: the tenant knows it.
func (t *tenant) done(key deedKey, d deed, person onboard.Recipient) error {
	t.record.deeds.forget(key)
	return t.record.finish(d.step, stateDone, person, nil)
}

// failed records why the command was not carried out, and gives that error. A
// command whose end is not known stays intended.
func (t *tenant) failed(key deedKey, d deed, because error) error {
	state := stateRefused
	if errors.Is(because, onboard.ErrUncertain) || errors.Is(because, context.Canceled) || errors.Is(because, context.DeadlineExceeded) {
		state = stateIntended
		t.record.deeds.set(key, d)
	} else {
		t.record.deeds.forget(key)
	}
	if err := t.record.finish(d.step, state, d.person, because); err != nil {
		return err
	}
	return because
}

// finish records the end of a step.
func (r *Recorder) finish(step int64, state string, person onboard.Recipient, because error) error {
	text := ""
	if because != nil {
		text = because.Error()
	}
	return r.journal.writer.put(`UPDATE steps SET state = ?, person_id = ?, person_ref = ?, ended = ?, error = ? WHERE id = ?`,
		state, person.ID, person.Ref, textOf(time.Now()), text, step)
}
