package onboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ensureContact sees to it that somebody in the organisation's directory
// holds the row's address, and reports whether somebody does. What was done to
// the contact before, in the same row, is told of as well.
func (w *worker) ensureContact(ctx context.Context, holders holdersFunc) bool {
	before, note := w.contact, w.note
	w.contact, w.note, w.parked = ContactResult{}, "", false
	if err := w.findOrCreate(ctx, holders); err != nil {
		if w.parked = errors.Is(err, errParked); w.parked {
			return false
		}
		problem := w.problem(err, "The mail contact could not be looked up or created")
		w.contact = ContactResult{Action: actionFor(problem), Problem: problem}
		w.keep(before, note)
		return false
	}
	w.keep(before, note)
	if w.contact.Action == ContactCreated {
		w.contact.Problem = w.setAttributes(ctx)
	}
	return true
}

// keep joins what was told of the contact before to what is told now. Whoever
// takes the place of a contact that is gone has nothing of that.
func (w *worker) keep(before ContactResult, note string) {
	now := &w.contact
	switch now.Action {
	case ContactCreated, ContactInvited, ContactReused:
		return
	case ContactFound, ContactUpdated:
		now.Problem = before.Problem
	}
	for _, c := range now.Changes {
		if !slices.Contains(before.Changes, c) {
			before.Changes = append(before.Changes, c)
		}
	}
	if now.Changes = before.Changes; len(now.Changes) == 0 {
		return
	}
	if now.Action == ContactFound {
		now.Action = ContactUpdated
	}
	if w.note != note {
		w.note = joinNotes(note, w.note)
	}
}

type holdersFunc func(ctx context.Context, address string) ([]Recipient, error)

// findOrCreate settles who holds the address before anything is written. It
// sets the worker's person and contact.
func (w *worker) findOrCreate(ctx context.Context, holders holdersFunc) error {
	if err := w.freed(); err != nil {
		return err
	}
	found, err := holders(ctx, w.row.Contact.Email)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return w.use(found)
	}
	own, err := w.job.Tenant.OwnDomain(ctx, w.row.Contact.Domain())
	if err != nil {
		return err
	}
	if own {
		return newProblem(CodeOwnDomain, nil,
			"Nobody holds %s, and %s is one of the organisation's own domains, so this is no external address.",
			w.row.Contact.Email, w.row.Contact.Domain())
	}
	if done, err := w.readdress(ctx); done || err != nil {
		return err
	}
	if w.asGuest {
		return w.invite(ctx)
	}
	return w.create(ctx, ContactCreated, w.createOnce)
}

// use judges the recipients that hold the address.
func (w *worker) use(holders []Recipient) error {
	email := w.row.Contact.Email
	if len(holders) > 1 {
		return newProblem(CodeAddressAmbiguous, nil,
			"%d recipients hold %s: %s.", len(holders), email, describe(holders))
	}
	holder := holders[0]
	switch holder.Kind {
	case KindContact:
		w.settle(holder, ContactFound)
		return nil
	case KindGuest, KindMailUser, KindMailbox:
		w.settle(holder, ContactReused)
		w.note = fmt.Sprintf("A %s holds the address and is used instead of a mail contact.", holder.Kind)
		return nil
	case KindGroup:
		return newProblem(CodeAddressIsGroup, nil,
			"%s is the address of the group %q, not of a person.", email, holder.DisplayName)
	}
	return newProblem(CodeAddressInUse, nil,
		"%s is held by %s, which can't be used as a mail contact.", email, describe(holders))
}

func (w *worker) settle(person Recipient, action Action) {
	w.person = person
	w.contact = ContactResult{Action: action, ID: person.ID}
}

func describe(recipients []Recipient) string {
	words := make([]string, len(recipients))
	for i, r := range recipients {
		words[i] = fmt.Sprintf("the %s %q (%s)", r.Kind, r.DisplayName, r.Address)
	}
	return strings.Join(words, ", ")
}

// create makes the mail contact, or guest, that nobody holds the address of yet. When the
// tenant says otherwise, or when it is not known whether the command was
// carried out, the truth is asked for until the directories agree: an address
// is taken at once, while its holder can be looked up only some seconds later.
func (w *worker) create(ctx context.Context, action Action, once func(context.Context, Contact) (Recipient, error)) error {
	for waits := w.waits(); ; {
		person, err := once(ctx, w.row.Contact)
		switch {
		case err == nil:
			w.settle(person, action)
			w.created = time.Now()
			return nil
		case !errors.Is(err, ErrAlreadyExists) && !errors.Is(err, ErrUncertain) && !errors.Is(err, ErrNotReady):
			return err
		}
		found, lookErr := w.lookTwice(ctx, waits)
		if lookErr != nil {
			return firstNot(lookErr, errNoMorePatience, err)
		}
		if len(found) > 0 {
			return w.use(found)
		}
		w.noteRepeated(err)
	}
}

// setAttributes completes the contact that was just created. Company, title
// and phone numbers missing is no reason not to go on.
func (w *worker) setAttributes(ctx context.Context) *Problem {
	err := w.untilKnown(ctx, func() error { return w.job.Tenant.SetAttributes(ctx, w.person, w.row.Contact) })
	if err == nil {
		return nil
	}
	return newProblem(CodeAttributesNotSet, err,
		"The contact was created, but its further attributes could not be set: %v", err)
}

// untilKnown changes a contact, which is harmless to repeat, until the directories
// know it.
func (w *worker) untilKnown(ctx context.Context, change func() error) error {
	for waits := w.waits(); ; {
		err := change()
		passing := errors.Is(err, ErrRecipientNotFound) || errors.Is(err, ErrNotReady) || errors.Is(err, ErrUncertain)
		if !passing || waits.next(ctx) != nil {
			return err
		}
		w.noteRepeated(err)
	}
}

func (w *worker) createOnce(ctx context.Context, c Contact) (Recipient, error) {
	if err := w.quota.pass(w); err != nil {
		return Recipient{}, err
	}
	person, err := w.job.Tenant.CreateContact(ctx, c)
	switch {
	case err == nil:
		w.quota.accepted(w)
	case errors.Is(err, ErrCreationQuota):
		return Recipient{}, w.quota.refused(w, err)
	}
	return person, err
}

// lookTwice asks who holds the row's address now, and when nobody does, once
// more after a wait.
func (w *worker) lookTwice(ctx context.Context, waits *waits) ([]Recipient, error) {
	found, err := w.job.Tenant.CurrentHolders(ctx, w.row.Contact.Email)
	if err != nil || len(found) > 0 {
		return found, err
	}
	if err := waits.next(ctx); err != nil {
		return nil, err
	}
	return w.job.Tenant.CurrentHolders(ctx, w.row.Contact.Email)
}
