package onboard_test

import (
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func TestPolicyForAGroup(t *testing.T) {
	policies := onboard.Policies{
		Default:   onboard.Policy{Crowd: 5000},
		Protected: []string{"board@*"},
		Rules: []onboard.GroupRule{
			{Match: "Partners-*@contoso.example", Policy: onboard.Policy{Senders: onboard.SendersFromList, InternalSenders: staff}},
			{Match: "all-staff@contoso.example", Policy: onboard.Policy{Senders: onboard.SendersReport, Protected: true}},
			{Match: "*@contoso.example", Policy: onboard.Policy{Senders: onboard.SendersOff, Reports: onboard.ReportsFix, Guests: onboard.GuestsInvite}},
			{Match: "partners-closed@contoso.example", Policy: onboard.Policy{Protected: true}},
		},
	}
	listed := onboard.Policy{Senders: onboard.SendersFromList, InternalSenders: staff, Reports: onboard.ReportsReport, Guests: onboard.GuestsReport}
	off := onboard.Policy{Senders: onboard.SendersOff, Reports: onboard.ReportsFix, Guests: onboard.GuestsInvite}
	board := off
	board.Protected = true
	tests := []struct {
		name, address string
		want          onboard.Policy
		rule          string
	}{
		{"the first rule that matches, in any letter case", "PARTNERS-east@contoso.example", listed, "Partners-*@contoso.example"},
		{"an address", "all-staff@contoso.example",
			onboard.Policy{Senders: onboard.SendersReport, Reports: onboard.ReportsReport, Guests: onboard.GuestsReport, Protected: true}, "all-staff@contoso.example"},
		{"a later rule", "news@contoso.example", off, "*@contoso.example"},
		{"a later rule does not count, though it protects", "partners-closed@contoso.example", listed, "Partners-*@contoso.example"},
		{"what is protected for the whole run stays so", "board@contoso.example", board, "*@contoso.example"},
		{"no rule", "news@fabrikam.example",
			onboard.Policy{Senders: onboard.SendersAnyone, Reports: onboard.ReportsReport, Guests: onboard.GuestsReport, Crowd: 5000}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rule := policies.For(tt.address)
			if diff := cmp.Diff(tt.want, got); diff != "" || rule != tt.rule {
				t.Errorf("by the rule %q, want %q (-want +got):\n%s", rule, tt.rule, diff)
			}
		})
	}
}

// One row can be about groups with policies of their own.
func TestEachGroupHasItsPolicy(t *testing.T) {
	news := onboard.Group{ID: "g-30", Kind: onboard.GroupDistribution, DisplayName: "Closed news", Address: "closed-news@contoso.example", InsideSendersOnly: true}
	m := newMemory(partners, news, troubled)
	job := onboard.Job{Tenant: m, Policies: onboard.Policies{Rules: []onboard.GroupRule{
		{Match: "partners@*", Policy: toListed},
		{Match: "*news@*", Policy: onboard.Policy{Senders: onboard.SendersReport}},
		{Match: "troubled@*", Policy: onboard.Policy{Senders: onboard.SendersOff, Reports: onboard.ReportsFix}},
	}}}
	outcomes, err := runJob(t.Context(), job, row(2, "ana@fabrikam.example", "Partners", "Closed news", "Troubled"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `changed, added/listed, newly listed, AcceptMessagesOnlyFromSendersOrMembers "" to "all-staff@contoso.example", RequireSenderAuthenticationEnabled "True" to "False", added/closed, added/, ReportToOriginatorEnabled "False" to "True"`
	if got := tell(outcomes[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAGuestIsInvitedOnlyWhereTheGroupsPolicySaysSo(t *testing.T) {
	m := newMemory(modern, onboard.Group{ID: "g-31", Kind: onboard.GroupMicrosoft365, DisplayName: "Team", Address: "team@contoso.example"})
	job := onboard.Job{Tenant: m, Policies: onboard.Policies{Rules: []onboard.GroupRule{
		{Match: "team@*", Policy: onboard.Policy{Guests: onboard.GuestsInvite}},
	}}}
	outcomes, err := runJob(t.Context(), job, row(2, "ana@fabrikam.example", "Team"), row(3, "bo@fabrikam.example", "Project"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"changed invited Team:added/open", "partial created Project:failed/ group.kind.microsoft365"}
	if diff := cmp.Diff(want, briefs(outcomes)); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
}

func TestARuleWithoutThoseInsideIsRefused(t *testing.T) {
	m := newMemory(partners)
	job := onboard.Job{Tenant: m, Policies: onboard.Policies{Rules: []onboard.GroupRule{{Match: "*", Policy: onboard.Policy{Senders: onboard.SendersFromList}}}}}
	if _, err := runJob(t.Context(), job, row(2, "ana@fabrikam.example", "Partners")); err == nil || len(m.commands) > 0 {
		t.Errorf("the job ran with error %v and sent %q", err, m.commands)
	}
}
