package m365

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

func (f *contactExchange) AddMailContactAddresses(_ context.Context, identity string, proxies ...string) error {
	f.note("add %s %v", identity, proxies)
	return nil
}

func (f *contactExchange) SetContact(context.Context, string, exchange.ContactDetails) error {
	return nil
}

func (f *contactExchange) SetMailContact(context.Context, string, exchange.MailSettings) error {
	return nil
}

func TestPortrait(t *testing.T) {
	f := &contactExchange{fakeExchange: &fakeExchange{}, has: map[string]string{
		"Name": "ana", "LegacyExchangeDN": "/o=X/cn=ana", "ExternalEmailAddress": "SMTP:Ana@x.example",
		"DisplayName": "Ana Pop", "Company": "Fabrikam", "CustomAttribute15": "x", "HiddenFromAddressListsEnabled": "True",
	}}
	got, err := New(f, nil, Options{}).Portrait(t.Context(), onboard.Recipient{Ref: "guid-ana", Address: "ana@x.example"})
	if err != nil {
		t.Fatal(err)
	}
	hidden := true
	contact := onboard.Contact{Email: "Ana@x.example", DisplayName: "Ana Pop", Company: "Fabrikam", HiddenFromAddressLists: &hidden}
	contact.CustomAttributes[14] = "x"
	if diff := cmp.Diff(onboard.Portrait{Name: "ana", LegacyExchangeDN: "/o=X/cn=ana", Contact: contact}, got); diff != "" {
		t.Error("portrait (-want +got):\n" + diff)
	}
}

func TestCompleteAddsTheFormerAddressOnce(t *testing.T) {
	for has, want := range map[string][]string{
		"SMTP:ana@x.example":                   {"mail contact guid-ana [EmailAddresses]", "add guid-ana [X500:/o=X/cn=ana]"},
		"SMTP:ana@x.example, x500:/o=x/CN=Ana": {"mail contact guid-ana [EmailAddresses]"},
	} {
		f := &contactExchange{fakeExchange: &fakeExchange{}, has: map[string]string{"EmailAddresses": has}}
		err := New(f, nil, Options{}).Complete(t.Context(), onboard.Recipient{Ref: "guid-ana"}, onboard.Portrait{LegacyExchangeDN: "/o=X/cn=ana"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, f.asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", has, diff)
		}
	}
}
