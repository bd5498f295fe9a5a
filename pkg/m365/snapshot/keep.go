package snapshot

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// Book gives the recipients that are kept under a name, in a book that is open
// for writing, and the link for what changed since; nil when there are none.
func (s *Store) Book(ctx context.Context, name string) (*Book, string, error) {
	link, ok, err := s.link(ctx, name)
	if err != nil || !ok {
		return nil, "", err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT id, guest, text FROM directory_recipients WHERE book = ?`, name)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	b := NewBook()
	for rows.Next() {
		var id, text sql.RawBytes
		var e entry
		if err := rows.Scan(&id, &e.guest, &text); err != nil {
			return nil, "", err
		}
		copy(e.id[:], id)
		e.text = string(text)
		b.put(e)
	}
	return b, link, rows.Err()
}

// link gives the link that something is kept with; false when nothing is.
func (s *Store) link(ctx context.Context, name string) (string, bool, error) {
	var link string
	err := s.db.QueryRowContext(ctx, `SELECT link FROM directory_books WHERE book = ?`, name).Scan(&link)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return link, err == nil, err
}

// HasBook tells whether recipients are kept under a name.
func (s *Store) HasBook(ctx context.Context, name string) (bool, error) {
	var kept bool
	err := s.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM directory_books WHERE book = ?)`, name).Scan(&kept)
	return kept, err
}

// KeepBook keeps all of a book, in place of what was kept under the name.
func (s *Store) KeepBook(ctx context.Context, name string, b *Book, link string) error {
	// In the order of the ids, so that the table grows at its end.
	entries := slices.SortedFunc(slices.Values(b.entries), func(x, y entry) int { return compareIDs(x.id, y.id) })
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM directory_recipients WHERE book = ?`, name); err != nil {
			return err
		}
		return keepEntries(ctx, tx, name, entries, link)
	})
}

// KeepChanges keeps the recipients with these ids as they are in the book now,
// and leaves all others as they are kept.
func (s *Store) KeepChanges(ctx context.Context, name string, b *Book, ids []ID, link string) error {
	entries := make([]entry, 0, len(ids))
	for _, id := range ids {
		e := entry{id: id, gone: true}
		if place, ok := b.places[id]; ok {
			e = b.entries[place]
		}
		entries = append(entries, e)
	}
	return s.change(ctx, func(tx *sql.Tx) error { return keepEntries(ctx, tx, name, entries, link) })
}

func keepEntries(ctx context.Context, tx *sql.Tx, name string, entries []entry, link string) error {
	put, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO directory_recipients VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer put.Close()
	for _, e := range entries {
		if e.gone {
			_, err = tx.ExecContext(ctx, `DELETE FROM directory_recipients WHERE book = ? AND id = ?`, name, e.id[:])
		} else {
			_, err = put.ExecContext(ctx, name, e.id[:], e.guest, []byte(e.text))
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO directory_books VALUES (?, ?)`, name, link)
	return err
}
