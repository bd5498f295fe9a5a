package m365

import (
	"fmt"
	"strings"
	"testing"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// strangers gives addresses that nobody in Graph holds.
func strangers(count int) []string {
	addresses := make([]string, count)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("stranger%03d@x.example", i)
	}
	return addresses
}

// A run that changes the tenant believes the directory that was read just now
// about those it doesn't show, until Exchange has somebody whom it refuses to
// create.
func TestDirectoryIsBelievedUntilExchangeContradictsIt(t *testing.T) {
	contact := exchange.Recipient{Guid: "x", PrimarySmtpAddress: "stranger003@x.example", RecipientTypeDetails: "MailContact"}
	dynamic := exchange.Recipient{Guid: "x", PrimarySmtpAddress: "stranger003@x.example", RecipientTypeDetails: "DynamicDistributionGroup"}
	for _, tt := range []struct {
		name    string
		again   bool // it goes on from the night before
		holder  exchange.Recipient
		refusal error
		asks    int // about 40, besides the one that was refused
	}{
		{name: "Graph lags behind", holder: contact, refusal: exchange.ErrAddressInUse, asks: 40},
		{name: "Graph doesn't know such groups", holder: dynamic, refusal: exchange.ErrAddressInUse},
		{name: "its own first try", holder: contact, refusal: exchange.ErrUncertain},
		{name: "somebody else was faster today", again: true, holder: contact, refusal: exchange.ErrAddressInUse},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNight(t)
			n.exchange.recipients["stranger003@x.example"] = []exchange.Recipient{tt.holder}
			n.exchange.create = func(exchange.NewContact) (exchange.Recipient, error) { return exchange.Recipient{}, tt.refusal }
			var o Options
			if tt.again {
				n.run(t, func(*Tenant) {})
				store, err := snapshot.Open(t.Context(), n.path, "tenant")
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				o.Store = store
			}
			tenant := New(n.exchange, n.graph, o)
			if err := tenant.Load(t.Context(), "New-MailContact"); err != nil {
				t.Fatal(err)
			}
			if found, err := tenant.Holders(t.Context(), "stranger003@x.example"); len(found) > 0 || err != nil || len(n.exchange.asked) > 0 {
				t.Fatalf("found %v, %v, asked Exchange %v", found, err, n.exchange.asked)
			}
			if _, err := tenant.CreateContact(t.Context(), onboard.Contact{Email: "Stranger003@x.example"}); err == nil {
				t.Fatal("created")
			}
			if found, err := tenant.CurrentHolders(t.Context(), "stranger003@x.example"); len(found) != 1 || err != nil {
				t.Errorf("found %v, %v", found, err)
			}
			n.exchange.asked = nil
			for _, address := range strangers(40) {
				if _, err := tenant.Holders(t.Context(), address); err != nil {
					t.Fatal(err)
				}
			}
			if asked := len(n.exchange.asked); asked != tt.asks {
				t.Errorf("asked Exchange %d times, want %d: %s", asked, tt.asks, strings.Join(n.exchange.asked, ", "))
			}
		})
	}
}

// For a run that changes nothing, a directory that was read in full vouches for
// those it doesn't show, once Exchange has agreed about a few of them.
func TestDirectoryThatWasReadJustNowVouchesForStrangers(t *testing.T) {
	contact := exchange.Recipient{Guid: "x", PrimarySmtpAddress: "stranger003@x.example", RecipientTypeDetails: "MailContact"}
	dynamic := exchange.Recipient{Guid: "x", PrimarySmtpAddress: "stranger003@x.example", RecipientTypeDetails: "DynamicDistributionGroup"}
	for _, tt := range []struct {
		name   string
		kept   bool
		known  bool // what the run is about
		size   int  // of each collection
		users  error
		holder *exchange.Recipient
		asks   int // about 40
	}{
		{name: "kept for the first time", kept: true, asks: 10},
		{name: "not kept", asks: 10},
		{name: "not kept, few addresses", known: true, asks: 10},
		{name: "not kept, looked up in a large directory", known: true, size: 2 * graph.PageSize, asks: 40},
		{name: "Graph lags behind", kept: true, holder: &contact, asks: 40},
		{name: "Graph doesn't know such groups", kept: true, holder: &dynamic, asks: 11},
		{name: "users can't be read", users: &graph.Error{Status: 403}, asks: 40},
		{name: "users can't be read, kept", kept: true, users: &graph.Error{Status: 403}, asks: 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNight(t)
			n.graph.size, n.graph.err = tt.size, map[graph.Collection]error{graph.Users: tt.users}
			if tt.holder != nil {
				n.exchange.recipients[tt.holder.PrimarySmtpAddress] = []exchange.Recipient{*tt.holder}
			}
			o := Options{}
			if tt.kept {
				store, err := snapshot.Open(t.Context(), n.path, "tenant")
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				o.Store = store
			}
			if tt.known {
				o.Addresses = append(strangers(40), "ana@x.example")
			}
			tenant := New(n.exchange, n.graph, o)
			if err := tenant.Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, address := range strangers(40) {
				found, err := tenant.Holders(t.Context(), address)
				held := tt.holder != nil && address == tt.holder.PrimarySmtpAddress
				if err != nil || (len(found) == 1) != held {
					t.Errorf("%s: %v, %v", address, found, err)
				}
			}
			if asked := len(n.exchange.asked); asked != tt.asks {
				t.Errorf("asked Exchange %d times, want %d: %s", asked, tt.asks, strings.Join(n.exchange.asked, ", "))
			}
			// Who else may hold the address of somebody whom Graph shows, Graph can't tell.
			if got := holder(t, tenant, "ana@x.example"); got != "mail contact remembered=true new=false" {
				t.Errorf("a contact that Graph shows: %s", got)
			}
		})
	}
}
