package m365

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

func (f *fakeExchange) RemoveDistributionGroupMember(context.Context, string, string) error {
	return nil
}

func (f *fakeExchange) RemoveMailContact(context.Context, string) error { return nil }

// night is one run after another on the same state file.
type night struct {
	path     string
	exchange *fakeExchange
	graph    *fakeGraph
	now      time.Time
}

func newNight(t *testing.T) *night {
	n := &night{
		path:     filepath.Join(t.TempDir(), "state.db"),
		exchange: &fakeExchange{recipients: map[string][]exchange.Recipient{}},
		graph: &fakeGraph{
			recipients: map[graph.Collection][]graph.Recipient{
				graph.Contacts: {{ID: guid(1), DisplayName: "Ana", Mail: "ana@x.example"}},
				graph.Users:    {{ID: guid(2), DisplayName: "Gus", Mail: "gus@x.example", UserType: "Guest"}, {ID: guid(3), Mail: "mia@x.example"}, {ID: guid(4), Mail: "box@contoso.example"}},
				graph.Groups:   {{ID: guid(9), DisplayName: "News", Mail: "news@contoso.example"}},
			},
			changes: map[graph.Collection][]graph.Change{},
			members: map[string][]graph.Member{guid(9): {{ID: guid(1)}}},
			joins:   map[string][]graph.MemberChange{},
		},
		now: time.Unix(1_000_000, 0),
	}
	n.exchange.domains = []exchange.AcceptedDomain{{DomainName: "contoso.example"}}
	return n
}

var newsGroup = onboard.Group{ID: guid(9), Ref: "guid-news"}

// run begins a run, lets it do its work and ends it as a run ends.
func (n *night) run(t *testing.T, work func(*Tenant)) {
	t.Helper()
	store, err := snapshot.Open(t.Context(), n.path, "tenant")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	n.exchange.asked, n.graph.asked = nil, nil
	tenant := New(n.exchange, n.graph, Options{Store: store, Now: func() time.Time { return n.now }})
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	work(tenant)
	if err := tenant.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func holder(t *testing.T, tenant *Tenant, address string) string {
	t.Helper()
	found, err := tenant.Holders(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, r := range found {
		told = append(told, fmt.Sprintf("%s remembered=%v new=%v", r.Kind, r.Remembered, r.New))
	}
	return strings.Join(told, ", ")
}

func isMember(t *testing.T, tenant *Tenant, r onboard.Recipient) bool {
	t.Helper()
	is, err := tenant.IsMember(t.Context(), newsGroup, r)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func TestSecondNightKnowsEverybodyWithoutAsking(t *testing.T) {
	n := newNight(t)
	n.run(t, func(tenant *Tenant) {
		if got := holder(t, tenant, "ana@x.example"); got != "mail contact remembered=true new=false" {
			t.Errorf("first night: %s", got)
		}
		holder(t, tenant, "nobody@x.example")
		if !slices.Equal(n.exchange.asked, []string{"holders nobody@x.example"}) {
			t.Errorf("first night asked %v", n.exchange.asked)
		}
		isMember(t, tenant, onboard.Recipient{ID: guid(1)})
	})
	n.run(t, func(tenant *Tenant) {
		for address, want := range map[string]string{
			"ANA@x.example":        "mail contact remembered=false new=false",
			"gus@x.example":        "guest remembered=false new=false",
			"mia@x.example":        "mail user remembered=false new=false",
			"box@contoso.example":  "mailbox remembered=false new=false",
			"news@contoso.example": "group remembered=false new=false",
			"nobody@x.example":     "",
		} {
			if got := holder(t, tenant, address); got != want {
				t.Errorf("%s: %s, want %s", address, got, want)
			}
		}
		if !isMember(t, tenant, onboard.Recipient{ID: guid(1)}) || isMember(t, tenant, onboard.Recipient{ID: guid(2)}) {
			t.Error("members")
		}
		if len(n.exchange.asked) != 0 {
			t.Errorf("asked Exchange: %v", n.exchange.asked)
		}
		slices.Sort(n.graph.asked)
		want := []string{"changes of contacts", "changes of groups", "changes of members", "changes of users"}
		if diff := cmp.Diff(want, n.graph.asked); diff != "" {
			t.Errorf("asked Graph (-want +got):\n%s", diff)
		}
	})
}

func TestChangesOfTheDay(t *testing.T) {
	n := newNight(t)
	known := onboard.Recipient{ID: guid(1)}
	n.run(t, func(tenant *Tenant) { isMember(t, tenant, known) })
	n.graph.changes[graph.Contacts] = []graph.Change{
		{ID: guid(5), Mail: graph.Optional[string]{Set: true, Value: "new@x.example"}},
		{ID: guid(1), ProxyAddresses: graph.Optional[[]string]{Set: true, Value: []string{"SMTP:ana@x.example", "smtp:ana2@x.example"}}},
	}
	n.graph.changes[graph.Users] = []graph.Change{{ID: guid(2), Removed: &struct{}{}}}
	n.graph.joins[guid(9)] = []graph.MemberChange{{ID: guid(1), Removed: &struct{}{}}, {ID: guid(5)}}
	for range 2 { // what changed is kept, too
		n.run(t, func(tenant *Tenant) {
			for address, want := range map[string]string{
				"new@x.example":  "mail contact remembered=false new=false",
				"ana@x.example":  "mail contact remembered=false new=false",
				"ana2@x.example": "mail contact remembered=false new=false",
				"gus@x.example":  "",
			} {
				if got := holder(t, tenant, address); got != want {
					t.Errorf("%s: %s, want %s", address, got, want)
				}
			}
			if isMember(t, tenant, known) || !isMember(t, tenant, onboard.Recipient{ID: guid(5)}) {
				t.Error("members")
			}
		})
	}
}

func TestLinksThatExpiredLeadToReadingAll(t *testing.T) {
	n := newNight(t)
	n.run(t, func(tenant *Tenant) { isMember(t, tenant, onboard.Recipient{ID: guid(1)}) })
	n.graph.recipients[graph.Contacts] = []graph.Recipient{{ID: guid(6), Mail: "other@x.example"}}
	n.graph.members[guid(9)] = []graph.Member{{ID: guid(6)}}
	n.graph.resync = true
	n.run(t, func(tenant *Tenant) {
		if holder(t, tenant, "ana@x.example") != "" || holder(t, tenant, "other@x.example") == "" {
			t.Error("what was kept is still told")
		}
		if isMember(t, tenant, onboard.Recipient{ID: guid(1)}) || !isMember(t, tenant, onboard.Recipient{ID: guid(6)}) {
			t.Error("members that were kept are still told")
		}
	})
}

// What was written lies over what Graph tells until Graph tells it too, or an
// hour is over.
func TestWhatWasWrittenLastsUntilGraphShowsIt(t *testing.T) {
	n := newNight(t)
	n.exchange.create = func(c exchange.NewContact) (exchange.Recipient, error) {
		return exchange.Recipient{Guid: "guid-eva", ExternalDirectoryObjectId: guid(7)}, nil
	}
	var eva onboard.Recipient
	n.run(t, func(tenant *Tenant) {
		var err error
		if eva, err = tenant.CreateContact(t.Context(), onboard.Contact{Email: "Eva@x.example"}); err != nil {
			t.Fatal(err)
		}
		if err := tenant.AddMember(t.Context(), newsGroup, eva); err != nil {
			t.Fatal(err)
		}
	})
	eva.New = false
	n.now = n.now.Add(59 * time.Minute)
	n.run(t, func(tenant *Tenant) {
		found, err := tenant.Holders(t.Context(), "eva@X.example")
		if err != nil || len(found) != 1 || found[0].ID != guid(7) || found[0].Ref != "guid-eva" || found[0].New {
			t.Errorf("found %+v, %v", found, err)
		}
		if !isMember(t, tenant, eva) {
			t.Error("the membership is forgotten")
		}
		// Exchange says that it is gone: then so are its memberships.
		if found, err := tenant.CurrentHolders(t.Context(), "eva@x.example"); len(found) != 0 || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		if isMember(t, tenant, eva) {
			t.Error("a contact that is gone is a member")
		}
	})
	n.now = n.now.Add(2 * time.Minute)
	n.run(t, func(tenant *Tenant) {
		if got := holder(t, tenant, "eva@x.example"); got != "" {
			t.Errorf("after an hour: %s", got)
		}
	})
}

func TestWhatWasTakenBackIsNotRemembered(t *testing.T) {
	n := newNight(t)
	n.exchange.create = func(c exchange.NewContact) (exchange.Recipient, error) {
		return exchange.Recipient{Guid: "guid-eva", ExternalDirectoryObjectId: guid(7)}, nil
	}
	var eva onboard.Recipient
	n.run(t, func(tenant *Tenant) {
		eva, _ = tenant.CreateContact(t.Context(), onboard.Contact{Email: "eva@x.example"})
		if err := tenant.AddMember(t.Context(), newsGroup, eva); err != nil {
			t.Fatal(err)
		}
	})
	eva.New = false
	n.run(t, func(tenant *Tenant) {
		if _, err := tenant.RemoveMember(t.Context(), newsGroup, eva); err != nil {
			t.Fatal(err)
		}
		if isMember(t, tenant, eva) {
			t.Error("still a member")
		}
		if err := tenant.RemoveContact(t.Context(), eva); err != nil {
			t.Fatal(err)
		}
		if got := holder(t, tenant, "eva@x.example"); got != "" {
			t.Errorf("still there: %s", got)
		}
	})
}

// Graph may go on showing for a while who was taken out of a group, and a contact
// that is gone.
func TestWhatGraphStillShowsOfWhatWasTakenAway(t *testing.T) {
	n := newNight(t)
	n.run(t, func(tenant *Tenant) { isMember(t, tenant, onboard.Recipient{ID: guid(1)}) })
	ana := onboard.Recipient{ID: guid(1), Kind: onboard.KindContact, Address: "ana@x.example", Ref: "guid-ana"}
	n.run(t, func(tenant *Tenant) {
		if _, err := tenant.RemoveMember(t.Context(), newsGroup, ana); err != nil {
			t.Fatal(err)
		}
	})
	n.run(t, func(tenant *Tenant) {
		if isMember(t, tenant, ana) || isMember(t, tenant, onboard.Recipient{ID: guid(1)}) {
			t.Error("a membership that was taken away is told")
		}
		if err := tenant.AddMember(t.Context(), newsGroup, ana); err != nil {
			t.Fatal(err)
		}
		if !isMember(t, tenant, ana) {
			t.Error("a membership that was added again is not told")
		}
	})
	n.run(t, func(tenant *Tenant) {
		if !isMember(t, tenant, ana) {
			t.Error("a membership that was added again is forgotten")
		}
		if _, err := tenant.RemoveMember(t.Context(), newsGroup, ana); err != nil {
			t.Fatal(err)
		}
		if err := tenant.RemoveContact(t.Context(), ana); err != nil {
			t.Fatal(err)
		}
	})
	n.exchange.create = func(exchange.NewContact) (exchange.Recipient, error) {
		return exchange.Recipient{Guid: "guid-new", ExternalDirectoryObjectId: guid(7)}, nil
	}
	n.run(t, func(tenant *Tenant) {
		if got := holder(t, tenant, "ana@x.example"); got != "" {
			t.Errorf("a contact that is gone: %s", got)
		}
		if _, err := tenant.CreateContact(t.Context(), onboard.Contact{Email: "ana@x.example"}); err != nil {
			t.Fatal(err)
		}
	})
	n.run(t, func(tenant *Tenant) {
		if found, err := tenant.Holders(t.Context(), "ana@x.example"); err != nil || len(found) != 1 || found[0].ID != guid(7) {
			t.Errorf("the contact that was created in its place: %+v, %v", found, err)
		}
	})
	n.now = n.now.Add(2 * graphLag)
	n.run(t, func(tenant *Tenant) {
		if got := holder(t, tenant, "ana@x.example"); got == "" || !isMember(t, tenant, ana) {
			t.Error("what Graph shows after an hour is not believed")
		}
	})
}

// An undo reads nothing beforehand and has what was kept forgotten; what it has
// taken away lies over what the next run reads all the same.
func TestWhatAnUndoHasTakenAway(t *testing.T) {
	n := newNight(t)
	ana := onboard.Recipient{ID: guid(1), Kind: onboard.KindContact, Address: "ana@x.example", Ref: "guid-ana"}
	undo := New(n.exchange, n.graph, Options{Now: func() time.Time { return n.now }})
	if _, err := undo.RemoveMember(t.Context(), newsGroup, ana); err != nil {
		t.Fatal(err)
	}
	if err := undo.RemoveContact(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	store, err := snapshot.Open(t.Context(), n.path, "tenant")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(undo.KeepTakenAway(t.Context(), store), store.Close()); err != nil {
		t.Fatal(err)
	}
	n.run(t, func(tenant *Tenant) {
		if isMember(t, tenant, ana) {
			t.Error("a membership that was taken away is told")
		}
		if got := holder(t, tenant, "ana@x.example"); got != "" || !slices.Equal(n.exchange.asked, []string{"holders ana@x.example"}) {
			t.Errorf("a contact that is gone: %q, asked %q", got, n.exchange.asked)
		}
	})
}

func TestRunThatDidNotEndIsFollowedByAskingExchange(t *testing.T) {
	n := newNight(t)
	n.run(t, func(*Tenant) {})
	store, err := snapshot.Open(t.Context(), n.path, "tenant")
	if err != nil {
		t.Fatal(err)
	}
	tenant := New(n.exchange, n.graph, Options{Store: store})
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tenant.AddMember(t.Context(), newsGroup, onboard.Recipient{Ref: "somebody"}); err != nil {
		t.Fatal(err)
	}
	store.Close() // killed
	n.run(t, func(tenant *Tenant) {
		holder(t, tenant, "nobody@x.example")
		if got := holder(t, tenant, "ana@x.example"); got != "mail contact remembered=true new=false" {
			t.Errorf("%s", got)
		}
		if !slices.Equal(n.exchange.asked, []string{"holders nobody@x.example"}) {
			t.Errorf("asked %v", n.exchange.asked)
		}
	})
}

func TestWithoutTheRightToReadUsersExchangeIsAsked(t *testing.T) {
	n := newNight(t)
	n.graph.err = map[graph.Collection]error{graph.Users: &graph.Error{Status: 403}}
	n.run(t, func(*Tenant) {})
	n.run(t, func(tenant *Tenant) {
		holder(t, tenant, "gus@x.example")
		if !slices.Equal(n.exchange.asked, []string{"holders gus@x.example"}) {
			t.Errorf("asked %v", n.exchange.asked)
		}
	})
}

func TestSeveralHoldersAreSettledByExchange(t *testing.T) {
	n := newNight(t)
	n.graph.recipients[graph.Users] = append(n.graph.recipients[graph.Users], graph.Recipient{ID: guid(8), Mail: "ana@x.example"})
	n.exchange.recipients["ana@x.example"] = []exchange.Recipient{{Guid: "only", PrimarySmtpAddress: "ana@x.example", RecipientTypeDetails: "MailContact"}}
	n.run(t, func(*Tenant) {})
	n.run(t, func(tenant *Tenant) {
		if got := holder(t, tenant, "ana@x.example"); got != "mail contact remembered=false new=false" {
			t.Errorf("%s", got)
		}
	})
}

func TestLookUpsOfManyRowsShareACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fakeExchange{recipients: map[string][]exchange.Recipient{
			"p03@x.example": {{Guid: "three", ExternalEmailAddress: "SMTP:P03@x.example"}},
			"p07@x.example": {{Guid: "seven", PrimarySmtpAddress: "p07@x.example"}, {Guid: "seven too", EmailAddresses: exchange.Strings{"smtp:p07@x.example"}}},
		}}
		l := newLookups(exchange.MaxAddresses, e.RecipientsByAddress, holds)
		var wait sync.WaitGroup
		for i := range 25 {
			wait.Go(func() {
				found, err := l.holders(t.Context(), fmt.Sprintf("P%02d@x.example", i%20))
				want := map[int]int{3: 1, 7: 2}[i%20]
				if err != nil || len(found) != want {
					t.Errorf("%d: %v, %v", i, found, err)
				}
			})
		}
		wait.Wait()
		if len(e.asked) > 3 {
			t.Errorf("%d commands: %q", len(e.asked), e.asked)
		}
	})
}

// While one command is under way, those who come one by one share the next one,
// unless it takes too long.
func TestLookUpsGatherWhileOneIsUnderWay(t *testing.T) {
	for _, tt := range []struct {
		takes time.Duration
		most  int
	}{{300 * time.Millisecond, 5}, {time.Minute, 7}} {
		synctest.Test(t, func(t *testing.T) {
			var commands []string
			var mu sync.Mutex
			l := newLookups(exchange.MaxAddresses, func(_ context.Context, addresses ...string) ([]exchange.Recipient, error) {
				mu.Lock()
				commands = append(commands, strings.Join(addresses, " "))
				first := len(commands) == 1
				mu.Unlock()
				if first {
					time.Sleep(tt.takes)
				} else {
					time.Sleep(300 * time.Millisecond)
				}
				return nil, nil
			}, holds)
			var wait sync.WaitGroup
			start := time.Now()
			for i := range 20 {
				wait.Go(func() {
					if _, err := l.holders(t.Context(), fmt.Sprintf("p%d@x.example", i)); err != nil {
						t.Error(err)
					}
					if took := time.Since(start); i > 0 && took > 10*time.Second {
						t.Errorf("%d waited %s for another one's command", i, took)
					}
				})
				time.Sleep(50 * time.Millisecond)
			}
			wait.Wait()
			if len(commands) > tt.most {
				t.Errorf("%d commands: %q", len(commands), commands)
			}
		})
	}
}

func TestRefusedLookUpSpoilsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		l := newLookups(exchange.MaxAddresses, func(_ context.Context, addresses ...string) ([]exchange.Recipient, error) {
			calls.Add(1)
			if slices.Contains(addresses, "odd@x.example") {
				return nil, exchange.ErrInvalidParameter
			}
			return nil, nil
		}, holds)
		var wait sync.WaitGroup
		for _, address := range []string{"odd@x.example", "a@x.example", "b@x.example"} {
			wait.Go(func() {
				_, err := l.holders(t.Context(), address)
				if errors.Is(err, exchange.ErrInvalidParameter) != (address == "odd@x.example") {
					t.Errorf("%s: %v", address, err)
				}
			})
		}
		wait.Wait()
		if n := calls.Load(); n != 4 {
			t.Errorf("%d commands", n)
		}
	})
}
