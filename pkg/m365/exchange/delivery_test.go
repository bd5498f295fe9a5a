package exchange

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAllowedSendersAreAdded(t *testing.T) {
	s := newServer(t, say(200, ""))
	if err := s.client(t).AddAllowedSenders(t.Context(), "g", "ana", "bo"); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"Identity":                        "g",
		"BypassSecurityGroupManagerCheck": true,
		"AcceptMessagesOnlyFromSendersOrMembers": map[string]any{
			"@odata.type": "#Exchange.GenericHashTable", "add": []any{"ana", "bo"},
		},
	}
	if diff := cmp.Diff(want, s.requests[0].input.CmdletInput.Parameters); diff != "" {
		t.Error("parameters (-want +got):\n" + diff)
	}
}

func TestReportToOriginator(t *testing.T) {
	s := newServer(t, say(200, ""))
	if err := s.client(t).ReportToOriginator(t.Context(), "g", true); err != nil {
		t.Fatal(err)
	}
	if got := s.requests[0].input.CmdletInput.Parameters["ReportToOriginatorEnabled"]; got != true {
		t.Errorf("ReportToOriginatorEnabled was sent as %v", got)
	}
}

func TestReferencedAsksForEveryForm(t *testing.T) {
	s := newServer(t, say(200, `{"value":[]}`))
	if _, err := s.client(t).Referenced(t.Context(), "O'Neill", "ana@fabrikam.example", "6f0a2b1c-1111-4222-8333-444455556666"); err != nil {
		t.Fatal(err)
	}
	const want = `Name -eq 'O''Neill' -or DisplayName -eq 'O''Neill'` +
		` -or Name -eq 'ana@fabrikam.example' -or EmailAddresses -eq 'ana@fabrikam.example'` +
		` -or Guid -eq '6f0a2b1c-1111-4222-8333-444455556666' -or ExternalDirectoryObjectId -eq '6f0a2b1c-1111-4222-8333-444455556666' -or Name -eq '6f0a2b1c-1111-4222-8333-444455556666'`
	if diff := cmp.Diff(want, s.requests[0].input.CmdletInput.Parameters["Filter"]); diff != "" {
		t.Error("filter (-want +got):\n" + diff)
	}
}

func TestSendersOfAGroup(t *testing.T) {
	g := Group{
		AcceptMessagesOnlyFromSendersOrMembers: Strings{"Ana", "Everyone"},
		AcceptMessagesOnlyFrom:                 Strings{"6f0a2b1c-1111-4222-8333-444455556666"}, // Ana
		AcceptMessagesOnlyFromDLMembers:        Strings{"Everyone"},
		RejectMessagesFrom:                     Strings{"Eva"},
	}
	if diff := cmp.Diff([]string{"Ana", "Everyone"}, g.Senders()); diff != "" {
		t.Error("accepted (-want +got):\n" + diff)
	}
	g.AcceptMessagesOnlyFromSendersOrMembers = nil
	if diff := cmp.Diff([]string{"6f0a2b1c-1111-4222-8333-444455556666", "Everyone"}, g.Senders()); diff != "" {
		t.Error("accepted, by people and groups (-want +got):\n" + diff)
	}
	if diff := cmp.Diff([]string{"Eva"}, g.RejectedSenders()); diff != "" {
		t.Error("rejected (-want +got):\n" + diff)
	}
}
