package journal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func (u *undoable) Portrait(_ context.Context, r onboard.Recipient) (onboard.Portrait, error) {
	return onboard.Portrait{Name: "the name of " + r.Address, LegacyExchangeDN: "/cn=" + r.Address, Contact: onboard.Contact{Email: r.Address}}, nil
}

func (u *undoable) Recreate(ctx context.Context, p onboard.Portrait) (onboard.Recipient, error) {
	if err := u.note("recreate " + p.Name); err != nil {
		return onboard.Recipient{}, err
	}
	return u.CreateContact(ctx, p.Contact)
}

func (u *undoable) Complete(_ context.Context, r onboard.Recipient, p onboard.Portrait) error {
	return errors.Join(u.note("complete "+r.Address+" X500:"+p.LegacyExchangeDN), u.incomplete)
}

func (u *undoable) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	if err := u.note("add " + r.Address + " to " + g.Address); err != nil {
		return err
	}
	return u.memory.AddMember(ctx, g, r)
}

// prune takes what the source people has put there away again, and gives the
// commands that were sent.
func prune(t *testing.T, path string, u *undoable, id string) []string {
	t.Helper()
	j := open(t, path)
	defer closeIt(t, j)
	members, err := j.PutThere(t.Context(), "contoso", "people")
	if err != nil {
		t.Fatal(err)
	}
	contacts, err := j.Created(t.Context(), "contoso", "people", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	record, err := j.Begin(t.Context(), journal.Run{ID: id, Tenant: "contoso", Source: "people", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	before := len(u.done)
	if err := record.Undo(t.Context(), u, append(members, contacts...), func(journal.Reversal) {}); err != nil {
		t.Fatal(err)
	}
	return u.done[before:]
}

func TestUndoRestoresWhatPruneTookAway(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana"), -1)
	u := &undoable{memory: m}
	pruned := prune(t, path, u, "run-2")
	if diff := cmp.Diff([]string{"remove ana@fabrikam.example from news@contoso.example", "remove ana@fabrikam.example"}, pruned); diff != "" {
		t.Fatal("pruned (-want +got):\n" + diff)
	}

	u.done, u.incomplete = nil, onboard.ErrUnavailable
	if _, err := undoLast(t, path, u); !errors.Is(err, onboard.ErrUnavailable) {
		t.Fatalf("undo ended with %v, want that the tenant was not there", err)
	}
	u.incomplete = nil
	if kept, err := undoLast(t, path, u); err != nil || len(kept) > 0 {
		t.Fatalf("the second undo: %v, left as it is: %v", err, kept)
	}
	want := []string{
		"recreate the name of ana@fabrikam.example",
		"complete ana@fabrikam.example X500:/cn=ana@fabrikam.example",
		"complete ana@fabrikam.example X500:/cn=ana@fabrikam.example",
		"add ana@fabrikam.example to news@contoso.example",
	}
	if diff := cmp.Diff(want, u.done); diff != "" {
		t.Error("commands (-want +got):\n" + diff)
	}
	u.done = nil
	if kept, err := undoLast(t, path, u); err != nil || len(kept)+len(u.done) > 0 {
		t.Errorf("a third undo did %v, left %v, %v; want nothing", u.done, kept, err)
	}
	// The membership is the source's again, to be taken away when it is time.
	if diff := cmp.Diff([]string{"remove ana@fabrikam.example from news@contoso.example"}, prune(t, path, u, "run-3")); diff != "" {
		t.Error("pruned again (-want +got):\n" + diff)
	}
}

func TestUndoLeavesWhoCameBackAfterPruning(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana", "ben"), -1)
	u := &undoable{memory: m}
	prune(t, path, u, "run-2")
	m.contacts["ana@fabrikam.example"] = onboard.Recipient{ID: "new", Ref: "new", Kind: onboard.KindMailUser, Address: "ana@fabrikam.example"}
	m.members["news@contoso.example ana@fabrikam.example"] = true

	kept, err := undoLast(t, path, u)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"remove_contact ana@fabrikam.example: The address belongs to somebody else by now.",
		"remove_member ana@fabrikam.example: The person is in the group again already.",
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error("left as it is (-want +got):\n" + diff)
	}
	if !m.members["news@contoso.example ben@fabrikam.example"] {
		t.Error("ben is not back in the group")
	}
}

// A run that is gone on with tells of what it has taken away before it was cut off.
func TestWhatARunHasTakenAway(t *testing.T) {
	path, m := statePath(t), newMemory()
	sitting(t, path, m, inputOf("ana"), -1)
	prune(t, path, &undoable{memory: m}, "run-2")
	j := open(t, path)
	defer closeIt(t, j)
	taken, err := j.Taken(t.Context(), "run-2")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, v := range taken {
		told = append(told, v.What+" "+v.Person.Address+" "+v.Group.Address)
	}
	want := []string{"add_member ana@fabrikam.example news@contoso.example", "create_contact ana@fabrikam.example "}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error("taken away (-want +got):\n" + diff)
	}
}
