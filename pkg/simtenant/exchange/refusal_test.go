package exchange_test

import (
	"net/http"
	"testing"

	"enlist/pkg/simtenant/directory"
)

// Refusals besides those that the contract has (see package contract). A text
// that ends in "…" need only begin so.
func TestErrorTexts(t *testing.T) {
	const (
		notFound = "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'X' couldn't be found on '…"
		noValue  = `Ex94914C|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Couldn't find object "X". Please make sure that it was spelled correctly or specify a different object.`
	)
	cases := []struct {
		name   string
		cmdlet string
		args   args
		status int
		text   string
	}{
		{"identity not found: group", "Add-DistributionGroupMember", args{"Identity": "X", "Member": "ada@contoso.example", "BypassSecurityGroupManagerCheck": true}, 404, notFound},
		{"identity not found: a Microsoft 365 group is none", "Get-DistributionGroup", args{"Identity": "project-team@contoso.example"}, 404, "Ex6F9304|…"},
		{"identity not found: a dynamic group is none", "Get-DistributionGroupMember", args{"Identity": "all-staff@contoso.example"}, 404, "Ex6F9304|…"},
		{"value not found: owner", "Set-DistributionGroup", args{"Identity": "Partners", "ManagedBy": []string{"X"}, "BypassSecurityGroupManagerCheck": true}, 404, noValue},
		{"room list takes no contact", "Add-DistributionGroupMember", args{"Identity": "Bucharest Rooms", "Member": "sales@adatum.example", "BypassSecurityGroupManagerCheck": true}, 400,
			`|Microsoft.Exchange.Management.Tasks.NonRoomMailboxAddToRoomListException|…`},
		{"missing parameter", "New-MailContact", args{"Name": "New"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot process command because of one or more missing mandatory parameters: ExternalEmailAddress.`},
		{"boolean as text", "Set-DistributionGroup", args{"Identity": "News", "RequireSenderAuthenticationEnabled": "false"}, 400,
			`!Cannot process argument transformation on parameter 'RequireSenderAuthenticationEnabled'. Cannot convert value "false" to type "System.Boolean".…`},
		{"alias with forbidden characters", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "n@adatum.example", "Alias": "țîru"}, 400,
			`|Microsoft.Exchange.Data.DataValidationException|…`},
		{"filter syntax", "Get-Recipient", args{"Filter": "Name -is 'x'"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot bind parameter 'Filter' to the target. Exception setting "Filter": "Invalid filter syntax.…`},
		{"filter property", "Get-Recipient", args{"Filter": "Bogus -eq 'x'"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot bind parameter 'Filter' to the target. Exception setting "Filter": ""Bogus" is not a recognized filterable property.…`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			sim := newTenant(t, options{})
			sim.call(tc.cmdlet, tc.args).want(t, tc.status, tc.text)
		})
	}
}

func TestCreationQuota(t *testing.T) {
	sim := newTenant(t, options{Options: directory.Options{CreationQuota: 1}})
	sim.must("New-MailContact", args{"Name": "One", "ExternalEmailAddress": "one@adatum.example"})
	sim.call("New-MailContact", args{"Name": "Two", "ExternalEmailAddress": "two@adatum.example"}).want(t, http.StatusBadRequest,
		"|Microsoft.Exchange.Data.Directory.RecipientUsageExceededRecentQuotaException|You've reached the maximum number of mail users and contacts you can create at this time.…")
}
