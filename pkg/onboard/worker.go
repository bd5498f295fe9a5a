package onboard

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// worker takes one row through the three steps.
type worker struct {
	*run
	row      Row
	place    int // in the order of the input
	turn     turn
	attempts int
	hasSlot  bool

	// person is whom the address belongs to, and contact how that came about.
	person  Recipient
	contact ContactResult
	note    string
	// asGuest: the person is to be a guest, not a mail contact.
	asGuest bool
	// settledAnew: that somebody else may have changed was looked into.
	settledAnew bool
	// created is when the contact was created, if it was, and awaited whether it
	// was given its time to show.
	created time.Time
	awaited bool

	// began is when the row was first worked on.
	began time.Time
	// inGroups: the memberships have been begun, so the row is not parked any more.
	inGroups bool
	// parked: the row is to be parked. tries: it finds out whether the tenant
	// takes contacts again. turnedAway: why its contact is not tried any more.
	parked, tries bool
	// watched goes with all that the row asks, also after it was parked; done is
	// told its outcome.
	watched    context.Context
	done       func(Outcome)
	turnedAway error
}

// work waits for the row's turn and works on it. A row that is parked has no
// outcome yet, and is worked on anew later.
func (w *worker) work(ctx context.Context) (d draft, parked bool) {
	if err := w.begin(ctx); err != nil {
		return draft{outcome: w.leftOver(err), done: w.done}, false
	}
	if w.began.IsZero() {
		w.began = time.Now()
	}
	if w.turnedAway != nil {
		problem := problemOf(w.turnedAway, "")
		w.contact = ContactResult{Action: actionFor(problem), Problem: problem}
		return w.draft(nil), false
	}
	if w.watched == nil {
		w.watched, w.done = w.job.Watch(ctx, w.row)
	}
	return w.steps(w.watched)
}

// begin waits until no earlier row about the same person is under way and a
// slot is free.
func (w *worker) begin(ctx context.Context) error {
	if w.hasSlot {
		return nil
	}
	select {
	case <-w.turn.ready:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return w.takeSlot(ctx)
}

// takeSlotIfNext takes a slot, when it is the row's turn already, and reports
// whether it is.
func (w *worker) takeSlotIfNext(ctx context.Context) bool {
	select {
	case <-w.turn.ready:
		// An error comes up again when the row begins.
		_ = w.takeSlot(ctx)
		return true
	default:
		return false
	}
}

func (w *worker) takeSlot(ctx context.Context) error {
	select {
	case w.slots <- struct{}{}:
	case <-w.stop.Done():
		return context.Cause(w.stop)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	w.hasSlot = true
	if stopped := cmp.Or(context.Cause(ctx), context.Cause(w.stop)); stopped != nil {
		w.releaseSlot()
		return stopped
	}
	w.attempts++
	return nil
}

func (w *worker) releaseSlot() {
	if w.hasSlot {
		w.hasSlot = false
		<-w.slots
	}
}

// leftOver is the outcome of a row that was never begun.
func (w *worker) leftOver(because error) Outcome {
	if w.stop.Err() != nil {
		because = context.Cause(w.stop)
	}
	return Outcome{Row: w.row, Verdict: Deferred, Problem: stopProblem(because), Attempts: w.attempts}
}

// steps is the way of one row: the contact, then for each group the
// membership and the senders. A group that fails leaves the others alone.
//
// When all that is known of the person was read earlier, and something is to
// be written after all, who holds the address is settled anew before that.
func (w *worker) steps(ctx context.Context) (d draft, parked bool) {
	var targets []target
	w.asGuest = w.wantsGuest(ctx)
	ok := w.ensureContact(ctx, w.job.Tenant.Holders)
	if ok {
		targets = w.resolveGroups(ctx)
		if w.person.Remembered && w.lacksMembership(ctx, targets) {
			ok = w.ensureContact(ctx, w.job.Tenant.CurrentHolders)
		}
		if ok && w.ensureAttributes(ctx) {
			w.ensureGroups(ctx, targets)
		} else {
			w.notReached(targets)
		}
	}
	return w.draft(targets), w.parked
}

// notReached notes that the contact failed after the groups were found, of which
// some may have been created for the row.
func (w *worker) notReached(targets []target) {
	for i := range targets {
		if targets[i].result.Problem == nil {
			targets[i].result.Member = w.contact.Action
		}
	}
}

// draft is what became of the row, as far as it depends on no other.
func (w *worker) draft(targets []target) draft {
	d := draft{done: w.done, outcome: Outcome{
		Row: w.row, Contact: w.contact, Note: joinNotes(w.note, w.keyNote()), Attempts: w.attempts, Duration: time.Since(w.began),
	}}
	d.take(targets)
	return d
}

func (w *worker) ensureGroups(ctx context.Context, targets []target) {
	w.inGroups = true
	for i := range targets {
		if targets[i].result.Problem == nil {
			w.ensureGroup(ctx, &targets[i])
		}
	}
	w.inspectPerson(ctx, targets)
}

func (w *worker) ensureGroup(ctx context.Context, t *target) {
	if problem := w.notGuest(t.group); problem != nil {
		t.result.Member, t.result.Problem = StepFailed, problem
		return
	}
	w.countCrowd(ctx, t)
	w.ensureMember(ctx, t)
	if t.result.Problem == nil {
		w.ensureSenders(ctx, t)
		w.inspect(ctx, t)
	}
}

// notes says what a person should know of a row in which nothing went wrong.
func notes(o Outcome) string {
	if len(o.Row.Groups) == 0 && o.Problem == nil {
		return "The row names no group, so only the contact was ensured."
	}
	var closed, notes []string
	for _, f := range o.Contact.Findings {
		notes = append(notes, f.Message)
	}
	for _, g := range o.Groups {
		if g.Senders == SendersClosed && g.Problem == nil {
			closed = append(closed, g.Label())
		}
		for _, f := range g.Findings {
			notes = append(notes, f.Message)
		}
	}
	if len(closed) > 0 {
		notes = append([]string{"Mail from this person to " + strings.Join(closed, ", ") +
			" will bounce with 550 5.7.133, since the group takes mail from inside only. Run with --senders anyone to change that."}, notes...)
	}
	return joinNotes(notes...)
}

func joinNotes(notes ...string) string {
	var said []string
	for _, n := range notes {
		if n != "" {
			said = append(said, n)
		}
	}
	return strings.Join(said, " ")
}

// actionFor is how a step ended that met the problem.
func actionFor(p *Problem) Action {
	if p.deferrable() {
		return StepDeferred
	}
	return StepFailed
}

// problem tells an error of the tenant as a problem of this row.
func (w *worker) problem(err error, doing string) *Problem {
	if cause := context.Cause(w.stop); cause != nil && (errors.Is(err, context.Canceled) || errors.Is(err, cause)) {
		return stopProblem(cause)
	}
	return problemOf(err, doing)
}

// groupProblem is problem for a change of a group.
func (w *worker) groupProblem(err error, doing string) *Problem {
	p := w.problem(err, doing)
	if _, told := errors.AsType[*Problem](err); p.Code == CodeContactRefused && !told {
		return newProblem(CodeGroupRefused, err, "%s", p.Message)
	}
	return p
}

// stopProblem tells why a row was left over.
func stopProblem(cause error) *Problem {
	switch {
	case errors.Is(cause, ErrDeadline):
		return newProblem(CodeDeadline, cause, "The run's time was up before this row was done.")
	case errors.Is(cause, ErrDenied), errors.Is(cause, ErrUnavailable), errors.Is(cause, ErrLimit):
		return newProblem(CodeStopped, cause, "The run was stopped before this row was done: %v.", cause)
	}
	return newProblem(CodeInterrupted, cause, "The run was interrupted before this row was done.")
}
