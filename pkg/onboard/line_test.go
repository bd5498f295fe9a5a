package onboard_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/onboard"
)

const (
	aMembership = "membership"
	aSetting    = "setting"
)

// desk is a tenant's desk for changes of groups, each of which takes a while. It
// knows what is under way for each group.
type desk struct {
	t        *testing.T
	takes    time.Duration
	conflict func(onboard.Group) bool // refuses memberships that come together

	mu      sync.Mutex
	working map[string]int // by group and kind of change
	most    map[string]int
	refused int
}

func newDesk(t *testing.T) *desk {
	return &desk{t: t, takes: 100 * time.Millisecond, working: map[string]int{}, most: map[string]int{}}
}

func (d *desk) change(g onboard.Group, kind string) error {
	key := g.Address + " " + kind
	if err := d.begin(g, kind, key); err != nil {
		return err
	}
	time.Sleep(d.takes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.working[key]--
	return nil
}

func (d *desk) begin(g onboard.Group, kind, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	memberships, settings := d.working[g.Address+" "+aMembership], d.working[g.Address+" "+aSetting]
	if settings > 0 || kind == aSetting && memberships > 0 {
		d.t.Errorf("a %s of %s was changed beside %d memberships and %d settings", kind, g.Address, memberships, settings)
	}
	if memberships > 0 && d.conflict != nil && d.conflict(g) {
		d.refused++
		return fmt.Errorf("HTTP 409: %w", onboard.ErrConflict)
	}
	d.working[key]++
	d.most[key] = max(d.most[key], d.working[key])
	return nil
}

// serve has the tenant's changes go over the desk.
func (d *desk) serve(m *memory) {
	m.onAdd = func(g onboard.Group, _ onboard.Recipient) error { return d.change(g, aMembership) }
	m.onOpen = func(g onboard.Group) error { return d.change(g, aSetting) }
}

func wantAllChanged(t *testing.T, outcomes []onboard.Outcome, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Verdict != onboard.Changed || o.Attempts != 1 {
			t.Errorf("line %d: %s after %d attempts", o.Row.Line, brief(o), o.Attempts)
		}
	}
}

// Memberships go out side by side, settings by themselves.
func TestSettingsMeetNoMemberships(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed := news
		closed.InsideSendersOnly = true
		m, d := newMemory(closed), newDesk(t)
		d.serve(m)
		start := time.Now()
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, people(160)...)
		wantAllChanged(t, outcomes, err)
		if n := d.most["news@contoso.example "+aMembership]; n < 10 {
			t.Errorf("at most %d memberships at once, though 16 workers could", n)
		}
		if took := time.Since(start); took > 1500*time.Millisecond {
			t.Errorf("took %v for ten times 100ms and one setting", took)
		}
	})
}

// After the first conflict the group's memberships go one by one, and none is
// lost; those of another group go on side by side, and are not held up.
func TestMembershipsGoOneByOneAfterAConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, d := newMemory(news, twin), newDesk(t)
		d.conflict = func(g onboard.Group) bool { return g.Address == news.Address }
		d.serve(m)
		start := time.Now()
		var twins time.Duration
		var rows []onboard.Row
		for i := range 100 {
			rows = append(rows, row(2*i, fmt.Sprintf("n%d@fabrikam.example", i), news.Address))
		}
		for i := range 100 {
			rows = append(rows, row(200+i, fmt.Sprintf("t%d@fabrikam.example", i), twin.Address))
		}
		add := m.onAdd
		m.onAdd = func(g onboard.Group, r onboard.Recipient) error {
			err := add(g, r)
			d.mu.Lock()
			defer d.mu.Unlock()
			if g.Address == twin.Address {
				twins = max(twins, time.Since(start))
			}
			return err
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 4}, rows...)
		wantAllChanged(t, outcomes, err)
		if n := d.most[twin.Address+" "+aMembership]; n < 3 {
			t.Errorf("at most %d memberships of the other group at once", n)
		}
		if d.refused == 0 || d.refused > 4 {
			t.Errorf("%d memberships were refused, want no more than there are workers", d.refused)
		}
		// A row whose turn it is may still have to wait for one of the four workers.
		if took := time.Since(start); took > 125*d.takes {
			t.Errorf("took %v for a hundred memberships one by one", took)
		}
		if twins > 40*d.takes {
			t.Errorf("the other group was done after %v: it waited", twins)
		}
	})
}

// Somebody else changes the group: a command that has it for itself is tried again
// after a while, and in the end deferred.
func TestConflictWithOthers(t *testing.T) {
	for name, tt := range map[string]struct {
		conflicts int
		want      string
		took      time.Duration
	}{
		"for a while": {3, "changed created News:added/open", 6 * time.Second},
		"for good":    {1000, "deferred created News:deferred/ group.conflict", 149 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(news)
				left := tt.conflicts
				m.onAdd = func(onboard.Group, onboard.Recipient) error {
					if left--; left >= 0 {
						return onboard.ErrConflict
					}
					return nil
				}
				start := time.Now()
				outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "News"))
				if err != nil {
					t.Fatal(err)
				}
				if got := brief(outcomes[0]); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

// People are put on the list of allowed senders while others become members, but
// not at the same moment; and nobody waits for ever.
func TestAllowedSendersMeetNoMemberships(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, d := newMemory(partners), newDesk(t)
		d.serve(m)
		m.onAllow = func(g onboard.Group, _ onboard.Recipient) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if n := d.working[g.Address+" "+aMembership]; n > 0 {
				t.Errorf("the list was changed beside %d memberships", n)
			}
			return nil
		}
		var rows []onboard.Row
		for i := range 60 {
			rows = append(rows, row(i, fmt.Sprintf("n%d@fabrikam.example", i), partners.Address))
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Policies: onboard.Policies{Default: toListed}}, rows...)
		wantAllChanged(t, outcomes, err)
	})
}
