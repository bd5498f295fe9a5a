package journal_test

import (
	"context"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

const (
	formerAddress = "ana@fabrikam.example"
	newAddress    = "ana@northwind.example"
)

// movingAna is a tenant with a contact of the key 7, and the row that gives it
// another address.
func movingAna() (*memory, []onboard.Row) {
	m := newMemory()
	m.contacts[formerAddress] = onboard.Recipient{ID: "id-7", Ref: "ref-7", Kind: onboard.KindContact, Address: formerAddress}
	m.keys = map[string]string{formerAddress: "7"}
	return m, []onboard.Row{{Line: 2, Key: "7", Contact: onboard.Contact{Email: newAddress}}}
}

// Killed after the address was changed and before that was told, the run tells
// it when it is gone on with, and does not change it again.
func TestNewAddressIsToldAfterTheRunWasCutOff(t *testing.T) {
	for name, lost := range map[string]error{"confirmed": nil, "not known": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			path, rest := statePath(t), inputOf("ben")
			m, rows := movingAna()
			m.after = func(command string) error {
				if command == "update "+formerAddress {
					return lost
				}
				return nil
			}
			sitting(t, path, m, append(rows, rest...), 0)
			m.after = nil
			outcomes := sitting(t, path, m, append(rows, rest...), -1)
			if got := briefs(outcomes)[0]; got != "2 changed updated" {
				t.Errorf("gone on with, the row is told as %q", got)
			}
			want := []onboard.Change{{What: "email", From: formerAddress, To: newAddress}}
			if diff := cmp.Diff(want, outcomes[0].Contact.Changes); diff != "" {
				t.Error("changes (-want +got):\n" + diff)
			}
			if n := m.sent()["update "+formerAddress]; n != 1 {
				t.Errorf("the address was changed %d times, want once", n)
			}
		})
	}
}

func TestUndoGivesTheFormerAddressBack(t *testing.T) {
	path := statePath(t)
	m, rows := movingAna()
	sitting(t, path, m, rows, -1)

	j := open(t, path)
	moved, err := j.Moved(t.Context(), "contoso")
	closeIt(t, j)
	if diff := cmp.Diff(map[string]string{formerAddress: newAddress}, moved); err != nil || diff != "" {
		t.Errorf("moved (-want +got): %v\n%s", err, diff)
	}
	if kept, err := undoLast(t, path, &undoable{memory: m}); err != nil || len(kept) > 0 {
		t.Fatalf("undo: %v, left as it is: %v", err, kept)
	}
	if _, ok := m.contacts[formerAddress]; !ok {
		t.Errorf("the contact has not got its former address back: %v", m.contacts)
	}
	j = open(t, path)
	defer closeIt(t, j)
	if moved, err := j.Moved(t.Context(), "contoso"); err != nil || len(moved) > 0 {
		t.Errorf("still taken for moved: %v, %v", moved, err)
	}
}
