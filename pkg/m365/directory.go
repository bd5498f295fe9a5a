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
	// complete: whoever is not in here or among what was written lately holds
	// no address, as far as enlist can know.
	complete bool
	// sought: only who holds an address that the run is about was asked for.
	sought bool
	isOwn  func(domain string) bool
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
// a store only the contacts are read: then Exchange is asked about everybody
// else, and knows better.
func (t *Tenant) readDirectory(ctx context.Context) error {
	t.directory.isOwn = t.isOwn
	if t.store != nil && t.store.Anew() != "" {
		t.log.Warn("the directory is read anew: " + t.store.Anew())
	}
	t.directory.sought = t.seek(ctx, t.collections())
	var usersErr, groupsErr error
	readers, reading := errgroup.WithContext(ctx)
	readers.Go(func() (err error) {
		t.directory.contacts, err = t.readBook(reading, graph.Contacts)
		return err
	})
	if t.store != nil {
		readers.Go(func() error {
			t.directory.users, usersErr = t.readBook(reading, graph.Users)
			return unlessDenied(usersErr)
		})
		readers.Go(func() error {
			t.directory.groups, groupsErr = t.readBook(reading, graph.Groups)
			return unlessDenied(groupsErr)
		})
	}
	if err := readers.Wait(); err != nil {
		return err
	}
	if denied := errors.Join(usersErr, groupsErr); denied != nil {
		t.log.Warn("not all of the directory can be read, so Exchange is asked about each address that is not a mail contact's", "error", denied)
		return nil
	}
	return t.recall(ctx)
}

// collections are those that readDirectory reads.
func (t *Tenant) collections() []graph.Collection {
	if t.store == nil {
		return []graph.Collection{graph.Contacts}
	}
	return []graph.Collection{graph.Contacts, graph.Users, graph.Groups}
}

// recall takes over what earlier runs have written, and finds out whether all
// is known that can be.
func (t *Tenant) recall(ctx context.Context) error {
	if t.store == nil || t.directory.sought || !t.store.Complete() {
		return nil
	}
	kept, err := t.store.Written(ctx)
	if err != nil {
		t.log.Warn("what the last run has written can't be read, so Exchange is asked before anything is written", "error", err)
		return nil
	}
	t.written.recall(kept, t.now(), func(address string) bool { return len(t.directory.holders(address)) > 0 })
	t.directory.complete = true
	return nil
}

func unlessDenied(err error) error {
	if errors.Is(err, onboard.ErrDenied) {
		return nil
	}
	return err
}
