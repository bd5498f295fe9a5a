package journal_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestGoingOnEndsAsIfNeverCutOff(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := rapid.SliceOfN(rapid.SampledFrom([]string{"ana", "ben", "eva", "ion", "mia"}), 1, 12).Draw(rt, "people")
		cut := rapid.IntRange(0, len(people)-1).Draw(rt, "cut after")
		lost := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 3).Draw(rt, "answers that get lost")
		dir := t.TempDir()

		whole := newMemory()
		want := sitting(t, filepath.Join(dir, fmt.Sprint("whole", rt.Name())), whole, inputOf(people...), -1)

		m := newMemory()
		answers := 0
		m.after = func(command string) error {
			if strings.HasPrefix(command, "open ") {
				return nil // the job does not ask twice for that
			}
			answers++
			for _, n := range lost {
				if n == answers {
					return onboard.ErrUncertain
				}
			}
			return nil
		}
		path := filepath.Join(dir, "state.db")
		sitting(t, path, m, inputOf(people...), cut)
		confirmed := m.sent()
		got := sitting(t, path, m, inputOf(people...), -1)

		// A command whose answer got lost is told as found, not as done.
		if diff := cmp.Diff(tell(want), tell(got)); diff != "" && len(lost) == 0 {
			rt.Error("outcomes (-never cut off +gone on):\n" + diff)
		}
		if diff := cmp.Diff(whole.members, m.members); diff != "" {
			rt.Error("members (-never cut off +gone on):\n" + diff)
		}
		if len(lost) > 0 {
			return // a command whose answer got lost may be sent again
		}
		for command, n := range m.sent() {
			if n > 1 {
				rt.Errorf("%q was sent %d times, %d of them before the run was cut off", command, n, confirmed[command])
			}
		}
	})
}

// told is what a report says, whichever row came first to open the group.
type told struct {
	Rows   []string
	Opened int
}

func tell(outcomes []onboard.Outcome) told {
	var t told
	for i, line := range briefs(outcomes) {
		_, steps, _ := strings.Cut(line, string(outcomes[i].Verdict)+" ")
		t.Opened += strings.Count(steps, "/opened")
		t.Rows = append(t.Rows, strings.ReplaceAll(steps, "/opened", "/open"))
	}
	return t
}

func TestWhatWasNeverConfirmedIsLookedUp(t *testing.T) {
	path, m := statePath(t), newMemory()
	lost := map[string]bool{"create ana@fabrikam.example": true, "add news@contoso.example ben@fabrikam.example": true}
	m.after = func(command string) error {
		if lost[command] {
			return onboard.ErrUncertain
		}
		return nil
	}
	got := tell(sitting(t, path, m, inputOf("ana", "ben"), -1))
	want := told{Rows: []string{"found added/open", "created existing/open"}, Opened: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
	if n := m.sent()["create ana@fabrikam.example"]; n != 1 {
		t.Errorf("the contact was created %d times, want once", n)
	}

	// The record knows better than the report that the run did it.
	j := open(t, path)
	defer closeIt(t, j)
	run, err := j.Last(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	back, err := j.Reversals(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if len(back) != 5 {
		t.Errorf("%d changes can be taken back, want 2 contacts, 2 memberships and an opened group: %+v", len(back), back)
	}
}

func TestRowsThatFailedForTheTenantsSakeAreDoneAgain(t *testing.T) {
	path, m := statePath(t), newMemory()
	denied := true
	m.after = func(command string) error {
		if denied && command == "add news@contoso.example ana@fabrikam.example" {
			delete(m.members, "news@contoso.example ana@fabrikam.example")
			return onboard.ErrDenied
		}
		return nil
	}
	first := briefs(sitting(t, path, m, inputOf("ana", "ben"), -1))
	if want := "2 partial created failed/ tenant.denied"; first[0] != want {
		t.Errorf("first %q, want %q", first[0], want)
	}
	denied = false
	second := sitting(t, path, m, inputOf("ana", "ben"), -1)
	if second[0].Verdict != onboard.Changed || second[0].Contact.Action != onboard.ContactCreated {
		t.Errorf("gone on with: %q, want the row done, and its contact told as created by this run", briefs(second)[0])
	}
	if second[1].Row.Known == nil {
		t.Error("the row that was done was worked on again")
	}
}

// goOn goes on with the last run.
func goOn(ctx context.Context, t *testing.T, path string) *journal.Recorder {
	t.Helper()
	j := open(t, path)
	t.Cleanup(func() { closeIt(t, j) })
	run, err := j.Last(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	record, err := j.Continue(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// Rows that are as wanted are not kept: the run that is gone on with looks again.
func TestRowsThatAreAsWantedAreLookedAtAgain(t *testing.T) {
	const membership = "news@contoso.example ana@fabrikam.example"
	m := newMemory()
	sitting(t, statePath(t), m, inputOf("ana"), -1) // another run
	delete(m.members, membership)
	m.after = func(command string) error {
		if command != "add "+membership {
			return nil
		}
		delete(m.members, membership)
		return onboard.ErrDenied
	}
	path, people := statePath(t), inputOf("ana", "ben", "ben")
	sitting(t, path, m, people, -1)
	m.members[membership] = true // by hand
	var verdicts []onboard.Verdict
	for _, o := range sitting(t, path, m, people, -1) {
		verdicts = append(verdicts, o.Verdict)
	}
	if want := []onboard.Verdict{onboard.Unchanged, onboard.Changed, onboard.Unchanged}; !slices.Equal(verdicts, want) {
		t.Errorf("gone on with: %v, want %v", verdicts, want)
	}

	record := goOn(t.Context(), t, path)
	var known []int
	for row, err := range record.Rows(t.Context(), each(people)) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Known != nil {
			known = append(known, row.Line)
		}
	}
	if want := []int{3}; !slices.Equal(known, want) {
		t.Errorf("the rows on lines %v are known to be done, want %v", known, want)
	}
}

func TestTheInputMustBeReadAsItWas(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana", "ben", "eva"), 2)
	rows := inputOf("ana", "ben", "eva")
	rows[0].Line = 7

	record := goOn(t.Context(), t, path)
	for row, err := range record.Rows(t.Context(), each(rows)) {
		if err == nil {
			t.Fatalf("line %d was taken for another row", row.Line)
		}
	}
}

// A run that is stopped accounts for every row, also those that an earlier
// sitting had done.
func TestRowsArePassedOnAfterTheRunWasStopped(t *testing.T) {
	path, m := statePath(t), newMemory()
	people := inputOf("ana", "ben", "eva", "ion", "mia")
	sitting(t, path, m, people, 4)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	record := goOn(ctx, t, path)
	known := 0
	for row, err := range record.Rows(ctx, each(people)) {
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if row.Known != nil {
			known++
		}
	}
	if known != 4 {
		t.Errorf("%d rows are known to be done, want 4", known)
	}
}
