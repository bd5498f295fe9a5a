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

func contactKey(address string) deedKey {
	return deedKey{kind: CreateContact, address: strings.ToLower(address)}
}

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
