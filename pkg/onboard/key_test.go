package onboard_test

import (
	"context"
	"strings"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

const (
	oldAna = "ana@fabrikam.example"
	newAna = "ana@northwind.example"
)

// keyOf is the custom attribute of the tests.
func keyOf(key string) onboard.Contact {
	var c onboard.Contact
	c.CustomAttributes[14] = key
	return c
}

func keyedRow(line int, email, key string, groups ...string) onboard.Row {
	r := row(line, email, groups...)
	r.Key = key
	return r
}

// withAna is a tenant with a contact of the key 7 that is in the group News.
func withAna() *memory {
	m := newMemory(partners, news, modern)
	m.hold(onboard.Recipient{ID: "c-7", Kind: onboard.KindContact, DisplayName: "Ana", Address: oldAna})
	m.kept = map[string]onboard.Contact{oldAna: keyOf("7")}
	m.members["g-2"+oldAna] = true
	return m
}

func TestKey(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(m *memory)
		update  bool
		guests  onboard.GuestPolicy
		row     onboard.Row
		want    string
		sent    []string
	}{
		{
			name: "the contact gets the new address, and its memberships stay",
			row:  keyedRow(2, newAna, "7", "news@contoso.example", "Partners"),
			want: "changed updated news@contoso.example:existing/open Partners:added/opened",
			sent: []string{"look for 7", "update " + oldAna + " [email]", "add partners@contoso.example " + newAna, "open partners@contoso.example"},
		},
		{
			name: "an address that is known costs no look-up",
			row:  keyedRow(2, oldAna, "7", "news@contoso.example"),
			want: "unchanged found news@contoso.example:existing/open",
		},
		{
			name: "whose key nobody has is created",
			row:  keyedRow(2, "ben@fabrikam.example", "8"),
			want: "changed created",
			sent: []string{"look for 8", "create ben@fabrikam.example"},
		},
		{
			name: "a row without a key goes by its address",
			row:  keyedRow(2, "ben@fabrikam.example", ""),
			want: "changed created",
			sent: []string{"create ben@fabrikam.example"},
		},
		{
			name: "two contacts of one key",
			prepare: func(m *memory) {
				m.hold(onboard.Recipient{ID: "c-8", Kind: onboard.KindContact, Address: "ana@tailspin.example"})
				m.kept["ana@tailspin.example"] = keyOf("7")
			},
			row:  keyedRow(2, newAna, "7"),
			want: "failed failed contact.key_ambiguous",
			sent: []string{"look for 7"},
		},
		{
			name: "the key belongs to a mailbox",
			prepare: func(m *memory) {
				m.hold(onboard.Recipient{ID: "u-9", Kind: onboard.KindMailbox, Address: "ada@contoso.example"})
				m.kept["ada@contoso.example"] = keyOf("9")
			},
			row:  keyedRow(2, newAna, "9"),
			want: "failed failed contact.key_not_of_contact",
			sent: []string{"look for 9"},
		},
		{
			name:    "the address can't be changed in the cloud",
			prepare: func(m *memory) { m.onUpdate = func(onboard.Contact) error { return onboard.ErrOnPremisesSynced } },
			row:     keyedRow(2, newAna, "7"),
			want:    "failed failed contact.address_not_changed",
			sent:    []string{"look for 7", "update " + oldAna + " [email]"},
		},
		{
			name:   "nobody is invited who is a contact by the key",
			guests: onboard.GuestsInvite,
			row:    keyedRow(2, newAna, "7", "Project"),
			want:   "partial updated Project:failed/ guest.address_of_contact",
			sent:   []string{"look for 7", "update " + oldAna + " [email]"},
		},
		{
			name: "what else differs is brought up to date, too", update: true,
			prepare: func(m *memory) { c := keyOf("7"); c.Company = "Fabrikam"; m.kept[oldAna] = c },
			row: func() onboard.Row {
				r := keyedRow(2, newAna, "7")
				r.Contact.Company = "Northwind"
				return r
			}(),
			want: "changed updated",
			sent: []string{"look for 7", "update " + oldAna + " [email]", "update " + newAna + " [company]"},
		},
		{
			name: "a contact without a key gets the row's", update: true,
			prepare: func(m *memory) { m.kept[oldAna] = keyOf("") },
			row:     keyedRow(2, oldAna, "7"),
			want:    "changed updated",
			sent:    []string{"look for 7", "update " + oldAna + " [custom_attribute_15]"},
		},
		{
			name: "an empty key clears nothing", update: true,
			row:  keyedRow(2, oldAna, ""),
			want: "unchanged found",
		},
		{
			name: "the address went over to somebody else", update: true,
			row:  keyedRow(2, oldAna, "8", "news@contoso.example"),
			want: "partial found news@contoso.example:existing/open contact.key_differs",
		},
		{
			name: "the person is there twice", update: true,
			prepare: func(m *memory) {
				m.hold(onboard.Recipient{ID: "c-8", Kind: onboard.KindContact, Address: newAna})
				m.kept[newAna] = keyOf("")
			},
			row:  keyedRow(2, newAna, "7"),
			want: "partial found contact.key_elsewhere",
			sent: []string{"look for 7"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := withAna()
			if tt.prepare != nil {
				tt.prepare(m)
			}
			job := onboard.Job{Key: onboard.CustomAttribute(15), Policies: onboard.Policies{Default: onboard.Policy{Guests: tt.guests}}}
			if tt.update {
				job.Update = &onboard.Update{Fields: []onboard.Field{"company"}, Clear: true}
			}
			got := runKeyed(t, m, job, tt.row)
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Error("outcome (-want +got):\n" + diff)
			}
			if diff := cmp.Diff(tt.sent, m.commands); diff != "" {
				t.Error("commands (-want +got):\n" + diff)
			}
		})
	}
}

func runKeyed(t *testing.T, tenant onboard.Tenant, job onboard.Job, rows ...onboard.Row) []string {
	t.Helper()
	job.Tenant, job.Workers = tenant, 1
	outcomes, err := runJob(context.Background(), job, rows...)
	if err != nil {
		t.Fatal(err)
	}
	return briefs(outcomes)
}

func TestNewAddressIsToldAndPlanned(t *testing.T) {
	m := withAna()
	m.addGroup(twin.Address, twin)
	rows := []onboard.Row{keyedRow(2, newAna, "7", "News"), keyedRow(3, newAna, "7", "news2@contoso.example")}
	job := onboard.Job{Key: onboard.CustomAttribute(15)}
	planned := runKeyed(t, onboard.NewDryRun(m), job, rows...)
	if diff := cmp.Diff([]string{"look for 7"}, m.commands); diff != "" {
		t.Error("commands of the dry run (-want +got):\n" + diff)
	}
	job.Tenant, job.Workers = m, 1
	outcomes, err := runJob(context.Background(), job, rows...)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"changed updated News:existing/open", "changed found news2@contoso.example:added/open"}
	for name, got := range map[string][]string{"dry run": planned, "run": briefs(outcomes)} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]onboard.Change{{What: "email", From: oldAna, To: newAna}}, outcomes[0].Contact.Changes); diff != "" {
		t.Error("changes (-want +got):\n" + diff)
	}
	again := runKeyed(t, m, onboard.Job{Key: onboard.CustomAttribute(15)}, rows...)
	if diff := cmp.Diff([]string{"unchanged found News:existing/open", "unchanged found news2@contoso.example:existing/open"}, again); diff != "" {
		t.Error("second run (-want +got):\n" + diff)
	}
}

// Whichever of the two rows is worked on first, only one of them gets hold of
// the contact, and the other says why not.
func TestFormerAddressOnAnotherRow(t *testing.T) {
	mover, other := keyedRow(2, newAna, "7"), keyedRow(3, oldAna, "8")
	const refused = "failed failed contact.key_of_other_row"
	job := onboard.Job{Key: onboard.CustomAttribute(15)}
	if diff := cmp.Diff([]string{"unchanged found", refused}, runKeyed(t, withAna(), job, other, mover)); diff != "" {
		t.Error("former address first (-want +got):\n" + diff)
	}
	for range 100 {
		m := withAna()
		got := strings.Join(runKeyed(t, m, job, mover, other), ", ")
		if moved := len(m.holders[newAna]) == 1; got != map[bool]string{true: "changed updated, " + refused, false: refused + ", unchanged found"}[moved] {
			t.Fatalf("new address first, and it was taken over: %v; got %s", moved, got)
		}
	}
}

// A run that is gone on with knows what address the part before took from a
// contact, which the directories may still show there.
func TestFormerAddressAfterAResumption(t *testing.T) {
	job := onboard.Job{Key: onboard.CustomAttribute(15), Tenant: withAna(), Workers: 1}
	mover, other := keyedRow(2, newAna, "7"), keyedRow(3, oldAna, "8")
	before, err := runJob(t.Context(), job, mover)
	if err != nil {
		t.Fatal(err)
	}
	mover.Known = &before[0]
	got := runKeyed(t, withAna(), job, mover, other)
	if diff := cmp.Diff([]string{"changed updated", "failed failed contact.key_of_other_row"}, got); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
}

// That the tenant does not find a contact at once which was just changed, or that
// it can't be looked up then, hides nothing of the change.
func TestNewAddressIsToldThoughTheContactIsSoughtAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		look error
		want string
	}{
		{"found again", nil, "changed updated Partners:added/opened"},
		{"out of order", onboard.ErrRefused, "partial failed Partners:failed/ contact.refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := withAna()
			m.onAdd = func(onboard.Group, onboard.Recipient) error {
				m.onAdd = nil
				m.onLook = func(string) error { return tt.look }
				return onboard.ErrRecipientNotFound
			}
			job := onboard.Job{Key: onboard.CustomAttribute(15), Tenant: m, Workers: 1, Update: &onboard.Update{Fields: []onboard.Field{"company"}}}
			r := keyedRow(2, newAna, "7", "Partners")
			r.Contact.Company = "Northwind"
			outcomes, err := runJob(t.Context(), job, r)
			if err != nil {
				t.Fatal(err)
			}
			o := outcomes[0]
			if diff := cmp.Diff(tt.want, brief(o)); diff != "" {
				t.Error("outcome (-want +got):\n" + diff)
			}
			changes := []onboard.Change{{What: "email", From: oldAna, To: newAna}, {What: "company", To: "Northwind"}}
			if diff := cmp.Diff(changes, o.Contact.Changes); diff != "" {
				t.Error("changes (-want +got):\n" + diff)
			}
			if n := strings.Count(o.Note, "has a new address"); n != 1 {
				t.Errorf("the note tells of the address %d times: %s", n, o.Note)
			}
		})
	}
}
