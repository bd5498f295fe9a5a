package m365

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// directory is who holds which address, as Graph tells.
type directory struct {
	contacts, users, groups *snapshot.Book // nil: not read
	// complete: it goes on from the night before, with all that was written since.
	complete bool
	// vouch tells whether who is not in here or among what was written lately
	// holds no address, as far as enlist can know.
	vouch vouch
	// sought: only who holds an address that the run is about was asked for.
	sought bool
	// counted is how many contacts there are, if that was asked.
	counted int
	isOwn   func(domain string) bool
}

func (d *directory) set(c graph.Collection, book *snapshot.Book) {
	switch c {
	case graph.Contacts:
		d.contacts = book
	case graph.Users:
		d.users = book
	case graph.Groups:
		d.groups = book
	}
}

// holders gives everybody who holds the address.
func (d *directory) holders(address string) []onboard.Recipient {
	var found []onboard.Recipient
	for _, b := range []struct {
		book *snapshot.Book
		kind func(snapshot.Recipient) onboard.RecipientKind
	}{
		{d.contacts, func(snapshot.Recipient) onboard.RecipientKind { return onboard.KindContact }},
		{d.users, d.userKind},
		{d.groups, func(snapshot.Recipient) onboard.RecipientKind { return onboard.KindGroup }},
	} {
		if b.book == nil {
			continue
		}
		for _, r := range b.book.Holders(address) {
			found = append(found, onboard.Recipient{
				ID:          r.ID.String(),
				Kind:        b.kind(r),
				DisplayName: r.Name,
				Address:     firstOf(r.Mail, address),
				Ref:         firstOf(r.Mail, address),
				Remembered:  !d.complete,
			})
		}
	}
	return found
}

// userKind tells users apart as far as Graph does: it does not say who has a
// mailbox, but mail users have their mail elsewhere.
func (d *directory) userKind(r snapshot.Recipient) onboard.RecipientKind {
	_, domain, _ := strings.Cut(r.Mail, "@")
	switch {
	case r.Guest:
		return onboard.KindGuest
	case d.isOwn(domain):
		return onboard.KindMailbox
	}
	return onboard.KindMailUser
}

// permission is what an app needs to read a collection.
func permission(c graph.Collection) string {
	switch c {
	case graph.Contacts:
		return "OrgContact.Read.All"
	case graph.Users:
		return "User.Read.All"
	}
	return "GroupMember.Read.All"
}

// readDirectory reads who holds which address, all collections at once. Without
// a store, users and groups are read only where that costs less than to ask
// Exchange about those who are no contacts. goesOn tells that what earlier runs
// have written is to be laid over it.
func (t *Tenant) readDirectory(ctx context.Context) (goesOn bool, err error) {
	t.directory.isOwn = t.isOwn
	if t.store == nil {
		return false, t.readUnkept(ctx)
	}
	if t.store.Anew() != "" {
		t.log.Warn("the directory is read anew: " + t.store.Anew())
	}
	all := []graph.Collection{graph.Contacts, graph.Users, graph.Groups}
	t.directory.sought = t.seek(ctx, all)
	denied, err := t.readBooks(ctx, all...)
	if err != nil {
		return false, err
	}
	if denied != nil {
		t.log.Warn("not all of the directory can be read, so Exchange is asked about each address that is not a mail contact's", "error", denied)
		return false, nil
	}
	return true, nil
}

// readBooks reads collections side by side. Of users and groups, denied tells
// that the app has no right to read them.
func (t *Tenant) readBooks(ctx context.Context, of ...graph.Collection) (denied, err error) {
	refused := make([]error, len(of))
	books := make([]*snapshot.Book, len(of))
	reading, ctx := errgroup.WithContext(ctx)
	for i, c := range of {
		reading.Go(func() (err error) {
			books[i], err = t.readBook(ctx, c)
			if c != graph.Contacts && errors.Is(err, onboard.ErrDenied) {
				refused[i], err = err, nil
			}
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	for i, c := range of {
		t.directory.set(c, books[i])
	}
	return errors.Join(refused...), nil
}

// recall takes over what earlier runs have written, and finds out whether the
// directory vouches for those whom it doesn't show. What they have taken away
// counts in any case; the rest only if nothing is missing from it.
func (t *Tenant) recall(ctx context.Context) {
	kept, err := t.store.Written(ctx)
	if err != nil {
		t.log.Warn("what the last run has written can't be read, so Exchange is asked before anything is written", "error", err)
		return
	}
	if t.directory.sought || !t.store.Complete() {
		kept = takenAway(kept)
	}
	t.written.recall(kept, t.now(), t.directory.holders)
	switch {
	case t.directory.sought:
		return
	case !t.store.Complete():
		t.directory.vouch.begin(t.changes)
		return
	}
	t.directory.complete = true
	t.directory.vouch.give()
}
