package onboard_test

import (
	"testing"

	"enlist/pkg/onboard"
)

// A group that is kept on-premises can't be helped from here, but the line to
// run there can be given, whatever stands in the input.
func TestNextStepForAGroupKeptOnPremises(t *testing.T) {
	tests := []struct {
		name  string
		job   onboard.Job
		group onboard.Group
		row   onboard.Row
		want  string
	}{
		{
			name:  "as it is to be opened",
			group: synced,
			row:   onboard.Row{Contact: onboard.Contact{Email: "ana@fabrikam.example", DisplayName: "Ana"}},
			want: "if (-not (Get-Recipient 'ana@fabrikam.example' -ErrorAction SilentlyContinue)) { New-MailContact -Name 'ana@fabrikam.example' -DisplayName 'Ana' -ExternalEmailAddress 'ana@fabrikam.example' }; " +
				"Add-DistributionGroupMember -Identity 'old@contoso.example' -Member 'ana@fabrikam.example'; " +
				"Set-DistributionGroup -Identity 'old@contoso.example' -RequireSenderAuthenticationEnabled $false",
		},
		{
			name:  "as Exchange says only when it is to be changed",
			group: onboard.Group{ID: "g-6", Kind: onboard.GroupDistribution, DisplayName: "Old", Address: "old@contoso.example"},
			job:   onboard.Job{Policies: onboard.Policies{Default: onboard.Policy{Senders: onboard.SendersReport}}},
			row:   onboard.Row{Contact: onboard.Contact{Email: "ana@fabrikam.example"}},
			want: "if (-not (Get-Recipient 'ana@fabrikam.example' -ErrorAction SilentlyContinue)) { New-MailContact -Name 'ana@fabrikam.example' -DisplayName 'ana@fabrikam.example' -ExternalEmailAddress 'ana@fabrikam.example' }; " +
				"Add-DistributionGroupMember -Identity 'old@contoso.example' -Member 'ana@fabrikam.example'",
		},
		{
			name:  "with quotation marks in the name, and protected",
			group: synced,
			job:   onboard.Job{Policies: onboard.Policies{Protected: []string{"old@*"}}},
			row:   onboard.Row{Contact: onboard.Contact{Email: "o'neill@fabrikam.example", DisplayName: "Bo O’Neill'; Remove-Mailbox '"}},
			want: "if (-not (Get-Recipient 'o''neill@fabrikam.example' -ErrorAction SilentlyContinue)) { New-MailContact -Name 'o''neill@fabrikam.example' -DisplayName 'Bo O’’Neill''; Remove-Mailbox ''' -ExternalEmailAddress 'o''neill@fabrikam.example' }; " +
				"Add-DistributionGroupMember -Identity 'old@contoso.example' -Member 'o''neill@fabrikam.example'",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory(tt.group)
			m.onAdd = func(onboard.Group, onboard.Recipient) error { return onboard.ErrOnPremisesSynced }
			tt.job.Tenant = m
			tt.row.Groups = []string{"Old"}
			outcomes, err := runJob(t.Context(), tt.job, tt.row)
			if err != nil {
				t.Fatal(err)
			}
			p := outcomes[0].Problem
			if want := "Run in the Exchange Management Shell of the on-premises server: " + tt.want; p.Code != onboard.CodeGroupOnPremises || p.NextStep != want {
				t.Errorf("%s: %s\nwant %s", p.Code, p.NextStep, want)
			}
		})
	}
}
