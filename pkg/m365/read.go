package m365

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
)

// readBook reads a collection: what changed since it was kept, or all of it, or
// only who holds an address that the run is about.
func (t *Tenant) readBook(ctx context.Context, c graph.Collection) (*snapshot.Book, error) {
	book, err := t.bookOf(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("the %s could not be read from Microsoft Graph (this needs the permission %s): %w", c, permission(c), graphError(err))
	}
	book.Close()
	return book, nil
}

func (t *Tenant) bookOf(ctx context.Context, c graph.Collection) (*snapshot.Book, error) {
	if t.directory.sought {
		book, err := t.soughtBook(ctx, c)
		if !errors.Is(err, graph.ErrBadRequest) {
			return book, err
		}
		t.log.Debug("Microsoft Graph does not take the look-ups, so all is read", "of", c, "error", err)
	}
	book, err := t.changedBook(ctx, c)
	if err == nil && book == nil {
		return t.wholeBook(ctx, c)
	}
	return book, err
}

// changedBook is the kept book after the changes since; nil when none is kept.
func (t *Tenant) changedBook(ctx context.Context, c graph.Collection) (*snapshot.Book, error) {
	if t.store == nil {
		return nil, nil
	}
	book, link, err := t.store.Book(ctx, string(c))
	if err != nil {
		t.log.Warn("what is kept can't be read; all is read anew", "of", c, "error", err)
		return nil, nil
	}
	if book == nil {
		return nil, nil
	}
	changes, next, err := t.graph.Changes(ctx, graph.Link(link))
	if errors.Is(err, graph.ErrResync) {
		t.log.Warn("Microsoft Graph can't tell any more what changed; all is read anew", "of", c)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := make([]snapshot.ID, 0, len(changes))
	for _, change := range changes {
		if id, ok := snapshot.ParseID(change.ID); ok {
			apply(book, id, change)
			ids = append(ids, id)
		}
	}
	t.log.Debug("read what changed from Graph", "of", c, "changes", len(changes))
	t.keep(t.store.KeepChanges(ctx, string(c), book, ids, string(next)))
	return book, nil
}

// apply writes a change into the book. What it leaves out is as it was.
func apply(book *snapshot.Book, id snapshot.ID, c graph.Change) {
	if c.Removed != nil {
		book.Remove(id)
		return
	}
	r, _ := book.Get(id)
	r.ID = id
	if c.DisplayName.Set {
		r.Name = c.DisplayName.Value
	}
	if c.Mail.Set {
		r.Mail = c.Mail.Value
	}
	if c.ProxyAddresses.Set {
		r.Others = smtpAddresses(c.ProxyAddresses.Value)
	}
	if c.UserType.Set {
		r.Guest = isGuest(c.UserType.Value)
	}
	book.Put(r)
}

// wholeBook reads all of a collection, and keeps it with the link for what
// changes from before on.
func (t *Tenant) wholeBook(ctx context.Context, c graph.Collection) (*snapshot.Book, error) {
	link := t.latest(func() (graph.Link, error) { return t.graph.Latest(ctx, c) })
	book := snapshot.NewBook()
	for r, err := range t.graph.Recipients(ctx, c) {
		if err != nil {
			return nil, err
		}
		put(book, r)
	}
	t.log.Debug("read all from Graph", "of", c, "objects", book.Len())
	if link != "" {
		t.keep(t.store.KeepBook(ctx, string(c), book, string(link)))
	}
	return book, nil
}

func put(book *snapshot.Book, r graph.Recipient) {
	if id, ok := snapshot.ParseID(r.ID); ok {
		book.Put(snapshot.Recipient{ID: id, Name: r.DisplayName, Mail: r.Mail, Others: smtpAddresses(r.ProxyAddresses), Guest: isGuest(r.UserType)})
	}
}

func isGuest(userType string) bool { return strings.EqualFold(userType, "Guest") }

// smtpAddresses are those among the proxy addresses.
func smtpAddresses(proxies []string) []string {
	var addresses []string
	for _, proxy := range proxies {
		if kind, address, ok := strings.Cut(proxy, ":"); ok && strings.EqualFold(kind, "smtp") {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// latest gives a link for later changes, empty when nothing is kept or none is
// to be had: then the next run reads all again.
func (t *Tenant) latest(ask func() (graph.Link, error)) graph.Link {
	if t.store == nil {
		return ""
	}
	link, err := ask()
	if err != nil {
		t.log.Debug("Microsoft Graph gives no link for later changes", "error", err)
		return ""
	}
	return link
}

// keep tells when something could not be kept. The run goes on; the next one
// reads it again.
func (t *Tenant) keep(err error) {
	if err != nil {
		t.log.Warn("what was read can't be kept for the next run", "error", err)
	}
}
