package m365

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

func (f *fakeGraph) Invite(_ context.Context, i graph.Invitation) (string, error) {
	f.note("invite %s as %s to %s, send %v %q", i.Address, i.DisplayName, i.RedirectURL, i.Send, i.Message)
	return "u-1", f.writes
}

func (f *fakeGraph) AddGroupMember(_ context.Context, groupID, userID string) error {
	f.note("add %s to %s", userID, groupID)
	return f.writes
}

func (f *fakeGraph) RemoveGroupMember(_ context.Context, groupID, userID string) error {
	f.note("remove %s from %s", userID, groupID)
	return f.writes
}

func (f *fakeGraph) DeleteUser(_ context.Context, id string) error {
	f.note("delete %s", id)
	return f.writes
}

func (f *fakeGraph) User(context.Context, string) (graph.User, error) { return f.user, f.writes }

func (f *fakeGraph) GroupsOfUser(context.Context, string) iter.Seq2[graph.GroupOfUser, error] {
	return func(yield func(graph.GroupOfUser, error) bool) {
		for _, g := range f.groupsOfUser {
			if !yield(g, nil) {
				return
			}
		}
	}
}

// unifiedExchange has a Microsoft 365 group.
type unifiedExchange struct{ *fakeExchange }

func (f unifiedExchange) UnifiedGroup(_ context.Context, identity string) (exchange.Group, error) {
	f.note("settings of %s", identity)
	return exchange.Group{RequireSenderAuthenticationEnabled: true}, nil
}

func (f unifiedExchange) SetUnifiedRequireSenderAuthentication(_ context.Context, group string, required bool) error {
	f.note("require authentication of %s: %v", group, required)
	return nil
}

func TestGuestOfAMicrosoft365Group(t *testing.T) {
	e := unifiedExchange{&fakeExchange{groups: map[string][]exchange.Recipient{
		"Team": {{Guid: "guid-team", ExternalDirectoryObjectId: "g-1", RecipientTypeDetails: "GroupMailbox", PrimarySmtpAddress: "team@contoso.example"}},
	}}}
	g := &fakeGraph{}
	tenant := New(e, g, Options{Invitations: &Invitations{RedirectURL: "https://contoso.example/", Send: true, Message: "Welcome"}})
	ctx := t.Context()

	groups, err := tenant.Groups(ctx, "Team")
	if err != nil {
		t.Fatal(err)
	}
	want := []onboard.Group{{ID: "g-1", Kind: onboard.GroupMicrosoft365, Address: "team@contoso.example", Ref: "guid-team", InsideSendersOnly: true}}
	if diff := cmp.Diff(want, groups); diff != "" {
		t.Error("group (-want +got):\n" + diff)
	}
	guest, err := tenant.InviteGuest(ctx, onboard.Contact{Email: "ana@fabrikam.example", DisplayName: "Ana"})
	if err != nil {
		t.Fatal(err)
	}
	if member, err := tenant.IsMember(ctx, groups[0], guest); member || err != nil {
		t.Errorf("a new guest is a member: %v, %v", member, err)
	}
	if err := errors.Join(tenant.AddMember(ctx, groups[0], guest), tenant.AllowOutsideSenders(ctx, groups[0])); err != nil {
		t.Fatal(err)
	}
	if member, err := tenant.IsMember(ctx, groups[0], guest); !member || err != nil {
		t.Errorf("the guest was added and is a member: %v, %v", member, err)
	}
	// Rows to come find the guest, though Exchange does not show it yet.
	if found, err := tenant.CurrentHolders(ctx, "ANA@fabrikam.example"); err != nil || len(found) != 1 || found[0].Kind != onboard.KindGuest {
		t.Errorf("the holders are %v, %v; want the guest", found, err)
	}
	asked := []string{`invite ana@fabrikam.example as Ana to https://contoso.example/, send true "Welcome"`, "add u-1 to g-1"}
	if diff := cmp.Diff(asked, g.asked); diff != "" {
		t.Error("asked of Graph (-want +got):\n" + diff)
	}
	asked = []string{"find Team", "settings of guid-team", "require authentication of guid-team: false", "holders ana@fabrikam.example"}
	if diff := cmp.Diff(asked, e.asked); diff != "" {
		t.Error("asked of Exchange (-want +got):\n" + diff)
	}
}

// A contact that was remembered as one must not come of a guest.
func TestGuestsAreNotKeptAsContacts(t *testing.T) {
	tenant := New(&fakeExchange{}, &fakeGraph{}, Options{Invitations: &Invitations{}})
	if _, err := tenant.InviteGuest(t.Context(), onboard.Contact{Email: "ana@fabrikam.example"}); err != nil {
		t.Fatal(err)
	}
	if kept := tenant.written.lately(tenant.now()).Created; len(kept) > 0 {
		t.Errorf("kept for the next run: %v", kept)
	}
}

func TestWhatGraphRefusesOfGuests(t *testing.T) {
	tests := []struct{ is, want error }{
		{graph.ErrInvitationBlocked, onboard.ErrInvitationBlocked},
		{graph.ErrInvitedExists, onboard.ErrAlreadyExists},
		{graph.ErrAlreadyMember, onboard.ErrAlreadyMember},
		{graph.ErrNotReplicated, onboard.ErrRecipientNotFound},
		{graph.ErrGuestRefused, onboard.ErrMemberRefused},
		{graph.ErrUncertain, onboard.ErrUncertain},
		{&graph.Error{Status: 403}, onboard.ErrDenied},
		{&graph.Error{Status: 503}, onboard.ErrUnavailable},
	}
	for _, tt := range tests {
		tenant := New(&fakeExchange{}, &fakeGraph{writes: tt.is}, Options{Invitations: &Invitations{}})
		group := onboard.Group{ID: "g-1", Kind: onboard.GroupMicrosoft365}
		if err := tenant.AddMember(t.Context(), group, onboard.Recipient{ID: "u-1"}); !errors.Is(err, tt.want) {
			t.Errorf("adding: %v becomes %v, want %v", tt.is, err, tt.want)
		}
		if _, err := tenant.InviteGuest(t.Context(), onboard.Contact{}); !errors.Is(err, tt.want) {
			t.Errorf("inviting: %v becomes %v, want %v", tt.is, err, tt.want)
		}
	}
}

// Each API is asked about the groups that it knows best.
func TestWhatBecameOfAGuest(t *testing.T) {
	created := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	e := groupsExchange{&fakeExchange{}, []exchange.Recipient{
		{RecipientTypeDetails: "MailUniversalDistributionGroup", PrimarySmtpAddress: "news@contoso.example"},
		{RecipientTypeDetails: "GroupMailbox", PrimarySmtpAddress: "old-team@contoso.example"},
	}}
	g := &fakeGraph{
		user: graph.User{ID: "u-1", CreatedDateTime: created, ExternalUserState: "PendingAcceptance", UserType: "Guest"},
		groupsOfUser: []graph.GroupOfUser{
			{ID: "g-1", Mail: "team@contoso.example", MailEnabled: true, GroupTypes: []string{"Unified"}},
			{ID: "g-2", Mail: "old-news@contoso.example", MailEnabled: true},
			{ID: "g-3", DisplayName: "Licences"},
		},
	}
	state, err := New(e, g, Options{}).GuestState(t.Context(), onboard.Recipient{ID: "u-1"})
	if err != nil {
		t.Fatal(err)
	}
	want := onboard.GuestState{Created: created, Groups: []string{"team@contoso.example", "Licences", "news@contoso.example"}}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Error("state (-want +got):\n" + diff)
	}
	for _, user := range []graph.User{{ExternalUserState: "Accepted", UserType: "Guest"}, {ExternalUserState: "PendingAcceptance", UserType: "Member"}} {
		g.user = user
		if state, err := New(e, g, Options{}).GuestState(t.Context(), onboard.Recipient{ID: "u-1"}); !state.Accepted || err != nil {
			t.Errorf("%+v has been in: %v, %v", user, state.Accepted, err)
		}
	}
}

// groupsExchange has somebody in groups.
type groupsExchange struct {
	*fakeExchange
	groups []exchange.Recipient
}

func (f groupsExchange) GroupsOf(context.Context, string) ([]exchange.Recipient, error) {
	return f.groups, nil
}

func TestGuestsAreTakenBack(t *testing.T) {
	guest, team := onboard.Recipient{ID: "u-1", Kind: onboard.KindGuest}, onboard.Group{ID: "g-1", Kind: onboard.GroupMicrosoft365}
	tests := []struct {
		answer  error
		was     bool  // in the group
		member  error // of taking the guest out
		deleted error
	}{
		{nil, true, nil, nil},
		{&graph.Error{Status: 404}, false, nil, nil},
		{&graph.Error{Status: 403}, false, onboard.ErrDenied, onboard.ErrDenied},
		{&graph.Error{Status: 503}, false, onboard.ErrUnavailable, onboard.ErrUnavailable},
	}
	for _, tt := range tests {
		g := &fakeGraph{writes: tt.answer}
		tenant := New(&fakeExchange{}, g, Options{})
		if was, err := tenant.RemoveMember(t.Context(), team, guest); was != tt.was || !errors.Is(err, tt.member) {
			t.Errorf("%v: taken out %v, %v", tt.answer, was, err)
		}
		if err := tenant.RemoveGuest(t.Context(), guest); !errors.Is(err, tt.deleted) {
			t.Errorf("%v: deleting: %v", tt.answer, err)
		}
		if diff := cmp.Diff([]string{"remove u-1 from g-1", "delete u-1"}, g.asked); diff != "" {
			t.Error("asked of Graph (-want +got):\n" + diff)
		}
	}
}
