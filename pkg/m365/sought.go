package m365

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
)

// nights is how often a directory that is kept is taken to be of use, before it
// would have to be read again: reading it must cost that many times as much as
// looking up the addresses of one run, to be not worth it.
const nights = 10

// seek decides, where nothing is kept of the directory, whether the addresses
// that the run is about are looked up rather than everything read: if that takes
// fewer requests.
func (t *Tenant) seek(ctx context.Context, of []graph.Collection) bool {
	if len(t.addresses) == 0 || t.isKept(ctx) {
		return false
	}
	lookups := len(of) * graph.FindRequests(len(t.addresses))
	worth := 1
	if t.store != nil {
		worth = nights
	}
	pages, err := t.pages(ctx, of)
	if err != nil {
		t.log.Debug("reading the directory, since Microsoft Graph does not tell how large it is", "error", err)
		return false
	}
	costs := t.log.With("addresses", len(t.addresses), "requests", lookups, "pages", pages)
	if worth*lookups >= pages {
		costs.Debug("reading the directory rather than looking the addresses up", "kept", t.store != nil)
		return false
	}
	costs.Debug("looking the addresses up rather than reading the directory, which takes more requests")
	return true
}

// isKept tells whether anything is kept to go on from.
func (t *Tenant) isKept(ctx context.Context) bool {
	if t.store == nil {
		return false
	}
	kept, err := t.store.HasBook(ctx, string(graph.Contacts))
	return err == nil && kept
}

// pages counts the requests that it takes to read collections.
func (t *Tenant) pages(ctx context.Context, of []graph.Collection) (int, error) {
	var pages atomic.Int64
	counts, ctx := errgroup.WithContext(ctx)
	for _, c := range of {
		counts.Go(func() error {
			n, err := t.graph.Count(ctx, c)
			if c == graph.Contacts {
				t.directory.counted = n
			}
			pages.Add(int64(max(1, (n+graph.PageSize-1)/graph.PageSize)))
			return err
		})
	}
	err := counts.Wait()
	return int(pages.Load()), err
}

// soughtBook has of a collection only who holds an address that the run is
// about. It isn't kept: it would pass for the whole collection.
func (t *Tenant) soughtBook(ctx context.Context, c graph.Collection) (*snapshot.Book, error) {
	found, err := t.graph.Find(ctx, c, t.addresses)
	if err != nil {
		return nil, err
	}
	book := snapshot.NewBook()
	for _, r := range found {
		put(book, r)
	}
	t.log.Debug("looked up in Graph", "of", c, "addresses", len(t.addresses), "found", book.Len())
	return book, nil
}
