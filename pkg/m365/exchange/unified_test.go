package exchange

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnifiedGroup(t *testing.T) {
	s := newServer(t, say(200, `{"value":[{"Guid":"9feb","RequireSenderAuthenticationEnabled":"True"}]}`), say(200, ""))
	c := s.client(t)
	g, err := c.UnifiedGroup(t.Context(), "team")
	if err != nil || !bool(g.RequireSenderAuthenticationEnabled) {
		t.Fatalf("got %v, %v", g.RequireSenderAuthenticationEnabled, err)
	}
	if err := c.SetUnifiedRequireSenderAuthentication(t.Context(), "team", false); err != nil {
		t.Fatal(err)
	}
	if err := c.AddUnifiedAllowedSenders(t.Context(), "team", "ana"); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"Identity": "team"},
		{"Identity": "team", "RequireSenderAuthenticationEnabled": false},
		{"Identity": "team", "AcceptMessagesOnlyFromSendersOrMembers": map[string]any{"@odata.type": "#Exchange.GenericHashTable", "add": []any{"ana"}}},
	}
	for i, cmdlet := range []string{"Get-UnifiedGroup", "Set-UnifiedGroup", "Set-UnifiedGroup"} {
		sent := s.requests[i].input.CmdletInput
		if diff := cmp.Diff(want[i], sent.Parameters); diff != "" || sent.CmdletName != cmdlet {
			t.Errorf("%s (-want +got):\n%s", sent.CmdletName, diff)
		}
	}
}
