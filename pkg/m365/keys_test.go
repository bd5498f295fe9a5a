package m365

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// keyed is one of Exchange's recipients as the wire has it.
func keyed(t *testing.T, object string) exchange.Keyed {
	t.Helper()
	var k exchange.Keyed
	if err := json.Unmarshal([]byte(object), &k); err != nil {
		t.Fatal(err)
	}
	return k
}

// keyExchange has recipients with keys in CustomAttribute15.
type keyExchange struct {
	*fakeExchange
	keyed []exchange.Keyed
}

func (k *keyExchange) RecipientsByCustomAttribute(_ context.Context, number int, values ...string) ([]exchange.Keyed, error) {
	k.note("keys %d %s", number, strings.Join(values, " "))
	var found []exchange.Keyed
	for _, r := range k.keyed {
		for _, v := range values {
			if strings.EqualFold(r.CustomAttribute(number), v) {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

func (k *keyExchange) ChangeMailContact(_ context.Context, identity string, values map[string]any) error {
	k.note("change %s %v", identity, values)
	return nil
}

func TestKeyHolders(t *testing.T) {
	e := &keyExchange{fakeExchange: &fakeExchange{}, keyed: []exchange.Keyed{
		keyed(t, `{"Guid":"guid-ana","RecipientTypeDetails":"MailContact","PrimarySmtpAddress":"former@x.example","ExternalEmailAddress":"SMTP:ana@x.example","CustomAttribute15":"A7"}`),
		keyed(t, `{"Guid":"guid-ada","RecipientTypeDetails":"UserMailbox","PrimarySmtpAddress":"ada@contoso.example","CustomAttribute15":"B9"}`),
	}}
	tenant := New(e, &fakeGraph{}, Options{})
	for key, want := range map[string][]onboard.Recipient{
		"a7": {{Kind: onboard.KindContact, Address: "ana@x.example", Ref: "guid-ana"}},
		"B9": {{Kind: onboard.KindMailbox, Address: "ada@contoso.example", Ref: "guid-ada"}},
		"C1": {},
	} {
		got, err := tenant.KeyHolders(t.Context(), onboard.CustomAttribute(15), key)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", key, err, diff)
		}
	}
	if _, err := tenant.KeyHolders(t.Context(), "company", "a7"); err == nil {
		t.Error("a company was taken for a custom attribute")
	}
}

// A contact is found by its new address at once and by its former one no more,
// also in the next run, when Graph may still not show it; later Graph decides.
func TestNewAddressLiesOverWhatGraphShows(t *testing.T) {
	n := newNight(t)
	n.run(t, func(*Tenant) {})
	ana := onboard.Recipient{ID: guid(1), Kind: onboard.KindContact, Address: "ana@x.example", Ref: "guid-ana"}
	n.run(t, func(tenant *Tenant) {
		tenant.exchange = &keyExchange{fakeExchange: n.exchange}
		if err := tenant.UpdateContact(t.Context(), ana, []onboard.Field{onboard.FieldEmail}, onboard.Contact{Email: "Ana@y.example"}); err != nil {
			t.Fatal(err)
		}
	})
	if diff := cmp.Diff([]string{"change guid-ana map[ExternalEmailAddress:Ana@y.example]"}, n.exchange.asked); diff != "" {
		t.Error("sent (-want +got):\n" + diff)
	}
	held := func(tenant *Tenant) string {
		return fmt.Sprintf("new %q former %q", holder(t, tenant, "ana@y.example"), holder(t, tenant, "ana@x.example"))
	}
	const there = "mail contact remembered=false new=false"
	n.run(t, func(tenant *Tenant) {
		if got := held(tenant); got != fmt.Sprintf("new %q former %q", there, "") {
			t.Errorf("the next run: %s", got)
		}
	})
	n.now = n.now.Add(2 * graphLag)
	n.graph.changes[graph.Contacts] = []graph.Change{{
		ID: guid(1), Mail: graph.Optional[string]{Set: true, Value: "ana@x.example"},
		ProxyAddresses: graph.Optional[[]string]{Set: true, Value: []string{"SMTP:ana@x.example"}},
	}}
	n.run(t, func(tenant *Tenant) {
		if got := held(tenant); got != fmt.Sprintf("new %q former %q", "", there) {
			t.Errorf("after somebody gave the former address back: %s", got)
		}
	})
}
