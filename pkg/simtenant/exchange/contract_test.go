package exchange_test

import (
	"net/http"
	"strings"
	"testing"

	"enlist/pkg/simtenant/directory"
)

// The cases are the rows of contracts/exchange-admin-api.md, section 4.2, in
// its order; a text that ends in "…" need only begin so.
func TestErrorTexts(t *testing.T) {
	const (
		notFound = "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'X' couldn't be found on '…"
		noValue  = `Ex94914C|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Couldn't find object "X". Please make sure that it was spelled correctly or specify a different object.`
	)
	long := strings.Repeat("n", 67)
	cases := []struct {
		name   string
		cmdlet string
		args   args
		status int
		text   string
	}{
		{"identity not found: recipient", "Get-Recipient", args{"Identity": "X"}, 404, notFound},
		{"identity not found: group", "Add-DistributionGroupMember", args{"Identity": "X", "Member": "ada@contoso.example", "BypassSecurityGroupManagerCheck": true}, 404, notFound},
		{"identity not found: a Microsoft 365 group is none", "Get-DistributionGroup", args{"Identity": "project-team@contoso.example"}, 404, "Ex6F9304|…"},
		{"identity not found: a dynamic group is none", "Get-DistributionGroupMember", args{"Identity": "all-staff@contoso.example"}, 404, "Ex6F9304|…"},
		{"value not found: member", "Add-DistributionGroupMember", args{"Identity": "Partners", "Member": "X", "BypassSecurityGroupManagerCheck": true}, 404, noValue},
		{"value not found: owner", "Set-DistributionGroup", args{"Identity": "Partners", "ManagedBy": []string{"X"}, "BypassSecurityGroupManagerCheck": true}, 404, noValue},
		{"Name taken", "New-MailContact", args{"Name": "old supplier", "ExternalEmailAddress": "new@adatum.example"}, 500,
			`Ex55FBCD|Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException|There are multiple recipients matching identity "old supplier". Please specify a unique value.`},
		{"identity matches several", "Get-DistributionGroupMember", args{"Identity": "Events"}, 500, `Ex55FBCD|…`},
		{"address in use", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "D.BRAUN@northwind.example"}, 409,
			`Ex1472D1|Microsoft.Exchange.Data.Directory.ProxyAddressExistsException|The proxy address "SMTP:D.BRAUN@northwind.example" is already being used by the proxy addresses or LegacyExchangeDN of "Dieter Braun". Please choose another proxy address.`},
		{"address in use by a guest", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "gita@wingtip.example"}, 409, `Ex1472D1|…`},
		{"already a member", "Add-DistributionGroupMember", args{"Identity": "Partners", "Member": "ada@contoso.example", "BypassSecurityGroupManagerCheck": true}, 400,
			`|Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException|The recipient "Ada Admin" is already a member of the group "Partners".`},
		{"not a member", "Remove-DistributionGroupMember", args{"Identity": "News", "Member": "ada@contoso.example", "BypassSecurityGroupManagerCheck": true}, 400,
			`|Microsoft.Exchange.Management.Tasks.MemberNotFoundException|The recipient "Ada Admin" isn't a member of the group "News".`},
		{"not owner, no bypass", "Add-DistributionGroupMember", args{"Identity": "News", "Member": "ada@contoso.example"}, 400,
			`ExB6FAB5|Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException|You don't have sufficient permissions. This operation can only be performed by a manager of the group.`},
		{"mail-enabled security group, no bypass", "Add-DistributionGroupMember", args{"Identity": "Project Access", "Member": "ada@contoso.example"}, 400,
			`||The executing user is not in the current organization`},
		{"synced from on-premises", "Set-DistributionGroup", args{"Identity": "Head Office", "RequireSenderAuthenticationEnabled": false, "BypassSecurityGroupManagerCheck": true}, 400,
			`||The operation on mailbox "Head Office" failed because it's out of the current user's write scope. The action 'Set-DistributionGroup', 'RequireSenderAuthenticationEnabled', can't be performed on the object 'Head Office' because the object is being synchronized…`},
		{"external address not SMTP", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "not an address"}, 400,
			`|Microsoft.Exchange.Management.Tasks.RecipientTaskException|The external e-mail address not an address is not an SMTP e-mail address…`},
		{"external address in an accepted domain", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "nobody@CONTOSO.example"}, 400,
			`Ex4A146E|Microsoft.Exchange.Management.Tasks.RecipientTaskException|…`},
		{"too long", "New-MailContact", args{"Name": long, "ExternalEmailAddress": "n@adatum.example"}, 400,
			`|Microsoft.Exchange.Data.DataValidationException|The length of the property is too long. The maximum length is 64 and the length of the value provided is 67.`},
		{"unknown parameter", "Get-Recipient", args{"BogusParameter": 1}, 400,
			`|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter`},
		{"retired cmdlet", "Get-MessageTrace", nil, 400, `|Microsoft.Exchange.Management.Tasks.ValidationException|Get-MessageTrace will start deprecating on…`},
		{"duplicate entries in a list", "Update-DistributionGroupMember", args{"Identity": "News", "Members": []string{"ada@contoso.example", "ADA@contoso.example"}, "BypassSecurityGroupManagerCheck": true}, 400,
			`||The parameter "Members" contains the following duplicated recipient identity: "ADA@contoso.example".`},
		{"room list takes no contact", "Add-DistributionGroupMember", args{"Identity": "Bucharest Rooms", "Member": "sales@adatum.example", "BypassSecurityGroupManagerCheck": true}, 400,
			`|Microsoft.Exchange.Management.Tasks.NonRoomMailboxAddToRoomListException|…`},
		{"missing parameter", "New-MailContact", args{"Name": "New"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot process command because of one or more missing mandatory parameters: ExternalEmailAddress.`},
		{"boolean as text", "Set-DistributionGroup", args{"Identity": "News", "RequireSenderAuthenticationEnabled": "false"}, 400,
			`!Cannot process argument transformation on parameter 'RequireSenderAuthenticationEnabled'. Cannot convert value "false" to type "System.Boolean".…`},
		{"bad enumeration value", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "n@adatum.example", "MessageFormat": "Nonsense"}, 400,
			`!Cannot process argument transformation on parameter 'MessageFormat'. Cannot convert value "Nonsense" to type…`},
		{"alias with forbidden characters", "New-MailContact", args{"Name": "New", "ExternalEmailAddress": "n@adatum.example", "Alias": "țîru"}, 400,
			`|Microsoft.Exchange.Data.DataValidationException|…`},
		{"filter syntax", "Get-Recipient", args{"Filter": "Name -is 'x'"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot bind parameter 'Filter' to the target. Exception setting "Filter": "Invalid filter syntax.…`},
		{"filter property", "Get-Recipient", args{"Filter": "Bogus -eq 'x'"}, 400,
			`|System.Management.Automation.ParameterBindingException|Cannot bind parameter 'Filter' to the target. Exception setting "Filter": ""Bogus" is not a recognized filterable property.…`},
		{"blank manager", "Set-Contact", args{"Identity": "Old Supplier", "Manager": ""}, 404, `Ex94914C|…`},
		{"country in another language", "Set-Contact", args{"Identity": "Old Supplier", "CountryOrRegion": "Deutschland"}, 400, `!Cannot process argument transformation on parameter 'CountryOrRegion'.…`},
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
