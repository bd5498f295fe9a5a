package m365

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// listingExchange lists contacts. The values are those of both cmdlets.
type listingExchange struct {
	*contactExchange
	listed  []exchange.ListedContact
	changed map[string]time.Time // by the contact's id
	refuses error                // filters
	breaks  error                // lists
}

func (f *listingExchange) ListContacts(_ context.Context, after time.Time, _ ...string) iter.Seq2[exchange.ListedContact, error] {
	return f.list("contacts", after)
}

func (f *listingExchange) ListMailContacts(_ context.Context, after time.Time, _ ...string) iter.Seq2[exchange.ListedContact, error] {
	return f.list("mail contacts", after)
}

func (f *listingExchange) list(what string, after time.Time) iter.Seq2[exchange.ListedContact, error] {
	f.note("all %s, changed=%v", what, !after.IsZero())
	if !after.IsZero() && f.refuses != nil {
		return stream[exchange.ListedContact](nil, f.refuses)
	}
	var listed []exchange.ListedContact
	for _, c := range f.listed {
		if !f.changed[c.ID].Before(after) {
			listed = append(listed, c)
		}
	}
	return stream(listed, f.breaks)
}

// attributesNight is a tenant with so many contacts, all of one company.
func attributesNight(t *testing.T, contacts int) (*night, *listingExchange) {
	n := newNight(t)
	e := &listingExchange{contactExchange: &contactExchange{fakeExchange: n.exchange, has: map[string]string{"Company": "read singly"}}, changed: map[string]time.Time{}}
	n.graph.recipients[graph.Contacts] = nil
	for i := range contacts {
		id := guid(1000 + i)
		n.graph.recipients[graph.Contacts] = append(n.graph.recipients[graph.Contacts], graph.Recipient{ID: id, Mail: fmt.Sprintf("p%d@x.example", i)})
		e.listed = append(e.listed, exchange.ListedContact{ID: id, Values: map[string]string{"Company": "Fabrikam", "Manager": "Ada Admin"}})
		e.changed[id] = n.now.Add(-100 * time.Hour)
	}
	return n, e
}

// load begins a run on the night's state file, or without one.
func (n *night) load(t *testing.T, e Exchange, kept bool, addresses []string) (*Tenant, *strings.Builder) {
	t.Helper()
	logger, text := debugLog()
	o := Options{Addresses: addresses, Logger: logger, Now: func() time.Time { return n.now }}
	if kept {
		store, err := snapshot.Open(t.Context(), n.path, "tenant")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		o.Store = store
	}
	tenant := New(e, n.graph, o)
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.exchange.asked = nil
	return tenant, text
}

// company asks whether contact i is of the company, and gives the answer.
func company(t *testing.T, tenant *Tenant, i int, like string) string {
	t.Helper()
	r := onboard.Recipient{ID: guid(1000 + i), Ref: fmt.Sprintf("p%d@x.example", i)}
	now, err := tenant.Attributes(t.Context(), r, []onboard.Field{"company"}, onboard.Contact{Company: like})
	if err != nil {
		t.Fatal(err)
	}
	return now.Company
}

func TestAttributesOfAllContactsAreReadOnce(t *testing.T) {
	n, e := attributesNight(t, 50)
	for night, want := range [][]string{
		{"all contacts, changed=false"},
		{"all contacts, changed=true", "contact p7@x.example [Company]"},
		{"all contacts, changed=true"},
	} {
		if night == 1 { // changed by hand since
			e.listed[7].Values = map[string]string{"Company": "Northwind"}
			e.changed[guid(1007)] = n.now.Add(-time.Minute)
		}
		if night == 2 { // and put right
			e.listed[7].Values = map[string]string{"Company": "Fabrikam"}
			e.changed[guid(1007)] = n.now.Add(-23 * time.Hour)
		}
		tenant, _ := n.load(t, e, true, nil)
		for i := range 50 {
			want := "fabrikam"
			if night == 1 && i == 7 {
				want = "read singly"
			}
			if got := company(t, tenant, i, "Fabrikam"); !strings.EqualFold(got, want) {
				t.Errorf("night %d, contact %d: %q", night, i, got)
			}
		}
		if diff := cmp.Diff(want, n.exchange.asked); diff != "" {
			t.Errorf("night %d asked (-want +got):\n%s", night, diff)
		}
		n.now = n.now.Add(24 * time.Hour)
	}
}

func TestWhicheverCostsFewerCommands(t *testing.T) {
	for _, tt := range []struct {
		name  string
		known int // rows; 0: too many
		kept  bool
		asked string
		log   string
	}{
		{"many rows", 0, false, "all contacts, changed=false", "rows=5000 pages=4"},
		{"as many rows as pages", 4, false, "contact p1@x.example [Company]", "each row's contact rather than of all"},
		{"more rows", 5, false, "all contacts, changed=false", "rows=5 pages=4"},
		{"looked up, but many", -5, false, "all contacts, changed=false", "rows=5 pages=4"},
		{"one row, kept for many nights", 1, true, "all contacts, changed=false", "all contacts rather than of each row"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, e := attributesNight(t, 3100)
			tenant, log := n.load(t, e, tt.kept, nil)
			if tt.known < 0 {
				tenant, log = n.load(t, e, tt.kept, strangers(-tt.known))
			} else {
				tenant.addresses = strangers(tt.known)
			}
			company(t, tenant, 1, "Fabrikam")
			if len(n.exchange.asked) != 1 || n.exchange.asked[0] != tt.asked || !strings.Contains(log.String(), tt.log) {
				t.Errorf("asked %q\nlogged %s", n.exchange.asked, log)
			}
		})
	}
}

// What was changed in this run, is new, or is not among what was read, is read
// singly.
func TestWhatIsNotKnownIsReadSingly(t *testing.T) {
	n, e := attributesNight(t, 20)
	e.listed = e.listed[:19]
	tenant, _ := n.load(t, e, true, nil)
	company(t, tenant, 0, "Fabrikam")
	if err := tenant.UpdateContact(t.Context(), onboard.Recipient{ID: guid(1001), Ref: "p1@x.example"}, []onboard.Field{"company"}, onboard.Contact{Company: "Northwind"}); err != nil {
		t.Fatal(err)
	}
	n.exchange.asked = nil
	company(t, tenant, 1, "Fabrikam")
	company(t, tenant, 19, "Fabrikam")
	if diff := cmp.Diff([]string{"contact p1@x.example [Company]", "contact p19@x.example [Company]"}, n.exchange.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListsThatCanNotBeRead(t *testing.T) {
	n, e := attributesNight(t, 20)
	e.breaks = &exchange.Error{Command: "Get-Contact"}
	tenant, log := n.load(t, e, true, nil)
	for i := range 3 {
		company(t, tenant, i, "Fabrikam")
	}
	if len(n.exchange.asked) != 4 || !strings.Contains(log.String(), "could not be read together") {
		t.Errorf("asked %q, logged %s", n.exchange.asked, log)
	}
	e.breaks = nil
	first, _ := n.load(t, e, true, nil)
	company(t, first, 0, "Fabrikam")
	e.refuses = exchange.ErrInvalidParameter
	second, _ := n.load(t, e, true, nil)
	company(t, second, 0, "Fabrikam")
	if diff := cmp.Diff([]string{"all contacts, changed=true", "all contacts, changed=false"}, n.exchange.asked); diff != "" {
		t.Errorf("without the filter (-want +got):\n%s", diff)
	}
}

// What is kept of a contact that has changed is not believed when nobody can say
// which contact that is.
func TestChangedContactThatCanNotBeIdentified(t *testing.T) {
	n, e := attributesNight(t, 20)
	first, _ := n.load(t, e, true, nil)
	company(t, first, 7, "Fabrikam")
	n.now = n.now.Add(24 * time.Hour)
	e.listed[7] = exchange.ListedContact{Address: "nobody@x.example", Values: map[string]string{"Company": "Northwind"}}
	e.changed[""] = n.now.Add(-time.Minute)
	second, _ := n.load(t, e, true, nil)
	if got := company(t, second, 7, "Fabrikam"); got != "read singly" {
		t.Errorf("the contact that has changed: %q", got)
	}
	if got := company(t, second, 8, "Fabrikam"); !strings.EqualFold(got, "Fabrikam") {
		t.Errorf("another one: %q", got)
	}
	want := []string{"all contacts, changed=true", "all contacts, changed=false", "contact p7@x.example [Company]"}
	if diff := cmp.Diff(want, n.exchange.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A manager goes by several references: what they mean is asked once for all
// contacts that have him.
func TestManagersAreComparedOnce(t *testing.T) {
	n, e := attributesNight(t, 20)
	tenant, _ := n.load(t, e, true, nil)
	for i := range 20 {
		r := onboard.Recipient{ID: guid(1000 + i), Ref: "x"}
		now, err := tenant.Attributes(t.Context(), r, []onboard.Field{"company", "manager", "custom_attribute_2"}, onboard.Contact{Company: "Fabrikam", Manager: "ada@contoso.example"})
		if err != nil || now.Manager != "ada@contoso.example" {
			t.Errorf("%q, %v", now.Manager, err)
		}
	}
	slices.Sort(n.exchange.asked)
	if diff := cmp.Diff([]string{"all contacts, changed=false", "all mail contacts, changed=false", "referenced [Ada Admin ada@contoso.example]"}, n.exchange.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
