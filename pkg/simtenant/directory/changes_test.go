package directory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/directory"
)

func TestChangesSince(t *testing.T) {
	d := open(t, directory.Options{})
	v, start := d.Exchange(0), d.Graph().Latest()
	if got := changesSince(d, start); len(got) != 0 {
		t.Fatalf("nothing happened, yet %v", got)
	}
	if got := changesSince(d, 0); len(got) != 23 {
		t.Errorf("from nothing there are %d objects", len(got))
	}

	group, supplier := find(t, d, "News"), find(t, d, "Old Supplier")
	ana := create(t, v, contact("Ana", "ana@fabrikam.example"))
	gone := create(t, v, contact("Gone", "gone@fabrikam.example"))
	for _, err := range []error{
		v.AddMember(group.ID, ana.ID),
		v.AddMember(group.ID, supplier.ID),
		v.RemoveMember(group.ID, find(t, d, "Bogdan Ionescu").ID),
		v.Remove(gone.ID),
		v.Remove(supplier.ID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"Old Supplier removed=true properties=true",
		"News removed=false properties=false +Ana -Bogdan Ionescu -Old Supplier",
		"Suppliers removed=false properties=false -Old Supplier",
		"Ana removed=false properties=true",
		"Gone removed=true properties=true",
	}
	if diff := cmp.Diff(want, changesSince(d, start)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := changesSince(d, d.Graph().Latest()); len(got) != 0 {
		t.Errorf("after catching up: %v", got)
	}
}

// A change that Graph cannot see yet must not be lost to those who catch up now.
func TestCatchingUpLosesNothing(t *testing.T) {
	c := newClock()
	d := open(t, directory.Options{Now: c.time, GraphDelay: time.Minute})
	create(t, d.Exchange(0), contact("Unseen", "unseen@fabrikam.example"))
	create(t, d.Graph(), directory.Object{Kind: directory.Guest, Name: "Seen", Address: "seen@fabrikam.example"})
	token := d.Graph().Latest()
	c.forward(time.Minute)
	want := []string{"Unseen removed=false properties=true", "Seen removed=false properties=true"}
	if diff := cmp.Diff(want, changesSince(d, token)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
