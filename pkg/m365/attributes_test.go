package m365

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// contactExchange has one contact.
type contactExchange struct {
	*fakeExchange
	has     map[string]string
	changed []map[string]any
}

func (f *contactExchange) ContactAttributes(_ context.Context, identity string, names ...string) (map[string]string, error) {
	slices.Sort(names)
	f.note("contact %s %v", identity, names)
	return f.has, nil
}

func (f *contactExchange) MailContactAttributes(_ context.Context, identity string, names ...string) (map[string]string, error) {
	slices.Sort(names)
	f.note("mail contact %s %v", identity, names)
	return f.has, nil
}

func (f *contactExchange) ChangeContact(_ context.Context, _ string, values map[string]any) error {
	f.changed = append(f.changed, values)
	return nil
}

func (f *contactExchange) ChangeMailContact(_ context.Context, _ string, values map[string]any) error {
	f.changed = append(f.changed, values)
	return nil
}

func (f *contactExchange) Referenced(_ context.Context, references ...string) ([]exchange.Recipient, error) {
	f.note("referenced %v", references)
	return []exchange.Recipient{
		{Guid: "guid-ada", Name: "Ada Admin", PrimarySmtpAddress: "ada@contoso.example"},
		{Guid: "guid-dan", Name: "Dan Park", PrimarySmtpAddress: "dan@contoso.example"},
	}, nil
}

func TestAttributes(t *testing.T) {
	ana := onboard.Recipient{Ref: "guid-ana"}
	hidden := true
	tests := []struct {
		name   string
		fields []onboard.Field
		like   onboard.Contact
		want   onboard.Contact
		asked  []string
	}{
		{
			name: "of the person", fields: []onboard.Field{"company", "assistant"},
			want: onboard.Contact{Company: "Fabrikam", Assistant: "Bo"}, asked: []string{"contact guid-ana [AssistantName Company]"},
		},
		{
			name: "of the mail", fields: []onboard.Field{"mail_tip", "custom_attribute_2", onboard.FieldHidden},
			want:  onboard.Contact{MailTip: "Outside", CustomAttributes: [15]string{1: "two"}, HiddenFromAddressLists: &hidden},
			asked: []string{"mail contact guid-ana [CustomAttribute2 HiddenFromAddressListsEnabled MailTip]"},
		},
		{name: "of neither", fields: []onboard.Field{"groups", "employee_id"}},
		{
			name: "the address", fields: []onboard.Field{onboard.FieldEmail},
			want: onboard.Contact{Email: "ana@fabrikam.example"}, asked: []string{"mail contact guid-ana [ExternalEmailAddress]"},
		},
		{
			name: "the manager by another name", fields: []onboard.Field{"manager"}, like: onboard.Contact{Manager: "ada@contoso.example"},
			want: onboard.Contact{Manager: "ada@contoso.example"}, asked: []string{"contact guid-ana [Manager]", "referenced [Ada Admin ada@contoso.example]"},
		},
		{
			name: "another manager", fields: []onboard.Field{"manager"}, like: onboard.Contact{Manager: "Dan Park"},
			want: onboard.Contact{Manager: "Ada Admin"}, asked: []string{"contact guid-ana [Manager]", "referenced [Ada Admin Dan Park]"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &contactExchange{fakeExchange: &fakeExchange{}, has: map[string]string{
				"Company": "Fabrikam", "AssistantName": "Bo", "Manager": "Ada Admin", "MailTip": "<html>\r\n<body>\r\nOutside\r\n</body>\r\n</html>\r\n", "ExternalEmailAddress": "SMTP:ana@fabrikam.example", "CustomAttribute2": "two", "HiddenFromAddressListsEnabled": "True",
			}}
			got, err := New(e, &fakeGraph{}, Options{}).Attributes(t.Context(), ana, tt.fields, tt.like)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("attributes (-want +got):\n" + diff)
			}
			if diff := cmp.Diff(tt.asked, e.asked); diff != "" {
				t.Error("asked (-want +got):\n" + diff)
			}
		})
	}
}

func TestUpdateContact(t *testing.T) {
	e := &contactExchange{fakeExchange: &fakeExchange{}}
	tenant := New(e, &fakeGraph{}, Options{})
	fields := []onboard.Field{"company", "fax", "custom_attribute_1", onboard.FieldHidden}
	err := tenant.UpdateContact(t.Context(), onboard.Recipient{Ref: "guid-ana"}, fields, onboard.Contact{Company: " Fabrikam ", CustomAttributes: [15]string{"partner"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"Company": "Fabrikam", "Fax": nil},
		{"CustomAttribute1": "partner", "HiddenFromAddressListsEnabled": false},
	}
	if diff := cmp.Diff(want, e.changed); diff != "" {
		t.Error("sent (-want +got):\n" + diff)
	}
}

// Every text that a contact can have is one that Exchange is told of.
func TestEveryFieldIsAProperty(t *testing.T) {
	for field := range contactProperties {
		if (&onboard.Contact{}).Text(field) == nil {
			t.Errorf("no contact has a field %s", field)
		}
	}
}

// Several files in one go share the tenant: what was opened for one is open for
// the next.
func TestSettingsAreKnownAfterTheyWereChanged(t *testing.T) {
	e := &settingsExchange{fakeExchange: &fakeExchange{
		groups:   map[string][]exchange.Recipient{"news": {{Guid: "g", RecipientTypeDetails: "MailUniversalDistributionGroup", PrimarySmtpAddress: "news@contoso.example"}}},
		settings: map[string]exchange.Group{"g": {RequireSenderAuthenticationEnabled: true}},
	}}
	tenant := New(e, &fakeGraph{}, Options{})
	groups, err := tenant.Groups(t.Context(), "news")
	if err != nil || !groups[0].InsideSendersOnly || !groups[0].Delivery.NoReports {
		t.Fatalf("before: %+v, %v", groups, err)
	}
	if err := tenant.AllowOutsideSenders(t.Context(), groups[0]); err != nil {
		t.Fatal(err)
	}
	if err := tenant.ReportToOriginator(t.Context(), groups[0]); err != nil {
		t.Fatal(err)
	}
	if groups, err = tenant.Groups(t.Context(), "news"); err != nil || groups[0].InsideSendersOnly || groups[0].Delivery.NoReports {
		t.Errorf("after: %+v, %v", groups, err)
	}
}

type settingsExchange struct{ *fakeExchange }

func (settingsExchange) ReportToOriginator(context.Context, string, bool) error { return nil }

func (settingsExchange) SetRequireSenderAuthentication(context.Context, string, bool) error {
	return nil
}
