package journal_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	gocmp "github.com/google/go-cmp/cmp"
)

// undoable is a memory in which changes can be taken back.
type undoable struct {
	*memory
	mu     sync.Mutex
	done   []string
	denied bool
	// cutOff ends the undo while a command is under way.
	cutOff func()
	// incomplete is why no contact can be completed.
	incomplete error
	// guest is what guests are by now, unless nothing is known for a reason.
	guest   onboard.GuestState
	noGuest error
	// noDeletion: the app may not delete users.
	noDeletion bool
	// delivery is how all groups deal with mail by now, and otherID, if it is set,
	// their id.
	delivery onboard.Delivery
	otherID  string
}

func (u *undoable) note(command string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.denied {
		return onboard.ErrDenied
	}
	if u.cutOff != nil {
		u.cutOff()
		return fmt.Errorf("%w: %w", onboard.ErrUnavailable, context.Canceled)
	}
	u.done = append(u.done, command)
	return nil
}

func (u *undoable) GroupsOf(_ context.Context, r onboard.Recipient) ([]string, error) {
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	var groups []string
	for key := range u.members {
		if group, member, _ := strings.Cut(key, " "); member == r.Address {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

func (u *undoable) RemoveMember(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	if err := u.note("remove " + r.Address + " from " + g.Address); err != nil {
		return false, err
	}
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	was := u.members[g.Address+" "+r.Address]
	delete(u.members, g.Address+" "+r.Address)
	return was, nil
}

func (u *undoable) RemoveContact(_ context.Context, r onboard.Recipient) error {
	if err := u.note("remove " + r.Address); err != nil {
		return err
	}
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	delete(u.contacts, r.Address)
	maps.DeleteFunc(u.members, func(key string, _ bool) bool {
		return strings.HasPrefix(key, "senders of ") && strings.HasSuffix(key, " "+r.Address)
	})
	return nil
}

func (u *undoable) RestrictSenders(_ context.Context, g onboard.Group) error {
	if err := u.note("close " + g.Address); err != nil {
		return err
	}
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	u.open[g.Address] = false
	return nil
}

func (u *undoable) Listed(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, int, error) {
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	list := "senders of " + g.Address + " "
	entries := 0
	for key := range u.members {
		if strings.HasPrefix(key, list) {
			entries++
		}
	}
	return u.members[list+strings.ToLower(r.Address)], entries, nil
}

func (u *undoable) Unlist(_ context.Context, g onboard.Group, r onboard.Recipient) error {
	u.memory.mu.Lock()
	delete(u.members, "senders of "+g.Address+" "+strings.ToLower(r.Address))
	u.memory.mu.Unlock()
	return u.note("unlist " + r.Address + " from " + g.Address)
}

func (u *undoable) StopReports(_ context.Context, g onboard.Group) error {
	return u.note("stop reports of " + g.Address)
}

func (u *undoable) CountMembers(_ context.Context, g onboard.Group) (int, error) {
	u.memory.mu.Lock()
	defer u.memory.mu.Unlock()
	n := 0
	for key := range u.members {
		if strings.HasPrefix(key, g.Address+" ") {
			n++
		}
	}
	return n, nil
}

func (u *undoable) RemoveGroup(_ context.Context, g onboard.Group) error {
	return u.note("remove group " + g.Address)
}

func (u *undoable) GuestState(context.Context, onboard.Recipient) (onboard.GuestState, error) {
	return u.guest, u.noGuest
}

func (u *undoable) RemoveGuest(_ context.Context, r onboard.Recipient) error {
	if u.noDeletion {
		return onboard.ErrDenied
	}
	return u.note("delete " + r.Address)
}

// Groups knows groups by their ids, too.
func (u *undoable) Groups(ctx context.Context, name string) ([]onboard.Group, error) {
	groups, err := u.memory.Groups(ctx, strings.TrimPrefix(name, "id-"))
	for i := range groups {
		groups[i].Delivery = u.delivery
		groups[i].ID = cmp.Or(u.otherID, groups[i].ID)
	}
	return groups, err
}

// undoLast takes the last run back, and tells what was left as it is and why.
func undoLast(t *testing.T, path string, u *undoable) (kept []string, err error) {
	t.Helper()
	return undoLastIn(t.Context(), t, path, u)
}

func undoLastIn(ctx context.Context, t *testing.T, path string, u *undoable) (kept []string, err error) {
	t.Helper()
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
	record, err := j.Begin(t.Context(), journal.Run{ID: "undo-" + time.Now().Format("150405.000000"), Undoes: run.ID, Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	err = record.Undo(ctx, u, back, func(v journal.Reversal) {
		if v.Kept != "" {
			kept = append(kept, v.What+" "+v.Person.Address+": "+v.Kept)
		}
	})
	return kept, err
}

func TestUndoTakesPeopleOutBeforeItRemovesThem(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana", "ben", "eva"), -1)
	u := &undoable{memory: m}
	m.members["friends@contoso.example eva@fabrikam.example"] = true // by somebody else
	delete(m.members, "news@contoso.example ben@fabrikam.example")

	kept, err := undoLast(t, path, u)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(kept)
	want := []string{
		"add_member ben@fabrikam.example: The person is not in the group any more.",
		"create_contact eva@fabrikam.example: The contact is in friends@contoso.example.",
	}
	if diff := gocmp.Diff(want, kept); diff != "" {
		t.Error("left as it is (-want +got):\n" + diff)
	}
	slices.Sort(u.done[:3])
	slices.Sort(u.done[4:])
	want = []string{
		"remove ana@fabrikam.example from news@contoso.example",
		"remove ben@fabrikam.example from news@contoso.example",
		"remove eva@fabrikam.example from news@contoso.example",
		"close news@contoso.example",
		"remove ana@fabrikam.example",
		"remove ben@fabrikam.example",
	}
	if diff := gocmp.Diff(want, u.done); diff != "" {
		t.Error("commands (-want +got):\n" + diff)
	}
}

func TestUndoStopsAndCanBeDoneAgain(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana", "ben"), -1)
	u := &undoable{memory: m, denied: true}
	if _, err := undoLast(t, path, u); !errors.Is(err, onboard.ErrDenied) {
		t.Fatalf("undo ended with %v, want that access was denied", err)
	}
	u.denied = false
	if kept, err := undoLast(t, path, u); err != nil || len(kept) > 0 {
		t.Fatalf("the second undo: %v, left as it is: %v", err, kept)
	}
	done := len(u.done)
	if _, err := undoLast(t, path, u); err != nil || len(u.done) != done || done != 5 {
		t.Errorf("%d commands, then %d more, %v; want 5, then none", done, len(u.done)-done, err)
	}
}

func TestUndoThatIsCutOffTellsWhy(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana", "ben"), -1)
	for _, why := range []error{onboard.ErrInterrupted, onboard.ErrDeadline} {
		ctx, cancel := context.WithCancelCause(t.Context())
		u := &undoable{memory: m, cutOff: func() { cancel(why) }}
		if _, err := undoLastIn(ctx, t, path, u); !errors.Is(err, why) || errors.Is(err, onboard.ErrUnavailable) {
			t.Errorf("undo ended with %v, want only: %v", err, why)
		}
	}
}
