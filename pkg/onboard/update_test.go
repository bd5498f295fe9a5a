package onboard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const ana = "ana@fabrikam.example"

func anaWith(set func(*onboard.Contact)) onboard.Contact {
	c := onboard.Contact{Email: ana, DisplayName: "Ana Pop"}
	if set != nil {
		set(&c)
	}
	return c
}

func TestUpdate(t *testing.T) {
	yes := true
	tests := []struct {
		name   string
		fields string
		clear  bool
		kept   func(*onboard.Contact)
		row    func(*onboard.Contact)
		want   string
	}{
		{
			name: "what differs is changed, and told from what to what", fields: "company title",
			kept: func(c *onboard.Contact) { c.Company, c.Title = "Fabrikam", "Buyer" },
			row:  func(c *onboard.Contact) { c.Company, c.Title = "Northwind", "Buyer" },
			want: `changed updated company "Fabrikam" to "Northwind"`,
		},
		{
			name: "only columns that the file has", fields: "title",
			row:  func(c *onboard.Contact) { c.Company = "Northwind" },
			want: "unchanged found",
		},
		{
			name: "what differs in form only is the same", fields: "display_name phone country_or_region web_page notes mail_tip office",
			kept: func(c *onboard.Contact) {
				c.DisplayName, c.Phone, c.CountryOrRegion, c.WebPage = "Ana Pop ", "+40 (21) 123-45.67", "Romania", "https://www.Fabrikam.example/"
				c.Notes, c.MailTip, c.Office = "one\r\ntwo\r\n", "<html>\r\n<body>\r\nOutside\r\n</body>\r\n</html>\r\n", "B 1"
			},
			row: func(c *onboard.Contact) {
				c.Phone, c.CountryOrRegion, c.WebPage = "+40211234567", "RO", "www.fabrikam.example"
				c.Notes, c.MailTip, c.Office = "one\ntwo", "Outside", "B 1"
			},
			want: "unchanged found",
		},
		{
			name: "letter case counts in a name", fields: "last_name",
			kept: func(c *onboard.Contact) { c.LastName = "POP" },
			row:  func(c *onboard.Contact) { c.LastName = "Pop" },
			want: `changed updated last_name "POP" to "Pop"`,
		},
		{
			name: "an empty cell leaves", fields: "company",
			kept: func(c *onboard.Contact) { c.Company = "Fabrikam" },
			want: "unchanged found",
		},
		{
			name: "or clears, but for what can't be empty", fields: "company manager display_name", clear: true,
			kept: func(c *onboard.Contact) { c.Company, c.Manager = "Fabrikam", "Dan Park" },
			row:  func(c *onboard.Contact) { c.DisplayName = "" },
			want: `changed updated company "Fabrikam" to ""`,
		},
		{
			name: "custom attributes and the address lists", fields: "custom_attribute_15 hidden_from_address_lists",
			row:  func(c *onboard.Contact) { c.CustomAttributes[14], c.HiddenFromAddressLists = "partner", &yes },
			want: `changed updated custom_attribute_15 "" to "partner", hidden_from_address_lists "false" to "true"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory()
			m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana})
			m.kept = map[string]onboard.Contact{ana: anaWith(tt.kept)}
			update := onboard.Update{Clear: tt.clear}
			for _, f := range strings.Fields(tt.fields) {
				update.Fields = append(update.Fields, onboard.Field(f))
			}
			r := onboard.Row{Line: 2, Contact: anaWith(tt.row)}
			for _, tenant := range []onboard.Tenant{onboard.NewDryRun(m), m} {
				if got := runUpdate(t, tenant, update, r)[0]; got != tt.want {
					t.Errorf("%T: got  %s\nwant %s", tenant, got, tt.want)
				}
			}
			if again := runUpdate(t, m, update, r)[0]; again != "unchanged found" {
				t.Errorf("the second run says %s", again)
			}
		})
	}
}

// runUpdate tells of each row the verdict and the changes.
func runUpdate(t rapid.TB, tenant onboard.Tenant, update onboard.Update, rows ...onboard.Row) []string {
	t.Helper()
	outcomes, err := runJob(context.Background(), onboard.Job{Tenant: tenant, Update: &update, Workers: 1}, rows...)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, o := range outcomes {
		line := brief(o)
		for i, c := range o.Contact.Changes {
			line += []string{" ", ", "}[min(i, 1)] + fmt.Sprintf("%s %q to %q", c.What, c.From, c.To)
		}
		told = append(told, line)
	}
	return told
}

func TestUpdateOnceForEachPerson(t *testing.T) {
	m := newMemory()
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana}, "old@fabrikam.example")
	m.kept = map[string]onboard.Contact{}
	rows := []onboard.Row{
		{Line: 2, Contact: anaWith(func(c *onboard.Contact) { c.Company = "First" })},
		{Line: 3, Contact: onboard.Contact{Email: "old@fabrikam.example", Company: "Second"}},
		{Line: 4, Contact: onboard.Contact{Email: "new@fabrikam.example", Company: "Third"}},
	}
	want := []string{`changed updated company "" to "First"`, "unchanged found", "changed created"}
	if diff := cmp.Diff(want, runUpdate(t, m, onboard.Update{Fields: []onboard.Field{"company"}}, rows...)); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
}

func TestUpdateRefused(t *testing.T) {
	m := newMemory()
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana})
	m.onUpdate = func(onboard.Contact) error { return fmt.Errorf("no such country: %w", onboard.ErrRefused) }
	got := runUpdate(t, m, onboard.Update{Fields: []onboard.Field{"country_or_region"}},
		onboard.Row{Line: 2, Contact: anaWith(func(c *onboard.Contact) { c.CountryOrRegion = "Nowhere" })})
	if want := "partial found contact.attributes_not_updated"; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
}

// What may pass is no fault of the row.
func TestUpdatePutOff(t *testing.T) {
	m := newMemory()
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana})
	m.onUpdate = func(onboard.Contact) error { return onboard.ErrThrottled }
	got := runUpdate(t, m, onboard.Update{Fields: []onboard.Field{"company"}},
		onboard.Row{Line: 2, Contact: anaWith(func(c *onboard.Contact) { c.Company = "Fabrikam" })})
	if want := "deferred found tenant.throttled"; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
}

// A contact that was read earlier may be gone; then there is nothing to update
// but a contact to create.
func TestUpdateOfAContactThatIsGone(t *testing.T) {
	m := newMemory()
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana, Remembered: true})
	m.stale = map[string]bool{ana: true}
	gone := &goneAttributes{memory: m}
	got := runUpdate(t, gone, onboard.Update{Fields: []onboard.Field{"company"}}, onboard.Row{Line: 2, Contact: anaWith(func(c *onboard.Contact) { c.Company = "Fabrikam" })})
	if want := "changed created"; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
}

type goneAttributes struct{ *memory }

func (g *goneAttributes) UpdateContact(context.Context, onboard.Recipient, []onboard.Field, onboard.Contact) error {
	return errors.New("nothing to update")
}

func (g *goneAttributes) Attributes(context.Context, onboard.Recipient, []onboard.Field, onboard.Contact) (onboard.Contact, error) {
	return onboard.Contact{}, onboard.ErrRecipientNotFound
}

// Whatever two versions of a person say, the first run brings the contact to
// the file and the second one finds nothing to do.
func TestSecondUpdateIsGreen(t *testing.T) {
	fields := []onboard.Field{"display_name", "company", "phone", "country_or_region", "web_page", "notes", "manager", "custom_attribute_1"}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.SampledFrom([]string{"", " ", "RO", "Romania", "romania ", "+40 21", "+4021", "x\r\ny", "x\ny", "http://a/"}), rapid.String())
		person := func(label string) onboard.Contact {
			c := onboard.Contact{Email: ana}
			for _, f := range fields {
				*c.Text(f) = value.Draw(t, label+" "+string(f))
			}
			return c
		}
		m := newMemory()
		m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: ana})
		m.kept = map[string]onboard.Contact{ana: person("kept")}
		update := onboard.Update{Fields: fields, Clear: rapid.Bool().Draw(t, "clear")}
		row := onboard.Row{Line: 2, Contact: person("row")}
		runUpdate(t, m, update, row)
		if again := runUpdate(t, m, update, row)[0]; again != "unchanged found" {
			t.Fatalf("the second run says %s", again)
		}
	})
}
