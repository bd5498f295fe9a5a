package m365

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// withGroups adds so many distribution groups to the tenant, each with one
// member, and gives their addresses.
func (n *night) withGroups(count int) []string {
	n.exchange.settings = map[string]exchange.Group{}
	n.exchange.groups = map[string][]exchange.Recipient{}
	var addresses []string
	for i := range count {
		r := exchange.Recipient{
			Guid: fmt.Sprintf("guid-%d", i), ExternalDirectoryObjectId: guid(100 + i), RecipientTypeDetails: "MailUniversalDistributionGroup",
			PrimarySmtpAddress: fmt.Sprintf("group%d@contoso.example", i), DisplayName: fmt.Sprintf("Group %d", i),
		}
		n.exchange.groups[r.DisplayName], n.exchange.groups[r.PrimarySmtpAddress] = []exchange.Recipient{r}, []exchange.Recipient{r}
		n.exchange.settings[r.Guid] = exchange.Group{
			Guid: r.Guid, ExternalDirectoryObjectId: r.ExternalDirectoryObjectId, RecipientTypeDetails: r.RecipientTypeDetails,
			PrimarySmtpAddress: r.PrimarySmtpAddress, DisplayName: r.DisplayName, RequireSenderAuthenticationEnabled: i%2 == 0,
		}
		n.graph.members[guid(100+i)] = []graph.Member{{ID: guid(1)}}
		addresses = append(addresses, r.PrimarySmtpAddress)
	}
	return addresses
}

// runAbout is run for rows that are known to name these groups.
func (n *night) runAbout(t *testing.T, groups []string, work func(*Tenant)) {
	t.Helper()
	store, err := snapshot.Open(t.Context(), n.path, "tenant")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	n.exchange.asked, n.graph.asked = nil, nil
	tenant := New(n.exchange, n.graph, Options{Store: store, Groups: groups})
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	work(tenant)
	if err := tenant.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func theGroup(t *testing.T, tenant *Tenant, name string) onboard.Group {
	t.Helper()
	groups, err := tenant.Groups(t.Context(), name)
	if err != nil || len(groups) != 1 {
		t.Fatalf("%s: %v, %v", name, groups, err)
	}
	return groups[0]
}

func isIn(t *testing.T, tenant *Tenant, group string, member int) bool {
	t.Helper()
	is, err := tenant.IsMember(t.Context(), theGroup(t, tenant, group), onboard.Recipient{ID: guid(member)})
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func count(asked []string, what string) int {
	n := 0
	for _, a := range asked {
		if a == what {
			n++
		}
	}
	return n
}

// What is looked up together is what would have been found singly, with few
// commands and none later.
func TestNamedGroupsShareCommands(t *testing.T) {
	refused := fmt.Errorf("too long: %w", exchange.ErrInvalidParameter)
	for _, tt := range []struct {
		name    string
		names   func(addresses []string) []string
		refused error
		start   int // commands at the start of the run
		later   int // commands as the rows come
	}{
		{"addresses", func(a []string) []string { return a }, nil, 2, 0},
		{"display names", func([]string) []string { return []string{"Group 0", "Group 1", "Group 2", "Group 3"} }, nil, 2, 0},
		{"an address that nobody has", func(a []string) []string { return append(a[:3:3], "nobody@contoso.example") }, nil, 2, 1},
		{"refused", func(a []string) []string { return a[:3] }, refused, 2, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNight(t)
			names := tt.names(n.withGroups(40))
			n.exchange.jointRefused = tt.refused
			single := New(n.exchange, n.graph, Options{})
			n.runAbout(t, names, func(tenant *Tenant) {
				if got := len(n.exchange.asked); got != tt.start {
					t.Errorf("%d commands at the start, want %d: %q", got, tt.start, n.exchange.asked)
				}
				n.exchange.asked = nil
				var got []any
				for _, name := range names {
					groups, err := tenant.Groups(t.Context(), name)
					got = append(got, groups, err)
				}
				if asked := len(n.exchange.asked); asked != tt.later {
					t.Errorf("%d commands later, want %d: %q", asked, tt.later, n.exchange.asked)
				}
				var want []any
				for _, name := range names {
					groups, err := single.Groups(t.Context(), name)
					want = append(want, groups, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-singly +together):\n%s", diff)
				}
			})
		})
	}
}

// Somebody who goes by none of the names was found by a comparison that is
// wider than ours: then nothing is sure, and each name is asked for by itself.
func TestStrangerAmongNamedGroupsIsSettledSingly(t *testing.T) {
	n := newNight(t)
	n.withGroups(2)
	n.exchange.groups["Group 1"] = append(n.exchange.groups["Group 1"], exchange.Recipient{Guid: "odd", DisplayName: "Gröup 1", RecipientTypeDetails: "DynamicDistributionGroup"})
	n.runAbout(t, []string{"Group 0", "Group 1"}, func(tenant *Tenant) {
		for name, want := range map[string]int{"Group 0": 1, "Group 1": 2} {
			if groups, err := tenant.Groups(t.Context(), name); err != nil || len(groups) != want {
				t.Errorf("%s: %v, %v; want %d groups", name, groups, err, want)
			}
		}
	})
}

func TestOneLinkTellsOfManyGroups(t *testing.T) {
	n := newNight(t)
	addresses := n.withGroups(60)
	n.runAbout(t, addresses, func(*Tenant) {
		if count(n.graph.asked, "members") != 60 || count(n.graph.asked, "link for 50") != 1 || count(n.graph.asked, "link for 10") != 1 {
			t.Errorf("the first night asked %q", n.graph.asked)
		}
	})
	n.graph.joins[guid(100)] = []graph.MemberChange{{ID: guid(5)}, {ID: guid(1), Removed: &struct{}{}}}
	n.graph.joins[guid(159)] = []graph.MemberChange{{ID: guid(6)}}
	delete(n.graph.members, guid(101)) // deleted
	for range 2 {
		n.runAbout(t, addresses, func(tenant *Tenant) {
			if isIn(t, tenant, addresses[0], 1) || !isIn(t, tenant, addresses[0], 5) || !isIn(t, tenant, addresses[59], 6) || !isIn(t, tenant, addresses[2], 1) {
				t.Error("what changed is not told")
			}
			if n := count(n.graph.asked, "changes of members"); n != 2 {
				t.Errorf("%d requests for what changed", n)
			}
			if isIn(t, tenant, addresses[1], 1) {
				t.Error("a group that was deleted has members")
			}
		})
	}
}

// The groups of one night are not those of the next: new ones get a link of
// their own, and when links have gathered, one takes their place.
func TestSetOfGroupsThatChangesFromNightToNight(t *testing.T) {
	n := newNight(t)
	addresses := n.withGroups(8)
	n.runAbout(t, addresses[:2], func(*Tenant) {})
	for night := 4; night <= 8; night += 2 {
		joined := addresses[night-1]
		n.graph.members[guid(100+night-1)] = []graph.Member{{ID: guid(7)}}
		n.runAbout(t, addresses[:night], func(tenant *Tenant) {
			if !isIn(t, tenant, joined, 7) || isIn(t, tenant, joined, 1) || !isIn(t, tenant, addresses[0], 1) {
				t.Errorf("members of %d groups", night)
			}
			if got := count(n.graph.asked, "members"); got != 2 {
				t.Errorf("%d groups: read %d anew", night, got)
			}
		})
	}
	for i := range 8 {
		n.graph.joins[guid(100+i)] = []graph.MemberChange{{ID: guid(9)}}
	}
	var requests []int
	for range 3 {
		n.runAbout(t, addresses, func(tenant *Tenant) {
			for _, a := range addresses {
				if !isIn(t, tenant, a, 9) {
					t.Errorf("%s lacks who joined", a)
				}
			}
			requests = append(requests, count(n.graph.asked, "changes of members"))
		})
	}
	if requests[2] != 1 {
		t.Errorf("requests for what changed, night by night: %v", requests)
	}
}

func TestGroupsAreToldOfSinglyWhereThereIsNoLinkForSeveral(t *testing.T) {
	n := newNight(t)
	n.graph.singleLinks = true
	addresses := n.withGroups(3)
	for night := range 2 {
		n.runAbout(t, addresses, func(tenant *Tenant) {
			for _, a := range addresses {
				if !isIn(t, tenant, a, 1) {
					t.Errorf("night %d: %s has no member", night, a)
				}
			}
			if got, want := count(n.graph.asked, "changes of members"), 3*night; got != want {
				t.Errorf("night %d: %d requests for what changed, want %d", night, got, want)
			}
		})
	}
}

// A link for several groups that can't be gone on from leads to reading all of
// them, and to a new one.
func TestExpiredLinkOfManyGroups(t *testing.T) {
	n := newNight(t)
	addresses := n.withGroups(3)
	n.runAbout(t, addresses, func(*Tenant) {})
	n.graph.resync = true
	for i := range 3 {
		n.graph.members[guid(100+i)] = []graph.Member{{ID: guid(8)}}
	}
	n.runAbout(t, addresses, func(tenant *Tenant) {
		if isIn(t, tenant, addresses[1], 1) || !isIn(t, tenant, addresses[1], 8) {
			t.Error("what was kept is still told")
		}
		if !slices.Contains(n.graph.asked, "link for 3") {
			t.Errorf("asked %q", n.graph.asked)
		}
	})
}

// What Graph refuses at the start is asked for again by the rows, and they tell.
func TestMembersThatCanNotBeReadAtTheStart(t *testing.T) {
	n := newNight(t)
	addresses := n.withGroups(2)
	n.graph.membersErr = &graph.Error{Status: 403}
	n.runAbout(t, addresses, func(tenant *Tenant) {
		_, err := tenant.IsMember(t.Context(), theGroup(t, tenant, addresses[0]), onboard.Recipient{ID: guid(1)})
		if !errors.Is(err, onboard.ErrDenied) {
			t.Errorf("err = %v", err)
		}
	})
}
