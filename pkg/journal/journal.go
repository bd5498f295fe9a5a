package journal

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// Journal is an open state file. Its methods may be called by many goroutines
// at once.
type Journal struct {
	path     string
	db       *sql.DB
	lock     *lock   // nil if opened to be read
	writer   *writer // nil if opened to be read
	lastStep atomic.Int64
}

// Open opens the state file for a run, and makes it and its folder if need be,
// for their owner's eyes only: it holds personal data. The error is a
// *HeldError if another process has it open already, and an *Error if it can't
// be used.
func Open(ctx context.Context, path string) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &Error{Path: path, Message: "can't be made: " + err.Error(), NextStep: nameAnother, Cause: err}
	}
	held, err := take(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, lock: held}
	if err := j.open(ctx); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

func (j *Journal) open(ctx context.Context) error {
	// SQLite gives its further files the mode of this one.
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return &Error{Path: j.path, Message: "can't be opened: " + err.Error(), NextStep: nameAnother, Cause: err}
	}
	f.Close()
	if j.db, err = database(j.path, "journal_mode(WAL)", "synchronous(FULL)"); err != nil {
		return explain(j.path, err)
	}
	version, err := checkVersion(ctx, j.db, j.path)
	if err != nil {
		return err
	}
	if err := checkWhole(ctx, j.db, j.path); err != nil {
		return err
	}
	if err := migrate(ctx, j.db, j.path, version); err != nil {
		return err
	}
	var last int64
	if err := j.db.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM steps`).Scan(&last); err != nil {
		return explain(j.path, err)
	}
	j.lastStep.Store(last)
	if j.writer, err = newWriter(ctx, j.db, j.path); err != nil {
		return explain(j.path, err)
	}
	return nil
}

// Exists gives an *Error that wraps fs.ErrNotExist if there is no such file.
func Exists(path string) error {
	if _, err := os.Stat(path); err != nil {
		return &Error{Path: path, Message: "can't be opened: " + err.Error(), NextStep: "Name the one that the runs were recorded in with --state.", Cause: err}
	}
	return nil
}

// ErrOlder: the state file can't be read yet, for the next run brings it up to date.
var ErrOlder = errors.New("state file of an older enlist")

// Read opens a state file to look things up in it, also while a run writes to
// it. The error is an *Error that wraps fs.ErrNotExist if there is none, and
// ErrOlder if a run has to bring it up to date first.
func Read(ctx context.Context, path string) (*Journal, error) {
	if err := Exists(path); err != nil {
		return nil, err
	}
	db, err := database(path, "query_only(1)")
	if err != nil {
		return nil, explain(path, err)
	}
	j := &Journal{path: path, db: db}
	version, err := checkVersion(ctx, db, path)
	if err == nil && version < len(migrations) {
		err = &Error{Path: path, Message: "was written by an older enlist", NextStep: "The next run brings it up to date.", Cause: ErrOlder}
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// database opens the file with the pragmas set on every connection. Others may
// keep tables of their own in it, and fill them in one go.
func database(path string, pragmas ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := filepath.ToSlash(absolute)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // as in file:///C:/folder/file
	}
	query := url.Values{"_pragma": append([]string{"busy_timeout(60000)", "foreign_keys(1)"}, pragmas...)}
	address := url.URL{Scheme: "file", Path: name, RawQuery: query.Encode()}
	return sql.Open("sqlite", address.String())
}

// Close writes what is still to be written and closes the file. Nothing may be
// under way.
func (j *Journal) Close() error {
	var errs []error
	if j.writer != nil {
		errs = append(errs, j.writer.close())
	}
	if j.db != nil {
		errs = append(errs, j.db.Close())
	}
	if j.lock != nil {
		errs = append(errs, j.lock.release())
	}
	return errors.Join(errs...)
}
