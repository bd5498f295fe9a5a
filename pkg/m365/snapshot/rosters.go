package snapshot

import (
	"context"
	"database/sql"
	"errors"
)

// Turnover is what became of a group since a link was given out.
type Turnover struct {
	Gone    bool        // the group is no more
	Members map[ID]bool // true for one who joined, false for one who left
}

// Members gives the members that are kept of a group, and the link for what
// changed since, which several groups can share; the link is empty when none
// are kept.
func (s *Store) Members(ctx context.Context, group ID) (Members, string, error) {
	var link string
	var text []byte
	err := s.db.QueryRowContext(ctx, `SELECT link, members FROM directory_groups WHERE id = ?`, group[:]).Scan(&link, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return Members{}, "", nil
	}
	if err != nil {
		return Members{}, "", err
	}
	m, err := readMembers(text)
	return m, link, err
}

// MemberLink gives the link of [Store.Members] alone.
func (s *Store) MemberLink(ctx context.Context, group ID) (string, error) {
	var link string
	err := s.db.QueryRowContext(ctx, `SELECT link FROM directory_groups WHERE id = ?`, group[:]).Scan(&link)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return link, err
}

// KeepMembers keeps the members of a group.
func (s *Store) KeepMembers(ctx context.Context, group ID, m Members, link string) error {
	_, err := s.db.ExecContext(ctx, `INSERT OR REPLACE INTO directory_groups VALUES (?, ?, ?)`, group[:], link, m.bytes())
	return err
}

// ChangeMembers brings all groups that share a link to where the next link goes
// on. A group that nothing is told of is as it was; one that doesn't share the
// link is left alone.
func (s *Store) ChangeMembers(ctx context.Context, link string, groups map[ID]Turnover, next string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for id, turnover := range groups {
			if err := changeMembers(ctx, tx, id, link, turnover); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE directory_groups SET link = ? WHERE link = ?`, next, link)
		return err
	})
}

func changeMembers(ctx context.Context, tx *sql.Tx, id ID, link string, t Turnover) error {
	if t.Gone {
		_, err := tx.ExecContext(ctx, `DELETE FROM directory_groups WHERE id = ? AND link = ?`, id[:], link)
		return err
	}
	var text []byte
	err := tx.QueryRowContext(ctx, `SELECT members FROM directory_groups WHERE id = ? AND link = ?`, id[:], link).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || len(t.Members) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := readMembers(text)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE directory_groups SET members = ? WHERE id = ?`, kept.After(t.Members).bytes(), id[:])
	return err
}

// ShareLink says that the groups, as they are kept, go on from one link.
func (s *Store) ShareLink(ctx context.Context, link string, groups ...ID) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, id := range groups {
			if _, err := tx.ExecContext(ctx, `UPDATE directory_groups SET link = ? WHERE id = ?`, link, id[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropMembers forgets the groups that share a link.
func (s *Store) DropMembers(ctx context.Context, link string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM directory_groups WHERE link = ?`, link)
	return err
}
