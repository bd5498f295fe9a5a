package onboard_test

import (
	"errors"
	"strings"
	"testing"

	"enlist/pkg/onboard"
)

// A contact can refuse what its groups take. That is told, with the way to change
// it, and nothing is changed.
func TestContactsThatRefuseMail(t *testing.T) {
	ana := onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "ana@fabrikam.example"}
	gita := onboard.Recipient{ID: "u-1", Kind: onboard.KindGuest, Address: "gita@fabrikam.example"}
	everything := onboard.Restriction{InsideSendersOnly: true, Accepts: 1, Rejects: 2}
	off := onboard.Policies{Rules: []onboard.GroupRule{{Match: "news@*", Policy: onboard.Policy{Senders: onboard.SendersOff}}}}
	tests := []struct {
		name     string
		policies onboard.Policies
		row      onboard.Row
		err      error
		want     string
	}{
		{"all of it is told", onboard.Policies{}, row(2, ana.Address, "News"), nil,
			"contact.inside_senders_only contact.senders_limited contact.senders_rejected"},
		{"of contacts", onboard.Policies{}, row(2, gita.Address, "News"), nil, ""},
		{"not of those who are new", onboard.Policies{}, row(2, "new@fabrikam.example", "News"), nil, ""},
		{"not without a group", onboard.Policies{}, row(2, ana.Address), nil, ""},
		{"nor for a group that nobody can be put into", onboard.Policies{}, row(2, ana.Address, "Everyone"), nil, ""},
		{"nor where senders are not looked at", off, row(2, ana.Address, "News"), nil, ""},
		{"that it can't be told fails no row", onboard.Policies{}, row(2, ana.Address, "News"), errors.New("out of order"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory(news, dynamic)
			m.hold(ana)
			m.hold(gita)
			m.restricted = map[string]onboard.Restriction{ana.Address: everything, gita.Address: everything, "new@fabrikam.example": everything}
			m.restrictedErr = tt.err
			outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Policies: tt.policies}, tt.row)
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, f := range outcomes[0].Contact.Findings {
				codes = append(codes, string(f.Code))
				if !strings.Contains(f.NextStep, "Set-MailContact -Identity 'ana@fabrikam.example' -") || !strings.Contains(outcomes[0].Note, f.Message) {
					t.Errorf("%s: next step %q, note %q", f.Code, f.NextStep, outcomes[0].Note)
				}
			}
			if got := strings.Join(codes, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
