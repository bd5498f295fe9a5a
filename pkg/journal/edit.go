package journal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"enlist/pkg/onboard"
)

// edit is what was before a change, and what it made, as far as taking it back
// needs that.
type edit struct {
	Fields   []onboard.Field `json:",omitempty"` // of a contact, those that were changed
	From, To onboard.Contact // the attributes before, and those wanted
	// Removed is what a contact was that was removed.
	Removed *onboard.Portrait `json:",omitempty"`
	// Senders is who could write to a group before somebody was put on its list.
	Senders *senders `json:",omitempty"`
	// Created is the group that was created.
	Created *onboard.Group `json:",omitempty"`
}

// senders is what decides who may write to a group.
type senders struct {
	Listed int  // how many are on the list; with none, it is not limited to any
	Open   bool // those outside may write, too
}

func sendersOf(g onboard.Group) *senders {
	return &senders{Listed: g.Delivery.Accepts, Open: !g.InsideSendersOnly}
}

// text is the edit as the file has it; empty for none.
func (e edit) text() string {
	if len(e.Fields) == 0 && e.Removed == nil && e.Senders == nil && e.Created == nil {
		return ""
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // it is made of texts
	}
	return string(text)
}

func editOf(text string) (edit, error) {
	var e edit
	if text == "" {
		return e, nil
	}
	return e, json.Unmarshal([]byte(text), &e)
}

// unchangedSince gives those of the fields that still have the values wanted.
func (e edit) unchangedSince(now onboard.Contact) []onboard.Field {
	var fields []onboard.Field
	for _, f := range e.Fields {
		if f.Same(valueOf(now, f), valueOf(e.To, f)) {
			fields = append(fields, f)
		}
	}
	return fields
}

// isBack reports whether the fields have their former values.
func (e edit) isBack(now onboard.Contact) bool {
	return !slices.ContainsFunc(e.Fields, func(f onboard.Field) bool { return !f.Same(valueOf(now, f), valueOf(e.From, f)) })
}

func valueOf(c onboard.Contact, f onboard.Field) string {
	if f == onboard.FieldHidden {
		if c.HiddenFromAddressLists != nil && *c.HiddenFromAddressLists {
			return "true"
		}
		return "false"
	}
	if text := c.Text(f); text != nil {
		return *text
	}
	return ""
}

// Attributes is the tenant's answer, unless the run has changed the contact and
// has still to tell of it.
func (t *tenant) Attributes(ctx context.Context, r onboard.Recipient, fields []onboard.Field, like onboard.Contact) (onboard.Contact, error) {
	key := editKey(r)
	done, ok := t.record.deeds.get(key)
	if ok && done.confirmed && !done.told {
		return done.edit.From, nil
	}
	now, err := t.Tenant.Attributes(ctx, r, fields, like)
	if err != nil {
		return now, err
	}
	if ok && !done.confirmed && len(done.edit.unchangedSince(now)) == len(done.edit.Fields) {
		if done, err = t.record.confirm(key, done); err != nil || !done.told {
			return done.edit.From, err
		}
	}
	t.record.former.remember(key.address, now)
	return now, nil
}

// UpdateContact changes the contact, unless the run has done so already.
func (t *tenant) UpdateContact(ctx context.Context, r onboard.Recipient, fields []onboard.Field, c onboard.Contact) error {
	key := editKey(r)
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	from, ok := t.record.former.take(key.address)
	if slices.Contains(fields, onboard.FieldEmail) {
		from, ok = onboard.Contact{Email: r.Address}, true
	}
	if !ok {
		var err error
		if from, err = t.Tenant.Attributes(ctx, r, fields, c); err != nil {
			return err
		}
	}
	pending, _, err := t.record.intendEdit(key, r, onboard.Group{}, edit{Fields: fields, From: from, To: c})
	if err != nil {
		return err
	}
	if err := t.Tenant.UpdateContact(ctx, r, fields, c); err != nil {
		return t.record.failed(key, pending, err)
	}
	return t.record.done(key, pending, r)
}

func editKey(r onboard.Recipient) deedKey {
	return deedKey{kind: UpdateContact, address: strings.ToLower(r.Address)}
}

// formerLimit is more than the rows that are in hand at once.
const formerLimit = 4096

// former are attributes that were read of late, since most of those that are
// about to be changed have just been.
type former struct {
	mu     sync.Mutex
	values map[string]onboard.Contact // by address
	order  []string                   // of the addresses, oldest first
}

func (f *former) remember(address string, c onboard.Contact) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.values == nil {
		f.values = map[string]onboard.Contact{}
	}
	f.values[address] = c
	f.order = append(f.order, address)
	if len(f.order) > formerLimit {
		delete(f.values, f.order[0])
		f.order = f.order[1:]
	}
}

func (f *former) take(address string) (onboard.Contact, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.values[address]
	delete(f.values, address)
	return c, ok
}
