package m365

import (
	"context"
	"slices"
	"testing"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// listExchange has a group with a list of allowed senders.
type listExchange struct {
	*fakeExchange
	group exchange.Group
	known []exchange.Recipient
	added []string

	removed []string
}

func (f *listExchange) DistributionGroup(context.Context, string) (exchange.Group, error) {
	return f.group, nil
}

func (f *listExchange) Referenced(_ context.Context, references ...string) ([]exchange.Recipient, error) {
	var found []exchange.Recipient
	for _, r := range f.known {
		if slices.ContainsFunc(references, func(name string) bool { _, maybe := r.IsReferencedBy(name); return maybe }) {
			found = append(found, r)
		}
	}
	return found, nil
}

func (f *listExchange) AddAllowedSenders(_ context.Context, _ string, senders ...string) error {
	f.added = append(f.added, senders...)
	return nil
}

func (f *listExchange) RemoveAllowedSenders(_ context.Context, _ string, senders ...string) error {
	f.removed = append(f.removed, senders...)
	return nil
}

// Who was taken off a list is not on it any more, and the others still are.
func TestWhoIsTakenOffTheList(t *testing.T) {
	f := &listExchange{
		fakeExchange: &fakeExchange{},
		group:        exchange.Group{AcceptMessagesOnlyFromSendersOrMembers: exchange.Strings{"Ana", "Bo"}},
		known:        []exchange.Recipient{{Guid: "guid-ana", Name: "Ana"}, {Guid: "guid-bo", Name: "Bo"}},
	}
	tenant := New(f, &fakeGraph{}, Options{})
	group, ana, bo := onboard.Group{ID: "g-1", Ref: "g-1"}, onboard.Recipient{Ref: "guid-ana"}, onboard.Recipient{Ref: "guid-bo"}
	if on, entries, err := tenant.Listed(t.Context(), group, ana); !on || entries != 2 || err != nil {
		t.Errorf("before: listed %v of %d, %v", on, entries, err)
	}
	if err := tenant.Unlist(t.Context(), group, ana); err != nil || !slices.Equal(f.removed, []string{"guid-ana"}) {
		t.Errorf("taken off the list: %q, %v", f.removed, err)
	}
	if on, entries, err := tenant.Listed(t.Context(), group, ana); on || entries != 1 || err != nil {
		t.Errorf("afterwards: listed %v of %d, %v", on, entries, err)
	}
	if on, _, err := tenant.Listed(t.Context(), group, bo); !on || err != nil {
		t.Errorf("the other one: listed %v, %v", on, err)
	}
}

// Who is removed is on no list any more.
func TestWhoIsRemovedIsOnNoList(t *testing.T) {
	f := &listExchange{
		fakeExchange: &fakeExchange{},
		group:        exchange.Group{AcceptMessagesOnlyFromSendersOrMembers: exchange.Strings{"Ana", "Bo"}},
		known:        []exchange.Recipient{{Guid: "guid-ana", Name: "Ana"}, {Guid: "guid-bo", Name: "Bo"}},
	}
	tenant := New(f, &fakeGraph{}, Options{})
	group, ana, bo := onboard.Group{ID: "g-1", Ref: "g-1"}, onboard.Recipient{Ref: "guid-ana"}, onboard.Recipient{Ref: "guid-bo"}
	if on, entries, err := tenant.Listed(t.Context(), group, bo); !on || entries != 2 || err != nil {
		t.Errorf("before: listed %v of %d, %v", on, entries, err)
	}
	for range 2 { // removing her twice takes nobody else off
		if err := tenant.RemoveContact(t.Context(), ana); err != nil {
			t.Fatal(err)
		}
	}
	if on, entries, err := tenant.Listed(t.Context(), group, bo); !on || entries != 1 || err != nil {
		t.Errorf("afterwards: listed %v of %d, %v", on, entries, err)
	}
}

func TestAllowedSenders(t *testing.T) {
	f := &listExchange{
		fakeExchange: &fakeExchange{},
		group: exchange.Group{
			AcceptMessagesOnlyFrom:                 exchange.Strings{"Ana Pop", "Bo", "Twin"},
			AcceptMessagesOnlyFromDLMembers:        exchange.Strings{"Everyone"},
			AcceptMessagesOnlyFromSendersOrMembers: exchange.Strings{"Ana Pop", "6f0a2b1c-1111-4222-8333-444455556666", "Twin", "Everyone"},
		},
		known: []exchange.Recipient{
			{Guid: "guid-ana", Name: "ana@fabrikam.example", DisplayName: "Ana Pop", PrimarySmtpAddress: "Ana@fabrikam.example"},
			{Guid: "6F0A2B1C-1111-4222-8333-444455556666", ExternalDirectoryObjectId: "id-bo", Name: "Bo", ExternalEmailAddress: "SMTP:bo@fabrikam.example"},
			{Guid: "guid-everyone", Name: "Everyone", PrimarySmtpAddress: "everyone@contoso.example"},
			{Guid: "guid-twin-1", DisplayName: "Twin", PrimarySmtpAddress: "twin1@fabrikam.example"},
			{Guid: "guid-twin-2", DisplayName: "Twin", PrimarySmtpAddress: "twin2@fabrikam.example"},
		},
	}
	tenant := New(f, &fakeGraph{}, Options{})
	group := onboard.Group{ID: "g-1", Ref: "g-1"}
	tests := []struct {
		name   string
		sender onboard.Recipient
		want   bool
	}{
		{"named by the display name that one only has", onboard.Recipient{Address: "ana@fabrikam.example"}, true},
		{"named by Guid, known by object id", onboard.Recipient{ID: "ID-BO"}, true},
		{"named by Guid, known by external address", onboard.Recipient{Address: "BO@fabrikam.example"}, true},
		{"a group by its Name", onboard.Recipient{Ref: "guid-everyone"}, true},
		{"a display name of two is nobody's", onboard.Recipient{Address: "twin1@fabrikam.example"}, false},
		{"not on the list", onboard.Recipient{ID: "id-eva", Address: "eva@fabrikam.example"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tenant.IsAllowedSender(t.Context(), group, tt.sender)
			if err != nil || got != tt.want {
				t.Errorf("listed: %v, %v; want %v", got, err, tt.want)
			}
		})
	}

	eva := onboard.Recipient{ID: "id-eva", Ref: "guid-eva", Address: "eva@fabrikam.example"}
	if err := tenant.AllowSender(t.Context(), group, eva); err != nil {
		t.Fatal(err)
	}
	if listed, err := tenant.IsAllowedSender(t.Context(), group, eva); !listed || err != nil || !slices.Equal(f.added, []string{"guid-eva"}) {
		t.Errorf("after adding: listed %v, %v; sent %q", listed, err, f.added)
	}
}
