package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"enlist/pkg/onboard"
)

// flushEvery is how old a finished row may become before it is in the files.
const flushEvery = time.Second

var errClosed = errors.New("the report is closed")

// ErrWrite: the report can't be completed, for instance because the disk is full.
var ErrWrite = errors.New("the report can't be written")

// writeError is an ErrWrite that reads as its cause.
type writeError struct{ cause error }

func (e *writeError) Error() string   { return e.cause.Error() }
func (e *writeError) Unwrap() []error { return []error{ErrWrite, e.cause} }

// Writer writes the report of one run. Its methods may be called by several
// goroutines, one row after the other in the order in which they shall stand.
type Writer struct {
	dir string

	mu       sync.Mutex
	files    []file
	retry    *retryFile // one of files
	html     *htmlFile  // one of files, or nil
	removals *removals
	count    *counter
	failed   error // the first error of Add or of the flushing in between
	closed   bool

	stop    chan struct{}
	stopped chan struct{}
}

// file is one of the files that grow with every row.
type file interface {
	add(onboard.Outcome) error
	flush() error
	commit() error
	abandon() error
}

// Create begins the report in the folder dir, which is made if need be, for
// its owner's eyes only: it holds personal data. End it with Finish or Close.
func Create(dir string, run Run, opts Options) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the report's folder: %w", err)
	}
	w := &Writer{
		dir:     dir,
		count:   newCounter(run),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	if err := w.open(run, opts); err != nil {
		return nil, errors.Join(err, w.abandon())
	}
	go w.flushRegularly()
	return w, nil
}

func (w *Writer) open(run Run, opts Options) error {
	for i, format := range opts.Formats {
		if slices.Contains(opts.Formats[:i], format) {
			continue
		}
		f, err := w.createFormat(format, run, opts)
		if err != nil {
			return err
		}
		w.files = append(w.files, f)
		w.count.summary.Files = append(w.count.summary.Files, "report."+format)
	}
	retry, err := newRetry(w.dir, opts.Retry)
	if err != nil {
		return err
	}
	w.retry = retry
	w.files = append(w.files, retry)
	w.removals, err = newRemovals(w.dir)
	return err
}

func (w *Writer) createFormat(format string, run Run, opts Options) (file, error) {
	switch format {
	case FormatCSV:
		return createCSV(w.dir)
	case FormatJSONL:
		return createJSONL(w.dir)
	case FormatHTML:
		html, err := createHTML(w.dir, run, opts.Traffic)
		w.html = html
		return html, err
	}
	return nil, fmt.Errorf("unknown report format %q: use %s, %s or %s", format, FormatCSV, FormatJSONL, FormatHTML)
}

// Add writes the next row's outcome. An error, which wraps ErrWrite, means that
// the report can't be completed any more; every later call returns it too.
func (w *Writer) Add(o onboard.Outcome) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	w.count.add(o)
	for _, f := range w.files {
		w.keep(f.add(o))
	}
	return w.failed
}

// keep remembers the first error.
func (w *Writer) keep(err error) {
	if w.failed == nil && err != nil {
		w.failed = &writeError{err}
	}
}

func (w *Writer) flushRegularly() {
	defer close(w.stopped)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-tick.C:
			w.flush()
		}
	}
}

func (w *Writer) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.files {
		w.keep(f.flush())
	}
}

// Finish completes the report and gives the files their names. The summary
// holds all counts even if there is an error, which wraps ErrWrite; summary.json
// is written only if there is none.
func (w *Writer) Finish(end End) (Summary, error) {
	if !w.close() {
		return w.count.finish(end), errClosed
	}
	w.count.summary.Dir = w.dir
	if w.retry.rows > 0 {
		w.count.summary.RetryRows = w.retry.rows
		w.count.summary.Files = append(w.count.summary.Files, retryName)
	}
	if w.removals.all() > 0 {
		w.count.summary.Files = append(w.count.summary.Files, removalsName)
	}
	summary := w.count.finish(end)
	summary.addRemovals(w.removals)
	if w.html != nil {
		w.keep(w.html.end(summary))
	}
	for _, f := range w.files {
		if w.failed != nil {
			f.abandon()
			continue
		}
		w.keep(f.commit())
	}
	if w.failed != nil {
		return summary, errors.Join(w.failed, w.removals.abandon())
	}
	w.keep(w.removals.commit())
	if w.failed == nil {
		w.keep(saveJSON(filepath.Join(w.dir, summaryName), summary))
	}
	return summary, w.failed
}

// Close gives the report up where it stands: what is written stays under the
// temporary names. It does nothing after Finish.
func (w *Writer) Close() error {
	if !w.close() {
		return nil
	}
	return errors.Join(w.failed, w.abandon())
}

// close ends the flushing and reports whether this call was the first.
func (w *Writer) close() bool {
	w.mu.Lock()
	first := !w.closed
	w.closed = true
	w.mu.Unlock()
	if first {
		close(w.stop)
		<-w.stopped
	}
	return first
}

func (w *Writer) abandon() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.abandon())
	}
	if w.removals != nil {
		errs = append(errs, w.removals.abandon())
	}
	return errors.Join(errs...)
}
