package journal

import (
	"context"
	"errors"
	"strings"

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

// Holders is the tenant's answer, unless the run has made somebody new.
func (t *tenant) Holders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	return t.holders(ctx, address, t.Tenant.Holders)
}

// CurrentHolders is the tenant's answer, unless the run has made somebody new.
func (t *tenant) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	return t.holders(ctx, address, t.Tenant.CurrentHolders)
}

func (t *tenant) holders(ctx context.Context, address string, ask func(context.Context, string) ([]onboard.Recipient, error)) ([]onboard.Recipient, error) {
	key := newcomerKey(CreateContact, address)
	done, ok := t.record.deeds.get(key)
	if !ok {
		key = newcomerKey(InviteGuest, address)
		done, ok = t.record.deeds.get(key)
	}
	if !ok {
		if found, asked, err := t.heldBefore(ctx, address); asked || err != nil {
			return found, err
		}
		return ask(ctx, address)
	}
	if !done.confirmed {
		// Only somebody of that kind who is there now is the one intended.
		found, err := t.Tenant.CurrentHolders(ctx, address)
		if err != nil || len(found) != 1 || found[0].Kind != done.person.Kind {
			return found, err
		}
		done.person = found[0]
		if done, err = t.record.confirm(key, done); err != nil {
			return nil, err
		}
	}
	if !done.told {
		return nil, nil
	}
	return []onboard.Recipient{done.person}, nil
}

func newcomerKey(kind, address string) deedKey {
	return deedKey{kind: kind, address: strings.ToLower(address)}
}

// CreateContact creates the contact, unless the run has done so already.
func (t *tenant) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	return t.make(ctx, CreateContact, onboard.KindContact, c, t.Tenant.CreateContact)
}

// InviteGuest invites the guest, unless the run has done so already.
func (t *tenant) InviteGuest(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	return t.make(ctx, InviteGuest, onboard.KindGuest, c, t.Tenant.InviteGuest)
}

func (t *tenant) make(ctx context.Context, kind string, of onboard.RecipientKind, c onboard.Contact,
	do func(context.Context, onboard.Contact) (onboard.Recipient, error)) (onboard.Recipient, error) {
	key := newcomerKey(kind, c.Email)
	if done, ok := t.record.deeds.tell(key); ok {
		return done.person, nil
	}
	pending, again, err := t.record.intend(key, onboard.Recipient{Kind: of, DisplayName: c.DisplayName}, onboard.Group{})
	if err != nil {
		return onboard.Recipient{}, err
	}
	made, err := do(ctx, c)
	switch {
	case err == nil:
		return made, t.record.done(key, pending, made)
	case again && errors.Is(err, onboard.ErrAlreadyExists):
		// It may be the one of the first try; CurrentHolders will show.
		return made, err
	}
	return made, t.record.failed(key, pending, err)
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
	pending, _, err := t.record.intend(key, r, onboard.Group{})
	if err != nil {
		return err
	}
	if err := t.Tenant.SetAttributes(ctx, r, c); err != nil {
		return t.record.failed(key, pending, err)
	}
	return t.record.done(key, pending, r)
}

// hasAttributes reports whether there is anything to set beyond what every
// contact is created with.
func hasAttributes(c onboard.Contact) bool {
	c.Email, c.DisplayName, c.FirstName, c.LastName = "", "", "", ""
	return c != onboard.Contact{}
}
