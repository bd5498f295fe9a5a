package m365

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// groupExchange creates groups, which nothing shows yet.
type groupExchange struct {
	*fakeExchange
	made []exchange.NewGroup
}

func (f *groupExchange) NewDistributionGroup(_ context.Context, n exchange.NewGroup) (exchange.Group, error) {
	f.made = append(f.made, n)
	return exchange.Group{Guid: "guid-1"}, nil
}

func TestCreatedGroupsAreKnownAtOnce(t *testing.T) {
	e := &groupExchange{fakeExchange: &fakeExchange{}}
	tenant := New(e, &fakeGraph{}, Options{})
	ctx := t.Context()
	long := strings.Repeat("x", 70)
	if found, err := tenant.Groups(ctx, long); err != nil || len(found) > 0 {
		t.Fatalf("before: %v, %v", found, err)
	}
	g, err := tenant.CreateGroup(ctx, long, onboard.NewGroup{Name: long, Alias: long, Address: "new@contoso.example", Owner: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	want := exchange.NewGroup{Name: long[:64], DisplayName: long, Alias: long[:64], PrimarySmtpAddress: "new@contoso.example", ManagedBy: "ada"}
	if diff := cmp.Diff([]exchange.NewGroup{want}, e.made); diff != "" {
		t.Error("sent (-want +got):\n" + diff)
	}
	for _, name := range []string{strings.ToUpper(long), "NEW@contoso.example"} {
		if found, err := tenant.Groups(ctx, name); err != nil || len(found) != 1 || found[0] != g {
			t.Errorf("%s gives %v, %v; want the new group", name, found, err)
		}
	}
	ana := onboard.Recipient{Ref: "guid-ana", Address: "ana@fabrikam.example"}
	member, memberErr := tenant.IsMember(ctx, g, ana)
	listed, listedErr := tenant.IsAllowedSender(ctx, g, ana)
	if member || listed || memberErr != nil || listedErr != nil {
		t.Errorf("of a new group, member %v, %v; allowed sender %v, %v", member, memberErr, listed, listedErr)
	}
	if n, err := tenant.KnownMembers(ctx, g); n.All != 0 || err != nil {
		t.Errorf("outside members: %d, %v", n, err)
	}
}
