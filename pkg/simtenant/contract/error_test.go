package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refused is a claim about one command that is refused. A text that ends in "…"
// need only begin so; "!" stands before the text of a body without details.
func refused(row, cmdlet string, parameters args, status int, text string) claim {
	return claim{row, func(t *testing.T, w *wire) { w.run(t, cmdlet, parameters).wantRefusal(t, status, text) }}
}

func errorClaims() []claim {
	newcomer := func(address string) args { return args{"Name": "Newcomer", "ExternalEmailAddress": address} }
	add := func(group, member string) args { return bypass.and(args{"Identity": group, "Member": member}) }
	claims := []claim{
		refused("E4.2 identity not found", "Get-Recipient", args{"Identity": "X"}, 404,
			"Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'X' couldn't be found on '…"),
		refused("E4.2 recipient given as a value not found", "Add-DistributionGroupMember", add("Partners", "X"), 404,
			`Ex94914C|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Couldn't find object "X". Please make sure that it was spelled correctly or specify a different object.`),
		refused("E4.2 Name already taken", "New-MailContact", args{"Name": "old supplier", "ExternalEmailAddress": "new@adatum.example"}, 500,
			`Ex55FBCD|Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException|There are multiple recipients matching identity "old supplier". Please specify a unique value.`),
		refused("E4.2 identity matches several", "Get-DistributionGroupMember", args{"Identity": "Events"}, 500,
			`Ex55FBCD|Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException|There are multiple recipients matching identity "Events". Please specify a unique value.`),
		refused("E4.2 proxy address in use", "New-MailContact", newcomer("D.BRAUN@northwind.example"), 409,
			`Ex1472D1|Microsoft.Exchange.Data.Directory.ProxyAddressExistsException|The proxy address "SMTP:D.BRAUN@northwind.example" is already being used by the proxy addresses or LegacyExchangeDN of "Dieter Braun". Please choose another proxy address.`),
		refused("E7.2 a guest with the address blocks the contact", "New-MailContact", newcomer("gita@wingtip.example"), 409, `Ex1472D1|…`),
		refused("E4.2 already a member", "Add-DistributionGroupMember", add("Partners", "ada@contoso.example"), 400,
			`|Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException|The recipient "Ada Admin" is already a member of the group "Partners".`),
		refused("E4.2 not a member", "Remove-DistributionGroupMember", add("News", "ada@contoso.example"), 400,
			`|Microsoft.Exchange.Management.Tasks.MemberNotFoundException|The recipient "Ada Admin" isn't a member of the group "News".`),
		refused("E4.2 not owner, no bypass", "Add-DistributionGroupMember", args{"Identity": "News", "Member": "ada@contoso.example"}, 400,
			`ExB6FAB5|Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException|You don't have sufficient permissions. This operation can only be performed by a manager of the group.`),
		refused("E4.2 app without bypass on a mail-enabled security group", "Add-DistributionGroupMember", args{"Identity": "Project Access", "Member": "ada@contoso.example"}, 400,
			`||The executing user is not in the current organization`),
		refused("E4.2 synced from on-premises", "Set-MailContact", args{"Identity": "Synced", "EmailAddresses": []string{"SMTP:x@wingtip.example"}}, 400,
			`||The operation on mailbox "Synced" failed because it's out of the current user's write scope. The action 'Set-MailContact', 'EmailAddresses', can't be performed on the object 'Synced' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization.`),
		refused("E4.2 external address not SMTP", "New-MailContact", newcomer("not an address"), 400,
			`|Microsoft.Exchange.Management.Tasks.RecipientTaskException|The external e-mail address not an address is not an SMTP e-mail address…`),
		refused("E4.2 external address in an accepted domain", "New-MailContact", newcomer("nobody@CONTOSO.example"), 400,
			`Ex4A146E|Microsoft.Exchange.Management.Tasks.RecipientTaskException|…`),
		refused("E4.2 a soft-deleted holder", "New-MailContact", newcomer("former@adatum.example"), 500,
			`||Required field ExternalDirectoryObjectId was not returned from Graph API`),
		refused("E4.2 too long", "New-MailContact", args{"Name": strings.Repeat("n", 67), "ExternalEmailAddress": "n@adatum.example"}, 400,
			`|Microsoft.Exchange.Data.DataValidationException|The length of the property is too long. The maximum length is 64 and the length of the value provided is 67.`),
		refused("E4.2 unknown parameter", "Get-Recipient", args{"BogusParameter": 1}, 400,
			`|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter`),
		refused("E4.2 retired cmdlet", "Get-MessageTrace", nil, 400,
			`|Microsoft.Exchange.Management.Tasks.ValidationException|Get-MessageTrace will start deprecating on…`),
		refused("E4.2 duplicate entries in a list", "Update-DistributionGroupMember",
			bypass.and(args{"Identity": "News", "Members": []string{"ada@contoso.example", "ADA@contoso.example"}}), 400,
			`||The parameter "Members" contains the following duplicated recipient identity: "ADA@contoso.example".`),
		refused("E4.3 a Microsoft 365 group is no target of the group cmdlets", "Add-DistributionGroupMember", add("Project Team", "sales@adatum.example"), 404, "Ex6F9304|…"),
		refused("E4.3 the membership of a dynamic group can't be edited", "Add-DistributionGroupMember", add("All Staff", "sales@adatum.example"), 404, "Ex6F9304|…"),
		{"E4.2 cmdlet unknown or not in role", func(t *testing.T, w *wire) {
			w.run(t, "Get-Nonsense", nil).nul(t)
			w.run(t, "Set-MailContact", nil, w.as(t, viewer, exchangeScope)).nul(t)
		}},
		{"E4.2 wrong or expired token: 401, empty, the reason in headers", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-AcceptedDomain", nil, header("Authorization", "Bearer e30.e30.e30"))
			a.bare(t, 401)
			challenge, reason := a.header.Get("WWW-Authenticate"), a.header.Get("X-Ms-Diagnostics")
			if !strings.HasPrefix(challenge, `Bearer client_id="00000002-0000-0ff1-ce00-000000000000"`) || !strings.Contains(challenge, `error="invalid_token"`) ||
				!strings.HasPrefix(reason, `2000003;reason="`) || !strings.Contains(reason, `;error_category="`) {
				t.Errorf("WWW-Authenticate: %s\nx-ms-diagnostics: %s", challenge, reason)
			}
		}},
	}
	return append(claims, errorShapeClaims()...)
}

// errorShapeClaims hold whole bodies against those that were captured.
func errorShapeClaims() []claim {
	const odata = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
	return []claim{
		{"E4.1 the body of an unknown parameter", func(t *testing.T, w *wire) {
			const text = "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter"
			const typ = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException"
			a := w.run(t, "Get-Recipient", args{"BogusParameter": 1})
			const want = `{"error":{"code":"BadRequest","message":"Invalid Operation","details":[{"code":"Client","target":"","message":"|` + typ + `|` + text + `"}],` +
				`"innererror":{"message":"Invalid Operation","type":"` + odata + `","stacktrace":"","internalexception":{"message":"` + text + `","type":"` + typ + `","stacktrace":""}}}}`
			if diff := cmp.Diff(want, string(a.raw)); diff != "" || a.status != 400 {
				t.Errorf("%d (-captured +got):\n%s", a.status, diff)
			}
		}},
		{"E4.1 the body of a bad enumeration value has no details and the warnings inside the error", func(t *testing.T, w *wire) {
			a := w.run(t, "Set-MailContact", args{"Identity": "Old Supplier", "MessageFormat": "Nonsense"})
			a.want(t, 400, `"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":[]}}`)
			e := a.exchangeError()
			const begin = `Cannot process argument transformation on parameter 'MessageFormat'. Cannot convert value "Nonsense" to type "`
			const end = `Error: "Unable to match the identifier name Nonsense to a valid enumerator name. Specify one of the following enumerator names and try again: Text, Mime"`
			if text := e.Inner.Internal.Message; len(e.Details) != 0 || !strings.HasPrefix(text, begin) || !strings.HasSuffix(text, end) {
				t.Errorf("details %v, text %s", e.Details, text)
			}
			if got := e.Inner.Internal.Type; got != "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException" {
				t.Errorf("type %s", got)
			}
		}},
		{"E4.1 the body of a cmdlet's failure", func(t *testing.T, w *wire) {
			a := w.run(t, "Get-Recipient", args{"Identity": "X"})
			a.want(t, 404, `"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":[]}}`)
			const direct = "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException"
			e := a.exchangeError()
			if e.Code != "NotFound" || e.Message != "Error executing cmdlet" || e.Inner.Message != e.Message || e.Inner.Type != odata ||
				e.Inner.Internal.Type != direct || e.Inner.Internal.Message != "Exception of type '"+direct+"' was thrown." {
				t.Errorf("got %+v", e)
			}
			if server := e.Details[0].Message; !strings.HasSuffix(server, ".PROD.OUTLOOK.COM'.") {
				t.Errorf("no domain controller is named: %s", server)
			}
		}},
		{"E0.6 the useful text is error.details[0].message: code|type|text, or |type|text, or ||text", func(t *testing.T, w *wire) {
			for cmdlet, prefix := range map[string]string{"Get-Recipient": "Ex6F9304|Microsoft.", "Get-MessageTrace": "|Microsoft.", "Add-DistributionGroupMember": "||"} {
				a := w.run(t, cmdlet, map[string]args{
					"Get-Recipient":               {"Identity": "X"},
					"Add-DistributionGroupMember": {"Identity": "Project Access", "Member": "ada@contoso.example"},
				}[cmdlet])
				if got := a.refusal(); !strings.HasPrefix(got, prefix) {
					t.Errorf("%s: %s, want %s…", cmdlet, got, prefix)
				}
			}
		}},
		{"E0.7 the code stands for the message's template, not for the case", func(t *testing.T, w *wire) {
			for _, identity := range []string{"X", "Y", "nobody@contoso.example"} {
				for _, cmdlet := range []string{"Get-Recipient", "Get-MailContact", "Get-DistributionGroup"} {
					w.run(t, cmdlet, args{"Identity": identity}).wantRefusal(t, http.StatusNotFound, "Ex6F9304|…")
				}
			}
		}},
		{"E4.1 the header X-ExceptionType names the exception", func(t *testing.T, w *wire) {
			if got := w.run(t, "Get-Recipient", args{"Identity": "X"}).header.Get("X-ExceptionType"); got != "ManagementObjectNotFoundException" {
				t.Errorf("X-ExceptionType is %q", got)
			}
		}},
	}
}
