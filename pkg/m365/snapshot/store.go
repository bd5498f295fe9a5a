package snapshot

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver of that name
)

// Store is the file that a directory is kept in: an SQLite database, which may
// be shared with others as long as they leave the tables alone whose names
// begin with directory_. Every method leaves the file as it was or as it should
// be, never in between.
type Store struct {
	db       *sql.DB
	anew     string
	complete bool
}

// version is that of the tables. Others are thrown away: all that is in them
// can be read from the tenant again.
const version = 2

// applicationID marks a state file of enlist ("enls"), as the journal does.
const applicationID = 0x656e6c73

var tables = map[string]string{
	"directory_about":      `(version INTEGER NOT NULL, tenant TEXT NOT NULL, complete INTEGER NOT NULL)`,
	"directory_books":      `(book TEXT PRIMARY KEY, link TEXT NOT NULL)`,
	"directory_recipients": `(book TEXT NOT NULL, id BLOB NOT NULL, guest INTEGER NOT NULL, text BLOB NOT NULL, PRIMARY KEY (book, id)) WITHOUT ROWID`,
	"directory_groups":     `(id BLOB PRIMARY KEY, link TEXT NOT NULL, members BLOB NOT NULL)`,
	"directory_created":    `(address TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (address, kind)) WITHOUT ROWID`,
	"directory_joined":     `(grp TEXT NOT NULL, address TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (grp, address)) WITHOUT ROWID`,
	"directory_parted":     `(grp TEXT NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (grp, member)) WITHOUT ROWID`,
}

// Open opens the file for the directory of a tenant, and makes it if need be.
// What it holds of another tenant, of another version of the tables, or damaged
// is thrown away; Anew then tells.
func Open(ctx context.Context, path, tenant string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// For its owner's eyes only: it holds addresses of people.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	db, err := sql.Open("sqlite", address(path))
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	if err := s.prepare(ctx, tenant); err != nil {
		return nil, errors.Join(fmt.Errorf("the directory can't be kept in %s: %w", path, err), db.Close())
	}
	return s, nil
}

// Forget removes what is kept in the file, if anything is. The pages that it was
// on stay in the file until it is vacuumed.
func Forget(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", address(path))
	if err != nil {
		return err
	}
	s := &Store{db: db}
	err = s.change(ctx, func(tx *sql.Tx) error {
		for name := range tables {
			if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+name); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

func address(path string) string {
	name := filepath.ToSlash(path)
	if absolute, err := filepath.Abs(path); err == nil {
		name = filepath.ToSlash(absolute)
	}
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // as in file:///C:/folder/file
	}
	query := url.Values{"_pragma": {"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(NORMAL)"}, "_txlock": {"immediate"}}
	u := url.URL{Scheme: "file", Path: name, RawQuery: query.Encode()}
	return u.String()
}

// prepare leaves the tables as they should be for the tenant.
func (s *Store) prepare(ctx context.Context, tenant string) error {
	if err := s.claim(ctx); err != nil {
		return err
	}
	var kept bool
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'directory_about'`).Scan(&kept); err != nil {
		return err
	}
	if !kept {
		return s.reset(ctx, tenant)
	}
	var about struct {
		version int
		tenant  string
	}
	err := s.db.QueryRowContext(ctx, `SELECT version, tenant, complete FROM directory_about`).Scan(&about.version, &about.tenant, &s.complete)
	switch {
	case err != nil:
		s.anew = "what was kept can't be read"
	case about.version != version:
		s.anew = "it was kept by another version of enlist"
	case about.tenant != tenant:
		s.anew = "what was kept is of another tenant"
	default:
		return nil
	}
	s.complete = false
	return s.reset(ctx, tenant)
}

var errForeign = errors.New("it is a database of another program")

// claim marks a new file, and refuses those of others.
func (s *Store) claim(ctx context.Context) error {
	var id, tables int
	err := s.db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`).Scan(&id, &tables)
	switch {
	case err != nil:
		return err
	case id == applicationID:
		return nil
	case id != 0 || tables > 0:
		return errForeign
	}
	_, err = s.db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// reset begins with empty tables.
func (s *Store) reset(ctx context.Context, tenant string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for name, columns := range tables {
			if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+name); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "CREATE TABLE "+name+" "+columns); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO directory_about VALUES (?, ?, 0)`, version, tenant)
		return err
	})
}

// change does all of something or nothing.
func (s *Store) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Anew says why what was kept could not be used; empty if it could, or if there
// was nothing.
func (s *Store) Anew() string { return s.anew }

// Complete tells whether, when the file was opened, it had all that enlist had
// written lately: a run was ended with [Store.End], and none begun since.
func (s *Store) Complete() bool { return s.complete }

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }
