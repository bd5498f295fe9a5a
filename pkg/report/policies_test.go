package report

import (
	"strings"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

// The report says by which entry of the configuration each group was treated.
func TestPoliciesOfGroups(t *testing.T) {
	run := nightlyRun()
	run.Policies = onboard.Policies{
		Default:   onboard.Policy{Crowd: 5000},
		Protected: []string{"board@*"},
		Rules: []onboard.GroupRule{{Match: "<b>*@contoso.example", Policy: onboard.Policy{}}, {Match: "news@*", Policy: onboard.Policy{
			Senders: onboard.SendersFromList, InternalSenders: onboard.Group{Address: "staff@contoso.example"},
			Reports: onboard.ReportsFix, Guests: onboard.GuestsInvite,
		}}},
	}
	outcomes := moderatedGroup()
	outcomes[1].Groups = append(outcomes[1].Groups,
		onboard.GroupResult{Name: "Board", Address: "board@contoso.example", Member: onboard.MemberAdded, Senders: onboard.SendersClosed},
		onboard.GroupResult{Name: "plain", Address: "plain@contoso.example", Member: onboard.MemberAdded, Senders: onboard.SendersOpen},
		onboard.GroupResult{Name: "nowhere", Member: onboard.StepFailed, Problem: addressIsGroup()})
	dir := t.TempDir()
	opts := everything
	opts.Formats = []string{FormatHTML}
	s := writeRun(t, dir, run, opts, outcomes)

	want := []GroupPolicy{
		{Group: "board@contoso.example", Senders: "anyone", Protected: true, DeliveryReports: "report", M365Groups: "report", WarnOutsideMembers: 5000},
		{Group: "news@contoso.example", Rule: "news@*", Senders: "listed", InternalSenders: "staff@contoso.example", DeliveryReports: "fix", M365Groups: "guest"},
		{Group: "plain@contoso.example", Senders: "anyone", DeliveryReports: "report", M365Groups: "report", WarnOutsideMembers: 5000},
	}
	if diff := cmp.Diff(want, s.GroupPolicies); diff != "" {
		t.Error("policies (-want +got):\n" + diff)
	}
	page := read(t, dir, "report.html")
	for _, want := range []string{
		"Groups with a policy of their own: 2",
		"<bdi>board@contoso.example</bdi>: protected</li>",
		"<bdi>news@contoso.example</bdi>: senders listed with staff@contoso.example, delivery reports fixed, guests invited, by the entry for <code>news@*</code></li>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
