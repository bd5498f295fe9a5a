package exchange

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemoving(t *testing.T) {
	s := newServer(t, say(200, ""))
	c := s.client(t)
	if err := c.RemoveDistributionGroupMember(t.Context(), "g1", "m1"); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveMailContact(t.Context(), "m1"); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveDistributionGroup(t.Context(), "g1"); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveUnifiedAllowedSenders(t.Context(), "g2", "m1"); err != nil {
		t.Fatal(err)
	}
	var sent []map[string]any
	for _, r := range s.requests {
		sent = append(sent, map[string]any{r.input.CmdletInput.CmdletName: r.input.CmdletInput.Parameters})
	}
	want := []map[string]any{
		{"Remove-DistributionGroupMember": map[string]any{"Identity": "g1", "Member": "m1", "Confirm": false, "BypassSecurityGroupManagerCheck": true}},
		{"Remove-MailContact": map[string]any{"Identity": "m1", "Confirm": false}},
		{"Remove-DistributionGroup": map[string]any{"Identity": "g1", "Confirm": false, "BypassSecurityGroupManagerCheck": true}},
		{"Set-UnifiedGroup": map[string]any{"Identity": "g2",
			"AcceptMessagesOnlyFromSendersOrMembers": map[string]any{"@odata.type": "#Exchange.GenericHashTable", "remove": []any{"m1"}}}},
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestGroupsOf(t *testing.T) {
	s := newServer(t,
		say(200, `{"value":[{"DistinguishedName":"CN=O'Hara,OU=contoso"}]}`),
		say(200, `{"value":[{"Guid":"g1","PrimarySmtpAddress":"partners@contoso.example"}]}`))
	groups, err := s.client(t).GroupsOf(t.Context(), "m1")
	if err != nil {
		t.Fatal(err)
	}
	if len(groups) != 1 || groups[0].Guid != "g1" {
		t.Errorf("groups = %+v, want the one", groups)
	}
	if got, want := s.requests[1].input.CmdletInput.Parameters["Filter"], "Members -eq 'CN=O''Hara,OU=contoso'"; got != want {
		t.Errorf("filter = %q, want %q", got, want)
	}
}

func TestGroupsOfNobody(t *testing.T) {
	s := newServer(t, say(200, `{"value":[]}`))
	if _, err := s.client(t).GroupsOf(t.Context(), "m1"); !errors.Is(err, ErrObjectNotFound) {
		t.Errorf("error = %v, want that there is no such recipient", err)
	}
}
