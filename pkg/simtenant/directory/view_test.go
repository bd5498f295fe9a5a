package directory_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

const (
	replication = 5 * time.Second
	graphDelay  = time.Minute
)

func lagging(t *testing.T) (*directory.Directory, *clock) {
	c := newClock()
	return open(t, directory.Options{Now: c.time, ReplicationDelay: replication, GraphDelay: graphDelay}), c
}

func TestWhoSeesANewObjectWhen(t *testing.T) {
	d, c := lagging(t)
	made := create(t, d.Exchange(0), contact("Ana", "ana@fabrikam.example"))
	views := map[string]directory.View{"writer": d.Exchange(0), "other": d.Exchange(1), "graph": d.Graph(), "truth": d.Truth()}
	steps := []struct {
		after time.Duration
		seen  map[string]bool
	}{
		{0, map[string]bool{"writer": true, "other": false, "graph": false, "truth": true}},
		{replication, map[string]bool{"writer": true, "other": true, "graph": false, "truth": true}},
		{graphDelay, map[string]bool{"writer": true, "other": true, "graph": true, "truth": true}},
	}
	for _, step := range steps {
		c.forward(step.after)
		for name, v := range views {
			_, byID := v.ByID(made.ID)
			byAddress := len(v.ByAddress("ANA@fabrikam.example")) == 1
			if want := step.seen[name]; byID != want || byAddress != want {
				t.Errorf("after %v the %s sees it by id: %t, by address: %t; want %t", step.after, name, byID, byAddress, want)
			}
		}
	}
}

func TestLaggingViewsSeeTheFormerState(t *testing.T) {
	d, c := lagging(t)
	old := find(t, d, "Old Supplier")
	_, err := d.Exchange(0).Change(old.ID, func(o *directory.Object) error {
		o.Name, o.DisplayName = "New Supplier", "New Supplier"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	there := func(v directory.View, name string) bool { return len(v.Find(name, directory.Recipients)) == 1 }
	if !there(d.Exchange(0), "New Supplier") || there(d.Exchange(0), "Old Supplier") {
		t.Error("the writer does not see the new Name alone")
	}
	if !there(d.Exchange(1), "Old Supplier") || there(d.Exchange(1), "New Supplier") {
		t.Error("the other server does not see the old Name alone")
	}
	c.forward(graphDelay)
	create(t, d.Exchange(1), contact("Old Supplier", "x@fabrikam.example"))
	if !there(d.Exchange(1), "New Supplier") || find(t, d, "Old Supplier").ID == old.ID {
		t.Error("the old Name still leads to the renamed contact")
	}
}

func TestMembershipsLagToo(t *testing.T) {
	d, c := lagging(t)
	group, ada := find(t, d, "news@contoso.example"), find(t, d, "ada@contoso.example")
	if err := d.Exchange(0).AddMember(group.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Exchange(0).RemoveMember(group.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	if d.Exchange(1).IsMember(group.ID, ada.ID) {
		t.Error("a server that saw neither change sees a member")
	}
	if err := d.Exchange(0).AddMember(group.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	c.forward(replication)
	if !d.Exchange(1).IsMember(group.ID, ada.ID) || d.Graph().IsMember(group.ID, ada.ID) {
		t.Error("want a member on the other server, and none in Graph yet")
	}
	c.forward(graphDelay)
	if got := d.Graph().MemberOf(ada.ID); len(got) != 3 || got[1].Name != "News" {
		t.Errorf("member of %d groups, want Partners, News and Head Office", len(got))
	}
}

func TestFind(t *testing.T) {
	d := open(t, directory.Options{})
	dieter := find(t, d, "Dieter Braun")
	for _, identity := range []string{
		"dieter braun", "DieterBraun", "dieter.braun@NORTHWIND.example", "d.braun@northwind.example",
		"SMTP:d.braun@northwind.example", dieter.ID.String(), dieter.GUID.String(), d.DN(dieter),
	} {
		if got := find(t, d, identity); got != dieter {
			t.Errorf("%q finds %q", identity, got.Name)
		}
	}
	if got := d.Truth().Find("Events", directory.Groups); len(got) != 2 {
		t.Errorf("the display name of two groups finds %d", len(got))
	}
	if got := d.Truth().Find("project-team@contoso.example", directory.DistributionGroups); len(got) != 0 {
		t.Error("a Microsoft 365 group is found as a distribution group")
	}
}

func TestDNEscapes(t *testing.T) {
	d := open(t, directory.Options{})
	made := create(t, d.Truth(), contact(`Pop, Ana "A+" \ <x>`, "ana@fabrikam.example"))
	if got := find(t, d, d.DN(made)); got != made {
		t.Errorf("%s finds %q", d.DN(made), got.Name)
	}
}

func TestUniqueness(t *testing.T) {
	d, _ := lagging(t)
	v := d.Exchange(0)
	create(t, v, contact("Ana", "ana@fabrikam.example"))
	cases := []struct {
		name  string
		o     directory.Object
		field directory.Field
	}{
		{"Name in other letters", contact("ANA", "other@fabrikam.example"), directory.FieldName},
		{"Name of a group", contact("partners", "other@fabrikam.example"), directory.FieldName},
		{"address in other letters", contact("Other", "Ana@Fabrikam.example"), directory.FieldAddress},
		{"second address of a contact", contact("Other", "d.braun@northwind.example"), directory.FieldAddress},
		{"address of a guest", contact("Other", "gita@wingtip.example"), directory.FieldAddress},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			// Through a server that may not see the holder yet.
			_, err := d.Exchange(1).Create(tc.o)
			var conflict *directory.ConflictError
			if !errors.As(err, &conflict) || conflict.Field != tc.field {
				t.Errorf("error %v, want a conflict of %s", err, tc.field)
			}
		})
	}
	if _, err := v.Create(contact("Own", "nobody@contoso.example")); !errors.Is(err, directory.ErrAcceptedDomain) {
		t.Errorf("a contact in an accepted domain: %v", err)
	}
	if _, err := v.Change(find(t, d, "Ana").ID, func(o *directory.Object) error { o.Name = "aNA"; return nil }); err != nil {
		t.Errorf("an object is in its own way: %v", err)
	}
}

// A guest that is made over a contact comes out damaged: graph.md, Guests.
func TestGuestOverAContactLosesItsAddress(t *testing.T) {
	d := open(t, directory.Options{})
	guest := create(t, d.Graph(), directory.Object{Kind: directory.Guest, Name: "sales_adatum", Address: "sales@adatum.example", External: "sales@adatum.example"})
	if guest.Address != "" || guest.External != "sales@adatum.example" {
		t.Errorf("address %q, external %q", guest.Address, guest.External)
	}
	if holders := d.Truth().ByAddress("sales@adatum.example"); len(holders) != 1 || holders[0].Kind != directory.Contact {
		t.Errorf("holders %v", holders)
	}
	if both := d.Truth().ByExternal("sales@adatum.example"); len(both) != 2 {
		t.Errorf("%d objects lead to the address, want the contact and the guest", len(both))
	}
}

func TestSoftDeletedHoldTheirAddress(t *testing.T) {
	seed := directory.DefaultSeed()
	seed.Users = append(seed.Users, directory.SeedUser{Kind: "mail_user", DisplayName: "Former", Address: "former@fabrikam.example", SoftDeleted: true})
	d := open(t, directory.Options{Seed: seed})
	if got := d.Exchange(0).ByAddress("former@fabrikam.example"); len(got) != 0 {
		t.Errorf("an ordinary view sees %q", got[0].Name)
	}
	if got := d.Exchange(0).WithSoftDeleted().ByAddress("former@fabrikam.example"); len(got) != 1 {
		t.Error("nobody sees the soft-deleted holder")
	}
	var conflict *directory.ConflictError
	if _, err := d.Exchange(0).Create(contact("New", "former@fabrikam.example")); !errors.As(err, &conflict) {
		t.Errorf("its address is given away: %v", err)
	}
}

func TestMembershipRules(t *testing.T) {
	d := open(t, directory.Options{})
	id := func(name string) uuid.UUID { return find(t, d, name).ID }
	cases := []struct {
		group, member string
		want          error
	}{
		{"News", "sales@adatum.example", nil},
		{"News", "partners@contoso.example", nil},
		{"News", "News", directory.ErrMemberSelf},
		{"News", "Project Team", directory.ErrMemberKind},
		{"Partners", "ada@contoso.example", directory.ErrMemberExists},
		{"Bucharest Rooms", "sales@adatum.example", directory.ErrMemberKind},
		{"Project Team", "sales@adatum.example", directory.ErrMemberKind},
		{"Project Team", "ada@contoso.example", nil},
		{"All Staff", "ada@contoso.example", directory.ErrMemberKind},
	}
	for _, tc := range cases {
		if err := d.Truth().AddMember(id(tc.group), id(tc.member)); !errors.Is(err, tc.want) {
			t.Errorf("%s into %s: %v, want %v", tc.member, tc.group, err, tc.want)
		}
	}
	if err := d.Truth().RemoveMember(id("News"), id("ada@contoso.example")); !errors.Is(err, directory.ErrNotMember) {
		t.Errorf("removing nobody: %v", err)
	}
	if err := d.Truth().AddMembers(id("News"), []uuid.UUID{id("ada@contoso.example"), id("bogdan@contoso.example")}); !errors.Is(err, directory.ErrMemberExists) {
		t.Errorf("adding two of whom one is a member: %v", err)
	}
	if d.Truth().IsMember(id("News"), id("ada@contoso.example")) {
		t.Error("half of the two was added")
	}
}

func TestSetMembers(t *testing.T) {
	d := open(t, directory.Options{})
	group := find(t, d, "Partners")
	ids := []uuid.UUID{find(t, d, "Ada Admin").ID, find(t, d, "Clara Weber").ID}
	if err := d.Truth().SetMembers(group.ID, ids); err != nil {
		t.Fatal(err)
	}
	if got := memberNames(d.Truth(), group.ID); !cmp.Equal(got, []string{"Ada Admin", "Clara Weber"}) {
		t.Errorf("members %v", got)
	}
	if n := d.Truth().MemberCount(group.ID); n != 2 {
		t.Errorf("%d members counted", n)
	}
}

func TestCreationQuotaMoves(t *testing.T) {
	c := newClock()
	d := open(t, directory.Options{Now: c.time, CreationQuota: 2, CreationWindow: time.Hour})
	add := func(n int) error {
		_, err := d.Exchange(0).Create(contact(fmt.Sprint(n), fmt.Sprintf("n%d@fabrikam.example", n)))
		return err
	}
	for n, want := range []error{nil, nil, directory.ErrCreationQuota} {
		if err := add(n); !errors.Is(err, want) {
			t.Errorf("contact %d: %v, want %v", n, err, want)
		}
		c.forward(10 * time.Minute)
	}
	create(t, d.Graph(), directory.Object{Kind: directory.Guest, Name: "Guest", Address: "guest@fabrikam.example"})
	c.forward(30 * time.Minute)
	if err := add(3); err != nil {
		t.Errorf("after the first left the window: %v", err)
	}
	if err := add(4); !errors.Is(err, directory.ErrCreationQuota) {
		t.Errorf("one more: %v", err)
	}
}

func TestListGoesOnFromItsCursor(t *testing.T) {
	d := open(t, directory.Options{})
	var whole, parts []string
	for o := range d.Truth().All(directory.Groups) {
		whole = append(whole, o.Name)
	}
	from, end := directory.Cursor(0), false
	for !end {
		n := 0
		from, end = d.Truth().List(directory.Groups, from, func(o *directory.Object) bool {
			parts = append(parts, o.Name)
			n++
			return n < 3
		})
	}
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Errorf("in parts of three (-whole +parts)\n%s", diff)
	}
}
