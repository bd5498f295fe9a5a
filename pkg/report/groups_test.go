package report

import (
	"encoding/json"
	"strings"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

// Two people of a group that was opened, and whose mail is moderated.
func moderatedGroup() []onboard.Outcome {
	group := onboard.GroupResult{
		Name: "News", Address: "news@contoso.example", Member: onboard.MemberAdded, Senders: onboard.SendersListed, NewlyListed: true,
		Findings: []*onboard.Problem{{Code: onboard.CodeGroupModerated, Message: "news@contoso.example holds mail.", NextStep: "Tell the moderators."}},
	}
	first := group
	first.Changes = []onboard.Change{
		{What: "AcceptMessagesOnlyFromSendersOrMembers", To: "staff@contoso.example"},
		{What: "RequireSenderAuthenticationEnabled", From: "True", To: "False"},
	}
	return []onboard.Outcome{
		{Row: onboard.Row{Line: 2}, Verdict: onboard.Changed, Groups: []onboard.GroupResult{first}},
		{Row: onboard.Row{Line: 3}, Verdict: onboard.Changed, Groups: []onboard.GroupResult{group}},
	}
}

func TestGroupsAreToldOfOnce(t *testing.T) {
	dir := t.TempDir()
	opts := everything
	opts.Formats = []string{FormatJSONL, FormatHTML}
	s := write(t, dir, opts, moderatedGroup())

	wantChanges := []GroupChange{
		{Group: "news@contoso.example", What: "AcceptMessagesOnlyFromSendersOrMembers", To: "staff@contoso.example"},
		{Group: "news@contoso.example", What: "RequireSenderAuthenticationEnabled", From: "True", To: "False"},
	}
	if diff := cmp.Diff(wantChanges, s.GroupChanges); diff != "" {
		t.Error("changes (-want +got):\n" + diff)
	}
	wantFindings := []GroupFinding{{Group: "news@contoso.example", Code: "group.moderated",
		Message: "news@contoso.example holds mail.", NextStep: "Tell the moderators.", Rows: 2}}
	if diff := cmp.Diff(wantFindings, s.GroupFindings); diff != "" {
		t.Error("findings (-want +got):\n" + diff)
	}

	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Open to listed senders and those inside: news@contoso.example", "Worth knowing about the groups:", "news@contoso.example holds mail. (group.moderated)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	page := read(t, dir, "report.html")
	for _, want := range []string{"Open to listed senders: 1", "Settings changed: 2", "Worth knowing: 1", "Tell the moderators."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}

	line, _, _ := strings.Cut(read(t, dir, "report.jsonl"), "\n")
	var row struct{ Steps []step }
	if err := json.Unmarshal([]byte(line), &row); err != nil {
		t.Fatal(err)
	}
	senders := row.Steps[len(row.Steps)-1]
	if senders.Step != "senders" || !senders.NewlyListed || len(senders.Changes) != 2 || len(senders.Findings) != 1 {
		t.Errorf("the step of the senders is %+v; want it with 2 changes, a finding, and the person newly listed", senders)
	}
}

// What keeps mail from contacts is told in their rows, and counted for all.
func TestContactsThatRefuseMail(t *testing.T) {
	refuses := func(line int, email string) onboard.Outcome {
		finding := &onboard.Problem{Code: onboard.CodeContactInsideOnly, Message: email + " takes mail from inside only.", NextStep: "Run Set-MailContact."}
		return onboard.Outcome{Row: row(line, email, ""), Verdict: onboard.Unchanged, Note: finding.Message,
			Contact: onboard.ContactResult{Action: onboard.ContactFound, Findings: []*onboard.Problem{finding}}}
	}
	dir := t.TempDir()
	opts := everything
	opts.Formats = []string{FormatJSONL, FormatHTML}
	s := write(t, dir, opts, []onboard.Outcome{refuses(2, "ana@fabrikam.example"), refuses(5, "bo@fabrikam.example")})

	if len(s.ContactFindings) != 1 || s.ContactFindings[0].Rows != 2 || !cmp.Equal(s.ContactFindings[0].Lines, []int{2, 5}) || len(s.Problems) != 0 {
		t.Errorf("findings %+v, problems %+v; want one finding about the lines 2 and 5, and no problem", s.ContactFindings, s.Problems)
	}
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if want := "Worth knowing about the people:\n  contact.inside_senders_only: 2 rows (lines 2, 5)\n    First of them: ana@fabrikam.example takes mail from inside only.\n"; !strings.Contains(text.String(), want) {
		t.Errorf("the text lacks %q:\n%s", want, text.String())
	}
	if page := read(t, dir, "report.html"); !strings.Contains(page, "Members who do not get all mail") || !strings.Contains(page, "Run Set-MailContact.") {
		t.Error("the page does not tell of the contacts")
	}
	if lines := read(t, dir, "report.jsonl"); strings.Count(lines, `"findings":[{"code":"contact.inside_senders_only"`) != 2 {
		t.Errorf("the rows do not tell of their findings:\n%s", lines)
	}
}
