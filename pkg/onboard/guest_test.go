package onboard_test

import (
	"testing"
	"testing/synctest"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func TestGuests(t *testing.T) {
	const ana = "ana@fabrikam.example"
	contact := onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, DisplayName: "Ana", Address: ana}
	guest := onboard.Recipient{ID: "u-1", Kind: onboard.KindGuest, DisplayName: "Ana", Address: ana}
	closed := modern
	closed.InsideSendersOnly = true
	tests := []struct {
		name    string
		prepare func(m *memory)
		row     onboard.Row
		want    string
		sent    []string
	}{
		{
			name: "a person for a Microsoft 365 group is invited, added, and the group opened",
			row:  row(2, ana, "Project"),
			want: "changed invited Project:added/opened",
			sent: []string{"invite " + ana, "add project@contoso.example " + ana, "open project@contoso.example"},
		},
		{
			name: "the guest is in distribution groups, too; no contact is made",
			row:  row(2, ana, "News", "Project"),
			want: "changed invited News:added/open Project:added/opened",
			sent: []string{"invite " + ana, "add news@contoso.example " + ana, "add project@contoso.example " + ana, "open project@contoso.example"},
		},
		{
			name: "a row without such a group makes a contact",
			row:  row(2, ana, "News"),
			want: "changed created News:added/open",
			sent: []string{"create " + ana, "add news@contoso.example " + ana},
		},
		{
			name:    "a guest that there is, is used",
			prepare: func(m *memory) { m.hold(guest); m.members["g-4"+ana] = true },
			row:     row(2, ana, "Project"),
			want:    "changed reused Project:existing/opened",
			sent:    []string{"open project@contoso.example"},
		},
		{
			name:    "nobody is invited over a contact, which serves the other groups",
			prepare: func(m *memory) { m.hold(contact) },
			row:     row(2, ana, "Project", "News"),
			want:    "partial found Project:failed/ News:added/open guest.address_of_contact",
			sent:    []string{"add news@contoso.example " + ana},
		},
		{
			name: "what the organisation forbids is told as such",
			prepare: func(m *memory) {
				m.onInvite = func(onboard.Contact) error { return onboard.ErrInvitationBlocked }
			},
			row:  row(2, ana, "Project"),
			want: "failed failed guest.invitation_blocked",
			sent: []string{"invite " + ana},
		},
		{
			name: "an invitation of unknown end is repeated, since that is harmless",
			prepare: func(m *memory) {
				n := 0
				m.onInvite = func(onboard.Contact) error {
					if n++; n == 1 {
						return onboard.ErrUncertain
					}
					return nil
				}
			},
			row:  row(2, ana, "Project"),
			want: "changed invited Project:added/opened",
			sent: []string{"invite " + ana, "invite " + ana, "add project@contoso.example " + ana, "open project@contoso.example"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(news, closed)
				if tt.prepare != nil {
					tt.prepare(m)
				}
				job := onboard.Job{Tenant: onboard.NewDryRun(m), Policies: onboard.Policies{Default: onboard.Policy{Guests: onboard.GuestsInvite}}}
				planned, err := runJob(t.Context(), job, tt.row)
				if err != nil {
					t.Fatal(err)
				}
				if m.onInvite == nil && brief(planned[0]) != tt.want {
					t.Errorf("the plan says %s\nwant %s", brief(planned[0]), tt.want)
				}
				if len(m.commands) > 0 {
					t.Errorf("the plan sent %q", m.commands)
				}
				job.Tenant = m
				outcomes, err := runJob(t.Context(), job, tt.row)
				if err != nil {
					t.Fatal(err)
				}
				if got := brief(outcomes[0]); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				if diff := cmp.Diff(tt.sent, m.commands); diff != "" {
					t.Error("commands (-want +got):\n" + diff)
				}
			})
		})
	}
}
