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
	var w Written
	created, err := s.db.QueryContext(ctx, `SELECT address, kind, id, name, ref, at FROM directory_created`)
	if err != nil {
		return Written{}, err
	}
	defer created.Close()
	for created.Next() {
		var c Created
		var at int64
		if err := created.Scan(&c.Address, &c.Kind, &c.ID, &c.Name, &c.Ref, &at); err != nil {
			return Written{}, err
		}
		c.At = time.Unix(at, 0)
		w.Created = append(w.Created, c)
	}
	if err := created.Err(); err != nil {
		return Written{}, err
	}
	joined, err := s.db.QueryContext(ctx, `SELECT grp, address, id, at FROM directory_joined`)
	if err != nil {
		return Written{}, err
	}
	defer joined.Close()
	for joined.Next() {
		var j Joined
		var at int64
		if err := joined.Scan(&j.Group, &j.Address, &j.ID, &at); err != nil {
			return Written{}, err
		}
		j.At = time.Unix(at, 0)
		w.Joined = append(w.Joined, j)
	}
	if err := joined.Err(); err != nil {
		return Written{}, err
	}
	parted, err := s.db.QueryContext(ctx, `SELECT grp, member, at FROM directory_parted`)
	if err != nil {
		return Written{}, err
	}
	defer parted.Close()
	for parted.Next() {
		var p Parted
		var at int64
		if err := parted.Scan(&p.Group, &p.Member, &at); err != nil {
			return Written{}, err
		}
		p.At = time.Unix(at, 0)
		w.Parted = append(w.Parted, p)
	}
	return w, parted.Err()
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
	create, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO directory_created VALUES (?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer create.Close()
	for _, c := range w.Created {
		if _, err := create.ExecContext(ctx, c.Address, c.Kind, c.ID, c.Name, c.Ref, c.At.Unix()); err != nil {
			return err
		}
	}
	join, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO directory_joined VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer join.Close()
	for _, j := range w.Joined {
		if _, err := join.ExecContext(ctx, j.Group, j.Address, j.ID, j.At.Unix()); err != nil {
			return err
		}
	}
	part, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO directory_parted VALUES (?, ?, ?)`)
	if err != nil {
		return err
	}
	defer part.Close()
	for _, p := range w.Parted {
		if _, err := part.ExecContext(ctx, p.Group, p.Member, p.At.Unix()); err != nil {
			return err
		}
	}
	return nil
}
