package main

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"enlist/pkg/onboard"
	"enlist/pkg/progress"
	"enlist/pkg/telemetry"
)

// waits tells and counts what a run waits for.
type waits struct {
	display progress.Display
	log     *slog.Logger
	watch   *telemetry.Run
	quiet   bool
	tooSoon atomic.Int64 // commands repeated because something was not visible yet

	mu     sync.Mutex
	times  int           // that creations waited for the next try
	waited time.Duration // all these times together
	since  time.Time     // when the present wait began; zero if there is none
}

var _ onboard.Observer = (*waits)(nil)

func newWaits(o *runOptions, display progress.Display, watch *telemetry.Run, stderr io.Writer) *waits {
	return &waits{display: display, watch: watch, log: o.logger(stderr), quiet: o.quiet}
}

// CreationsWait tells when a contact is tried again.
func (w *waits) CreationsWait(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over()
	w.times++
	w.since = time.Now()
	w.watch.CreationsWait(true)
	w.log.Debug("the tenant takes no further contacts", "next_try", until.UTC())
	w.display.Waiting("contacts wait until " + until.UTC().Format("15:04:05 UTC"))
	w.note("The tenant takes no further contacts for now. Rows that need one wait, all others go on; the next try is at " + until.UTC().Format("2006-01-02 15:04:05 UTC") + ".")
}

// CreationsGoOn tells that the waiting was worth it.
func (w *waits) CreationsGoOn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over()
	w.display.Waiting("")
	w.note("The tenant takes contacts again.")
}

// CreationsGivenUp tells that it was not.
func (w *waits) CreationsGivenUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over()
	w.display.Waiting("")
	w.note("The tenant still takes no contacts, and the time of --wait-for-quota is up: the rows that need one are deferred.")
}

// TriedTooSoon counts.
func (w *waits) TriedTooSoon() { w.tooSoon.Add(1) }

// end ends a wait that the run did not see the end of.
func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over()
}

// over ends the present wait. The caller holds the lock.
func (w *waits) over() {
	if !w.since.IsZero() {
		w.watch.CreationsWait(false)
		w.waited += time.Since(w.since)
		w.since = time.Time{}
	}
}

func (w *waits) note(text string) {
	if !w.quiet {
		w.display.Note(text)
	}
}

// writeText tells what only those want to know who look closely.
func (w *waits) writeText(out io.Writer) error {
	_, err := fmt.Fprintf(out, "Commands repeated because something was not visible yet: %d\n", w.tooSoon.Load())
	return err
}
