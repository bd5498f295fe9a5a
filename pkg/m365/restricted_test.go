package m365

import (
	"context"
	"errors"
	"testing"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// restrictedExchange tells once which contacts refuse mail.
type restrictedExchange struct {
	*fakeExchange
	contacts []exchange.RestrictedContact
	err      error
}

func (f restrictedExchange) RestrictedContacts(context.Context) ([]exchange.RestrictedContact, error) {
	f.note("restricted contacts")
	return f.contacts, f.err
}

func TestRestrictionsAreReadOnce(t *testing.T) {
	f := restrictedExchange{fakeExchange: &fakeExchange{}, contacts: []exchange.RestrictedContact{
		{Recipient: exchange.Recipient{ExternalDirectoryObjectId: "C-1", PrimarySmtpAddress: "ana@fabrikam.example"}, RequireSenderAuthenticationEnabled: true},
		{Recipient: exchange.Recipient{ExternalEmailAddress: "SMTP:Bo@fabrikam.example"},
			AcceptMessagesOnlyFromSendersOrMembers: exchange.Strings{"Ada"}, RejectMessagesFromSendersOrMembers: exchange.Strings{"Eva", "Ion"}},
	}}
	tenant := New(f, &fakeGraph{}, Options{})
	for _, tt := range []struct {
		person onboard.Recipient
		want   onboard.Restriction
	}{
		{onboard.Recipient{ID: "c-1", Address: "other@fabrikam.example"}, onboard.Restriction{InsideSendersOnly: true}},
		{onboard.Recipient{ID: "c-2", Address: "bo@FABRIKAM.example"}, onboard.Restriction{Accepts: 1, Rejects: 2}},
		{onboard.Recipient{ID: "c-3", Address: "carl@fabrikam.example"}, onboard.Restriction{}},
		{onboard.Recipient{}, onboard.Restriction{}},
	} {
		if got, err := tenant.Restriction(t.Context(), tt.person); got != tt.want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", tt.person.Address, got, err, tt.want)
		}
	}
	if len(f.asked) != 1 {
		t.Errorf("asked %q, want once", f.asked)
	}
}

func TestRestrictionsThatCantBeReadAreNone(t *testing.T) {
	f := restrictedExchange{fakeExchange: &fakeExchange{}, err: errors.New("no such command")}
	tenant := New(f, &fakeGraph{}, Options{})
	for range 2 {
		if got, err := tenant.Restriction(t.Context(), onboard.Recipient{ID: "c-1"}); got != (onboard.Restriction{}) || err != nil {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if len(f.asked) != 1 {
		t.Errorf("asked %q, want once", f.asked)
	}
}
