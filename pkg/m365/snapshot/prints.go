package snapshot

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// Prints are what is kept of directory objects besides who they are: of each a
// short text, which means something to the caller only. They are written by one
// goroutine; after that, any number may read them.
type Prints struct {
	// As they were kept, by id and packed, since there can be hundreds of thousands.
	ids  []ID
	ends []int // of the texts
	text []byte

	changed map[ID]string
}

// NewPrints gives empty prints.
func NewPrints() *Prints { return &Prints{changed: map[ID]string{}} }

// Put writes the text of an object.
func (p *Prints) Put(id ID, text string) { p.changed[id] = text }

// Get gives the text of an object.
func (p *Prints) Get(id ID) (string, bool) {
	if text, ok := p.changed[id]; ok {
		return text, true
	}
	place, ok := slices.BinarySearchFunc(p.ids, id, compareIDs)
	if !ok {
		return "", false
	}
	from := 0
	if place > 0 {
		from = p.ends[place-1]
	}
	return string(p.text[from:p.ends[place]]), true
}

// Len counts the objects.
func (p *Prints) Len() int {
	n := len(p.ids)
	for id := range p.changed {
		if _, ok := slices.BinarySearchFunc(p.ids, id, compareIDs); !ok {
			n++
		}
	}
	return n
}

// Prints gives the prints that are kept under a name, and the mark that they
// were kept with; nil when there are none, whatever the mark says.
func (s *Store) Prints(ctx context.Context, name string) (*Prints, string, error) {
	mark, ok, err := s.link(ctx, name)
	if err != nil || !ok {
		return nil, "", err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT id, text FROM directory_recipients WHERE book = ? ORDER BY id`, name)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	p := NewPrints()
	for rows.Next() {
		var id, text sql.RawBytes
		if err := rows.Scan(&id, &text); err != nil {
			return nil, "", err
		}
		if len(id) != len(ID{}) {
			return nil, "", errTornID
		}
		p.ids = append(p.ids, ID(id))
		p.text = append(p.text, text...)
		p.ends = append(p.ends, len(p.text))
	}
	if err := rows.Err(); err != nil || len(p.ids) == 0 {
		return nil, "", err
	}
	return p, mark, nil
}

var errTornID = errors.New("the id of an object is not whole")

// KeepPrints keeps what was put into the prints, beside what was kept of them
// before, and the mark. If they were begun anew, they take the place of whatever
// is kept under the name.
func (s *Store) KeepPrints(ctx context.Context, name string, p *Prints, mark string) error {
	entries := make([]entry, 0, len(p.changed))
	for id, text := range p.changed {
		entries = append(entries, entry{id: id, text: text})
	}
	slices.SortFunc(entries, func(x, y entry) int { return compareIDs(x.id, y.id) })
	return s.change(ctx, func(tx *sql.Tx) error {
		if len(p.ids) == 0 {
			if _, err := tx.ExecContext(ctx, `DELETE FROM directory_recipients WHERE book = ?`, name); err != nil {
				return err
			}
		}
		return keepEntries(ctx, tx, name, entries, mark)
	})
}

// DropPrintsOfStrangers forgets the prints of objects that are not, or no more,
// in a book. If that book is not kept, none is known to be a stranger.
func (s *Store) DropPrintsOfStrangers(ctx context.Context, name, book string) error {
	_, err := s.db.ExecContext(ctx,
		`DELETE FROM directory_recipients WHERE book = ?1 AND id NOT IN (SELECT id FROM directory_recipients WHERE book = ?2)
		 AND EXISTS (SELECT 1 FROM directory_books WHERE book = ?2)`, name, book)
	return err
}
