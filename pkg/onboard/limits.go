package onboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrLimit is the cause of a run's end that went as far as its limits allow.
var ErrLimit = errors.New("a safety limit was reached")

// NoLimit is the value of a limit that is not set.
const NoLimit = -1

// Limits stop a run that does more than it was expected to. The run whose
// context Stop cancels must be told of every outcome with Count, and work on
// the tenant that Tenant gives.
type Limits struct {
	Creates  int // contacts that may be created, and guests invited
	Failures int // rows that may fail, wholly or in part, or be invalid
	// Stop is called with an error that wraps ErrLimit when a limit would be
	// passed.
	Stop context.CancelCauseFunc

	mu      sync.Mutex
	created int
	failed  int
}

// Count takes an outcome into account.
func (l *Limits) Count(o Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if made := o.Contact.Action == ContactCreated || o.Contact.Action == ContactInvited; made && o.Row.Known != nil {
		l.created++ // when the run was begun
	}
	switch o.Verdict {
	case Failed, Partial, Invalid:
		l.failed++
	}
	if l.Failures != NoLimit && l.failed > l.Failures {
		l.Stop(fmt.Errorf("%w: more than %d rows failed", ErrLimit, l.Failures))
	}
}

// Tenant gives t with the number of contacts that it creates bounded.
func (l *Limits) Tenant(t Tenant) Tenant { return &limited{Tenant: t, limits: l} }

// limited is a tenant that creates so many contacts and no more.
type limited struct {
	Tenant
	limits *Limits
}

// CreateContact creates the contact if there is one left to be created.
func (t *limited) CreateContact(ctx context.Context, c Contact) (Recipient, error) {
	if err := t.limits.take(); err != nil {
		t.limits.Stop(err)
		return Recipient{}, err
	}
	r, err := t.Tenant.CreateContact(ctx, c)
	if err != nil {
		t.limits.giveBack()
	}
	return r, err
}

// InviteGuest invites the guest if there is one left to be made.
func (t *limited) InviteGuest(ctx context.Context, c Contact) (Recipient, error) {
	if err := t.limits.take(); err != nil {
		t.limits.Stop(err)
		return Recipient{}, err
	}
	r, err := t.Tenant.InviteGuest(ctx, c)
	if err != nil {
		t.limits.giveBack()
	}
	return r, err
}

func (l *Limits) take() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Creates != NoLimit && l.created >= l.Creates {
		return fmt.Errorf("%w: more than %d contacts would have been created", ErrLimit, l.Creates)
	}
	l.created++
	return nil
}

func (l *Limits) giveBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created--
}
