package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// writer is the one that changes the file while a run goes on. It takes what
// has come together since its last commit into the next one, so that however
// many wait, they wait for one sync of the disk.
type writer struct {
	path    string
	conn    *sql.Conn
	known   map[string]*sql.Stmt
	queue   chan write
	stopped chan struct{}
	// broken is the first error; after it nothing is written any more.
	broken atomic.Pointer[brokenError]
}

// write is one statement to be carried out.
type write struct {
	query string
	args  []any
	done  chan<- error // nil if nobody waits for it
}

type brokenError struct{ cause *Error }

func (e *brokenError) Error() string   { return e.cause.Error() }
func (e *brokenError) Unwrap() []error { return []error{ErrWrite, e.cause} }

const (
	// groupLimit bounds the statements of one commit.
	groupLimit = 1024
	// linger is how long a commit that nobody waits for is put off, so that it
	// may go along with one that somebody waits for.
	linger = 20 * time.Millisecond
)

func newWriter(ctx context.Context, db *sql.DB, path string) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		path:    path,
		conn:    conn,
		known:   map[string]*sql.Stmt{},
		queue:   make(chan write, groupLimit),
		stopped: make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// commit carries the statement out and returns when the disk has it.
func (w *writer) commit(query string, args ...any) error {
	done := make(chan error, 1)
	w.queue <- write{query: query, args: args, done: done}
	return <-done
}

// put carries the statement out soon, after all that were given before. An
// error comes out of every later call.
func (w *writer) put(query string, args ...any) error {
	w.queue <- write{query: query, args: args}
	return w.err()
}

// err is why nothing can be written any more, if so.
func (w *writer) err() error {
	if e := w.broken.Load(); e != nil {
		return e
	}
	return nil
}

// close carries out what is left.
func (w *writer) close() error {
	close(w.queue)
	<-w.stopped
	var errs []error
	for _, statement := range w.known {
		errs = append(errs, statement.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

func (w *writer) loop() {
	defer close(w.stopped)
	for first := range w.queue {
		group := w.gather(first)
		if w.err() == nil {
			if err := w.transact(group); err != nil {
				w.broken.Store(&brokenError{explain(w.path, err)})
			}
		}
		for _, one := range group {
			if one.done != nil {
				one.done <- w.err()
			}
		}
	}
}

// gather takes what has queued up behind first.
func (w *writer) gather(first write) []write {
	group := []write{first}
	awaited := first.done != nil
	patience := time.NewTimer(linger)
	defer patience.Stop()
	for len(group) < groupLimit {
		var next write
		var more bool
		select {
		case next, more = <-w.queue:
		default:
			if awaited {
				return group
			}
			select {
			case next, more = <-w.queue:
			case <-patience.C:
				return group
			}
		}
		if !more {
			return group
		}
		group = append(group, next)
		awaited = awaited || next.done != nil
	}
	return group
}

// transact carries out all statements or none. It must not be cut short by a
// run that is interrupted.
func (w *writer) transact(group []write) error {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, one := range group {
		if err := w.execute(ctx, one); err != nil {
			w.rollback(ctx)
			return err
		}
	}
	_, err := w.conn.ExecContext(ctx, "COMMIT")
	if err != nil {
		w.rollback(ctx)
	}
	return err
}

// rollback may fail, since SQLite has done it already if the disk was full.
func (w *writer) rollback(ctx context.Context) { _, _ = w.conn.ExecContext(ctx, "ROLLBACK") }

func (w *writer) execute(ctx context.Context, one write) error {
	statement, ok := w.known[one.query]
	if !ok {
		var err error
		if statement, err = w.conn.PrepareContext(ctx, one.query); err != nil {
			return fmt.Errorf("%w in %q", err, one.query)
		}
		w.known[one.query] = statement
	}
	_, err := statement.ExecContext(ctx, one.args...)
	return err
}
