package onboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// breaker stops a run in which every row would fail for the same reason that
// has nothing to do with the rows: access denied, or the tenant out of order.
// Each kind of call is counted by itself, since permission to create contacts
// may be there when that to change groups is not.
type breaker struct {
	stop context.CancelCauseFunc

	mu  sync.Mutex
	row map[string]int // failures of that kind since the last success, by call
}

// A single refusal may be a passing one; so many without a success between
// them are not.
const failuresBeforeStop = 5

// see takes in how a call ended.
func (b *breaker) see(call string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		delete(b.row, call)
	case errors.Is(err, ErrOutsideScope): // speaks of one object
	case errors.Is(err, ErrDenied), errors.Is(err, ErrUnavailable):
		b.row[call]++
		if n := b.row[call]; n == failuresBeforeStop {
			b.stop(fmt.Errorf("%d failures in a row, the last one: %w", n, err))
		}
	}
}

// watched is a tenant whose refusals the breaker sees.
type watched struct {
	Tenant
	breaker *breaker
}

func watch(t Tenant, stop context.CancelCauseFunc) Tenant {
	return &watched{Tenant: t, breaker: &breaker{stop: stop, row: map[string]int{}}}
}

func (w *watched) Holders(ctx context.Context, address string) ([]Recipient, error) {
	found, err := w.Tenant.Holders(ctx, address)
	w.breaker.see("Holders", err)
	return found, err
}

func (w *watched) CurrentHolders(ctx context.Context, address string) ([]Recipient, error) {
	found, err := w.Tenant.CurrentHolders(ctx, address)
	w.breaker.see("CurrentHolders", err)
	return found, err
}

func (w *watched) KeyHolders(ctx context.Context, attribute Field, key string) ([]Recipient, error) {
	found, err := w.Tenant.KeyHolders(ctx, attribute, key)
	w.breaker.see("KeyHolders", err)
	return found, err
}

func (w *watched) CreateContact(ctx context.Context, c Contact) (Recipient, error) {
	made, err := w.Tenant.CreateContact(ctx, c)
	w.breaker.see("CreateContact", err)
	return made, err
}

func (w *watched) InviteGuest(ctx context.Context, c Contact) (Recipient, error) {
	made, err := w.Tenant.InviteGuest(ctx, c)
	w.breaker.see("InviteGuest", err)
	return made, err
}

func (w *watched) SetAttributes(ctx context.Context, r Recipient, c Contact) error {
	err := w.Tenant.SetAttributes(ctx, r, c)
	w.breaker.see("SetAttributes", err)
	return err
}

func (w *watched) Attributes(ctx context.Context, r Recipient, fields []Field, like Contact) (Contact, error) {
	now, err := w.Tenant.Attributes(ctx, r, fields, like)
	w.breaker.see("Attributes", err)
	return now, err
}

func (w *watched) UpdateContact(ctx context.Context, r Recipient, fields []Field, c Contact) error {
	err := w.Tenant.UpdateContact(ctx, r, fields, c)
	w.breaker.see("UpdateContact", err)
	return err
}

func (w *watched) Groups(ctx context.Context, name string) ([]Group, error) {
	groups, err := w.Tenant.Groups(ctx, name)
	w.breaker.see("Groups", err)
	return groups, err
}

func (w *watched) IsMember(ctx context.Context, g Group, r Recipient) (bool, error) {
	is, err := w.Tenant.IsMember(ctx, g, r)
	w.breaker.see("IsMember", err)
	return is, err
}

func (w *watched) AddMember(ctx context.Context, g Group, r Recipient) error {
	err := w.Tenant.AddMember(ctx, g, r)
	w.breaker.see("AddMember", err)
	return err
}

func (w *watched) AllowOutsideSenders(ctx context.Context, g Group) error {
	err := w.Tenant.AllowOutsideSenders(ctx, g)
	w.breaker.see("AllowOutsideSenders", err)
	return err
}

func (w *watched) AllowSender(ctx context.Context, g Group, r Recipient) error {
	err := w.Tenant.AllowSender(ctx, g, r)
	w.breaker.see("AllowSender", err)
	return err
}
