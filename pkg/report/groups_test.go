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
