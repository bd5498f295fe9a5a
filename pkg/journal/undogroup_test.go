package journal_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

// did records what is done to the tenant as a run.
func did(t *testing.T, path string, m onboard.Tenant, do func(context.Context, onboard.Tenant) error) {
	t.Helper()
	j := open(t, path)
	defer closeIt(t, j)
	record, err := j.Begin(t.Context(), journal.Run{ID: "run-" + time.Now().Format("150405.000000"), Tenant: "contoso", Source: "people", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(t.Context(), record.Tenant(m)); err != nil {
		t.Fatal(err)
	}
	if err := record.End(journal.End{Ended: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

const news = "news@contoso.example"

func groupNews(listed int, closed bool) onboard.Group {
	return onboard.Group{ID: "id-" + news, Ref: "ref-" + news, Kind: onboard.GroupDistribution, Address: news,
		InsideSendersOnly: closed, Delivery: onboard.Delivery{Accepts: listed}}
}

func contactOf(name string) onboard.Recipient {
	return onboard.Recipient{ID: "id-" + name, Ref: "ref-" + name, Kind: onboard.KindContact, Address: name + "@fabrikam.example"}
}

var inside = onboard.Recipient{ID: "id-inside", Ref: "ref-inside", Kind: onboard.KindGroup, Address: "inside@contoso.example"}

// list puts senders on the group's list, and opens the group if it was closed.
func list(g onboard.Group, senders ...onboard.Recipient) func(context.Context, onboard.Tenant) error {
	return func(ctx context.Context, t onboard.Tenant) error {
		for _, s := range senders {
			if err := t.AllowSender(ctx, g, s); err != nil {
				return err
			}
		}
		if !g.InsideSendersOnly {
			return nil
		}
		return t.AllowOutsideSenders(ctx, g)
	}
}

// A list is never emptied on an open group, and nobody is left on it alone whom
// others counted on.
func TestUndoOfAList(t *testing.T) {
	const (
		closes       = "close " + news
		anaOff       = "unlist ana@fabrikam.example from " + news
		insideOff    = "unlist inside@contoso.example from " + news
		lastOfOpen   = "It is the last on the list, and without it the group would take mail from everybody."
		lastOfClosed = "It is the last on the list, and without it everybody inside could write to the group."
		others       = "Others are on the list since, and without this group nobody else inside could write to them."
	)
	listed := func(who ...string) func(*memory) {
		return func(m *memory) {
			for _, w := range who {
				m.members["senders of "+news+" "+w] = true
			}
		}
	}
	tests := []struct {
		name      string
		group     onboard.Group
		before    func(*memory)
		meanwhile func(*memory)
		want      []string
		kept      []string
	}{
		{"the group was closed, and its list empty", groupNews(0, true), nil, nil, []string{closes, anaOff, insideOff}, nil},
		{"somebody was on the list", groupNews(1, true), listed("old@contoso.example"), nil, []string{closes, anaOff, insideOff}, nil},
		{"the group was open to everybody", groupNews(0, false), nil, nil, []string{anaOff},
			[]string{"allow_sender inside@contoso.example: " + lastOfOpen}},
		{"who was on the list is gone", groupNews(1, true), nil, nil, []string{closes, anaOff},
			[]string{"allow_sender inside@contoso.example: " + lastOfClosed}},
		{"somebody else was put on the list", groupNews(0, true), nil, listed("eva@northwind.example"), []string{closes, anaOff},
			[]string{"allow_sender inside@contoso.example: " + others}},
		{"somebody has closed the group", groupNews(0, true), nil, func(m *memory) { m.open[news] = false }, []string{anaOff, insideOff},
			[]string{"open_group : The group is closed already."}},
		{"somebody has taken her off", groupNews(0, true), nil, func(m *memory) { delete(m.members, "senders of "+news+" ana@fabrikam.example") },
			[]string{closes, insideOff}, []string{"allow_sender ana@fabrikam.example: The group does not take mail from this sender by name any more."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, m := statePath(t), newMemory()
			m.open[news] = !tt.group.InsideSendersOnly
			if tt.before != nil {
				tt.before(m)
			}
			did(t, path, m, list(tt.group, inside, contactOf("ana")))
			if tt.meanwhile != nil {
				tt.meanwhile(m)
			}
			u := &undoable{memory: m}
			kept, err := undoLast(t, path, u)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, u.done); diff != "" {
				t.Error("commands (-want +got):\n" + diff)
			}
			if diff := cmp.Diff(tt.kept, kept); diff != "" {
				t.Error("left as it is (-want +got):\n" + diff)
			}
		})
	}
}

// A contact that is the last on the list of an open group is not removed: the
// group would be open to everybody.
func TestUndoKeepsTheContactThatALeftListNeeds(t *testing.T) {
	path, m := statePath(t), newMemory()
	m.open[news] = true
	did(t, path, m, func(ctx context.Context, tenant onboard.Tenant) error {
		ana, err := tenant.CreateContact(ctx, onboard.Contact{Email: "ana@fabrikam.example"})
		if err != nil {
			return err
		}
		return tenant.AllowSender(ctx, groupNews(0, false), ana)
	})
	u := &undoable{memory: m}
	kept, err := undoLast(t, path, u)
	if err != nil || len(u.done) > 0 || len(kept) != 2 {
		t.Errorf("%v, done: %q, left as it is: %q", err, u.done, kept)
	}
}

// Of two contacts that are removed side by side, the one that is then the last on
// the list stays.
func TestUndoKeepsOneOfTheLastTwo(t *testing.T) {
	path, m := statePath(t), newMemory()
	m.open[news] = true
	did(t, path, m, list(groupNews(0, false), contactOf("ana"), contactOf("bo")))
	did(t, path, m, func(ctx context.Context, tenant onboard.Tenant) error {
		for _, name := range []string{"ana", "bo"} {
			if _, err := tenant.CreateContact(ctx, onboard.Contact{Email: name + "@fabrikam.example"}); err != nil {
				return err
			}
		}
		return nil
	})
	u := &undoable{memory: m}
	kept, err := undoLast(t, path, u)
	if err != nil || len(u.done) != 1 || len(kept) != 1 {
		t.Errorf("%v, done: %q, left as it is: %q", err, u.done, kept)
	}
}

// Delivery reports go back to nobody, unless somebody has set them otherwise.
func TestUndoOfDeliveryReports(t *testing.T) {
	for _, tt := range []struct {
		now  onboard.Delivery
		want []string
		kept []string
	}{
		{onboard.Delivery{}, []string{"stop reports of " + news}, nil},
		{onboard.Delivery{NoReports: true}, nil, []string{"report_to_originator : Delivery reports go to nobody any more, as before the run."}},
		{onboard.Delivery{ToManager: true}, nil, []string{"report_to_originator : Somebody has changed since to whom delivery reports go."}},
	} {
		path, m := statePath(t), newMemory()
		did(t, path, m, func(ctx context.Context, tenant onboard.Tenant) error {
			return tenant.ReportToOriginator(ctx, groupNews(0, true))
		})
		u := &undoable{memory: m, delivery: tt.now}
		kept, err := undoLast(t, path, u)
		if err != nil || !slices.Equal(u.done, tt.want) || !slices.Equal(kept, tt.kept) {
			t.Errorf("%+v: %v, done: %q, left as it is: %q", tt.now, err, u.done, kept)
		}
	}
}

// maker is a tenant that creates groups.
type maker struct{ *memory }

func (m maker) CreateGroup(_ context.Context, name string, n onboard.NewGroup) (onboard.Group, error) {
	return onboard.Group{ID: "id-" + n.Address, Kind: onboard.GroupDistribution, DisplayName: n.Name, Address: n.Address, Ref: "ref-" + n.Address, New: true},
		m.carryOut("create group "+name, func() error { return nil })
}

// A new group goes when nobody has made anything of it.
func TestUndoOfANewGroup(t *testing.T) {
	for _, tt := range []struct {
		name      string
		meanwhile func(*undoable)
		removed   bool
	}{
		{"as it was", func(*undoable) {}, true},
		{"somebody is in it", func(u *undoable) { u.members[news+" eva@northwind.example"] = true }, false},
		{"somebody has opened it", func(u *undoable) { u.open[news] = true }, false},
		{"somebody has made it moderated", func(u *undoable) { u.delivery.Moderated = true }, false},
		{"it is in another group", func(u *undoable) { u.members["all@contoso.example "+news] = true }, false},
		{"another one has its address", func(u *undoable) { u.otherID = "id-of-another" }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, m := statePath(t), newMemory()
			did(t, path, maker{m}, func(ctx context.Context, tenant onboard.Tenant) error {
				_, err := tenant.CreateGroup(ctx, "news", onboard.NewGroup{Name: "", Address: news})
				return err
			})
			u := &undoable{memory: m}
			tt.meanwhile(u)
			kept, err := undoLast(t, path, u)
			if err != nil {
				t.Fatal(err)
			}
			if removed := slices.Equal(u.done, []string{"remove group " + news}); removed != tt.removed || removed == (len(kept) > 0) {
				t.Errorf("done: %q, left as it is: %q", u.done, kept)
			}
		})
	}
}

// A run that was cut off after it had created a group tells of it as its own, and
// does not create it again.
func TestGroupThatACutOffRunCreated(t *testing.T) {
	path, m := statePath(t), newMemory()
	m.after = func(string) error { return onboard.ErrUncertain }
	create := func(ctx context.Context, tenant onboard.Tenant) error {
		_, err := tenant.CreateGroup(ctx, "news", onboard.NewGroup{Address: news})
		return err
	}
	j := open(t, path)
	record, err := j.Begin(t.Context(), journal.Run{ID: "run-1", Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := create(t.Context(), record.Tenant(maker{m})); err == nil {
		t.Fatal("the answer was not lost")
	}
	closeIt(t, j)

	j = open(t, path)
	defer closeIt(t, j)
	run, err := j.Run(t.Context(), "run-1")
	if err != nil {
		t.Fatal(err)
	}
	if record, err = j.Continue(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	tenant := record.Tenant(maker{m})
	if groups, err := tenant.Groups(t.Context(), news); err != nil || len(groups) > 0 {
		t.Errorf("before it is told of: %v, %v", groups, err)
	}
	if err := create(t.Context(), tenant); err != nil {
		t.Error(err)
	}
	if groups, err := tenant.Groups(t.Context(), news); err != nil || len(groups) != 1 {
		t.Errorf("afterwards: %v, %v", groups, err)
	}
	if sent := m.sent()["create group news"]; sent != 1 {
		t.Errorf("it was created %d times", sent)
	}
}
