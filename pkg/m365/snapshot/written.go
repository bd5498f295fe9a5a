package snapshot

import (
	"context"
	"database/sql"
	"time"
)

// Written is what runs have changed in the tenant lately, and what it may not
// show everywhere yet.
type Written struct {
	Created []Created
	Joined  []Joined
	Parted  []Parted
}

// Created is a recipient that a run has created.
type Created struct {
	Address string
	Kind    string // as the caller calls it
	ID      string // may be empty
	Name    string
	Ref     string // what the tenant calls it
	At      time.Time
}

// Joined is a membership that a run has added.
type Joined struct {
	Group   string // the group's id
	Address string
	ID      string // the member's; may be empty
	At      time.Time
}

// Parted is a membership that a run has taken away.
type Parted struct {
	Group  string // the group's id
	Member string // an id or an address
	At     time.Time
}

// Begin notes that a run is about to change the tenant. Until [Store.End], the
// file doesn't have all that was written.
func (s *Store) Begin(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `UPDATE directory_about SET complete = 0`)
	return err
}

// Written gives what was kept by the last [Store.End].
func (s *Store) Written(ctx context.Context) (Written, error) {
	created, err := all(ctx, s.db, `SELECT address, kind, id, name, ref, at FROM directory_created`, func(rows *sql.Rows) (c Created, err error) {
		var at int64
		err = rows.Scan(&c.Address, &c.Kind, &c.ID, &c.Name, &c.Ref, &at)
		c.At = time.Unix(at, 0)
		return c, err
	})
	if err != nil {
		return Written{}, err
	}
	joined, err := all(ctx, s.db, `SELECT grp, address, id, at FROM directory_joined`, func(rows *sql.Rows) (j Joined, err error) {
		var at int64
		err = rows.Scan(&j.Group, &j.Address, &j.ID, &at)
		j.At = time.Unix(at, 0)
		return j, err
	})
	if err != nil {
		return Written{}, err
	}
	parted, err := all(ctx, s.db, `SELECT grp, member, at FROM directory_parted`, func(rows *sql.Rows) (p Parted, err error) {
		var at int64
		err = rows.Scan(&p.Group, &p.Member, &at)
		p.At = time.Unix(at, 0)
		return p, err
	})
	if err != nil {
		return Written{}, err
	}
	return Written{Created: created, Joined: joined, Parted: parted}, nil
}

// all reads what a query finds.
func all[T any](ctx context.Context, db *sql.DB, query string, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// Add keeps what was written beside what is kept, and leaves open whether that is
// all.
func (s *Store) Add(ctx context.Context, w Written) error {
	return s.change(ctx, func(tx *sql.Tx) error { return keepWritten(ctx, tx, w) })
}

// End keeps what was written, in place of what was kept, and notes that it is
// all.
func (s *Store) End(ctx context.Context, w Written) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{`DELETE FROM directory_created`, `DELETE FROM directory_joined`, `DELETE FROM directory_parted`, `UPDATE directory_about SET complete = 1`} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return keepWritten(ctx, tx, w)
	})
}

func keepWritten(ctx context.Context, tx *sql.Tx, w Written) error {
	err := insert(ctx, tx, `INSERT OR REPLACE INTO directory_created VALUES (?, ?, ?, ?, ?, ?)`, w.Created, func(c Created) []any {
		return []any{c.Address, c.Kind, c.ID, c.Name, c.Ref, c.At.Unix()}
	})
	if err != nil {
		return err
	}
	err = insert(ctx, tx, `INSERT OR REPLACE INTO directory_joined VALUES (?, ?, ?, ?)`, w.Joined, func(j Joined) []any {
		return []any{j.Group, j.Address, j.ID, j.At.Unix()}
	})
	if err != nil {
		return err
	}
	return insert(ctx, tx, `INSERT OR REPLACE INTO directory_parted VALUES (?, ?, ?)`, w.Parted, func(p Parted) []any {
		return []any{p.Group, p.Member, p.At.Unix()}
	})
}

// insert runs a statement for each of the rows.
func insert[T any](ctx context.Context, tx *sql.Tx, statement string, rows []T, values func(T) []any) error {
	prepared, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer prepared.Close()
	for _, row := range rows {
		if _, err := prepared.ExecContext(ctx, values(row)...); err != nil {
			return err
		}
	}
	return nil
}
