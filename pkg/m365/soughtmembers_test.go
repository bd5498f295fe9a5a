package m365

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

func (f *fakeExchange) GroupsOf(_ context.Context, identity string) ([]exchange.Recipient, error) {
	f.note("groups of %s", identity)
	return f.groupsOf[identity], nil
}

// aboutFew loads a tenant with groups for a run about these people, and gives what
// Graph was asked about members, and what was logged.
func (n *night) aboutFew(t *testing.T, kept bool, groups []string, people ...string) (tenant *Tenant, asked []string, log string) {
	t.Helper()
	tenant, log = n.loaded(t, kept, Options{Addresses: people, Groups: groups})
	for _, what := range n.graph.asked {
		if strings.Contains(what, "members") || strings.HasPrefix(what, "groups of") {
			asked = append(asked, what)
		}
	}
	n.exchange.asked = nil
	return tenant, asked, log
}

func TestMembershipsOfAFewAreLookedUpInLargeGroups(t *testing.T) {
	broken := errors.New("out of order")
	tests := []struct {
		name   string
		size   int
		kept   bool
		groups int
		change func(*fakeGraph)
		want   []string
		log    string
	}{
		{"nothing kept", 3 * graph.PageSize, false, 2, nil, []string{"count members of 2", "groups of 1 contacts"}, "requests=1 groups=2 pages=6"},
		{"small groups", 5, false, 1, nil, []string{"count members of 1", "members"}, "requests=1 groups=1 pages=1"},
		{"kept for the nights to come", 30 * graph.PageSize, true, 1, nil,
			[]string{"count members of 1", "groups of 1 contacts", "groups of 0 users"}, "requests=1 groups=1 pages=30"},
		{"kept, and cheap enough for that", 5 * graph.PageSize, true, 1, nil, []string{"count members of 1", "members"}, "pages=5 kept=true"},
		{"no counts", 3 * graph.PageSize, false, 2, func(g *fakeGraph) { g.countsErr = broken }, []string{"count members of 2", "members", "members"}, "does not tell how many"},
		{"no look-ups", 3 * graph.PageSize, false, 2, func(g *fakeGraph) { g.memberOfErr = broken },
			[]string{"count members of 2", "groups of 1 contacts", "members", "members"}, "could not be looked up"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNight(t)
			n.graph.size = tt.size
			groups := n.withGroups(tt.groups)
			n.graph.members[guid(101)] = []graph.Member{{ID: guid(7)}} // Ana is in the first one only
			if tt.change != nil {
				tt.change(n.graph)
			}
			tenant, asked, log := n.aboutFew(t, tt.kept, groups, "ana@x.example", "nobody@x.example")
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Errorf("asked Graph (-want +got):\n%s", diff)
			}
			if !strings.Contains(log, tt.log) {
				t.Errorf("logged %s, want %q", log, tt.log)
			}
			if !isIn(t, tenant, groups[0], 1) {
				t.Error("not known to be a member")
			}
			if tt.groups > 1 && isIn(t, tenant, groups[1], 1) {
				t.Error("taken for a member of the other group")
			}
		})
	}
}

// Whom Graph doesn't show in a large group, Exchange is asked about by themselves;
// of a small one, its members are read.
func TestWhoIsNotSeenInALargeGroupIsAskedForAlone(t *testing.T) {
	for _, tt := range []struct {
		size int
		want []string
	}{
		{5 * exchange.PageSize, []string{"groups of ana@x.example"}},
		{2 * exchange.PageSize, []string{"members guid-0", "members guid-1"}},
	} {
		t.Run(fmt.Sprint(tt.size), func(t *testing.T) {
			n := newNight(t)
			n.graph.size = tt.size
			groups := n.withGroups(2)
			for _, g := range groups {
				id := theGroup(t, loaded(t, n.exchange, n.graph), g).ID
				n.graph.members[id] = []graph.Member{{ID: guid(7)}}
			}
			n.exchange.groupsOf = map[string][]exchange.Recipient{"ana@x.example": n.exchange.groups[groups[1]]}
			n.exchange.members = map[string][]exchange.Recipient{"guid-1": {{ExternalDirectoryObjectId: guid(1)}}}
			tenant, _, _ := n.aboutFew(t, false, groups, "ana@x.example")
			for i, want := range []bool{false, true} {
				ana := onboard.Recipient{ID: guid(1), Address: "ana@x.example", Ref: "ana@x.example"}
				if is, err := tenant.IsMember(t.Context(), theGroup(t, tenant, groups[i]), ana); is != want || err != nil {
					t.Errorf("%s: %v, %v", groups[i], is, err)
				}
			}
			if !slices.Equal(n.exchange.asked, tt.want) {
				t.Errorf("asked Exchange %v, want %v", n.exchange.asked, tt.want)
			}
		})
	}
}

// A group is as large as it is, though only a few of its members were asked for.
func TestMembersAreCountedThoughFewWereLookedUp(t *testing.T) {
	n := newNight(t)
	n.graph.size = 7 * graph.PageSize
	groups := n.withGroups(1)
	tenant, _, _ := n.aboutFew(t, false, groups, "ana@x.example")
	want := onboard.MemberCount{All: n.graph.size, Outside: n.graph.size}
	if got, err := tenant.KnownMembers(t.Context(), theGroup(t, tenant, groups[0])); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	other, _, _ := n.aboutFew(t, false, nil, "ana@x.example") // the directory was looked up, the group is read in full
	if got, err := other.KnownMembers(t.Context(), theGroup(t, other, groups[0])); got != want || err != nil {
		t.Errorf("the group's members in full: got %+v, %v, want %+v", got, err, want)
	}
}
