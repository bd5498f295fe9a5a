package exchange

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// kinds are all sentinels, so that a test sees when an error matches two.
var kinds = []error{
	ErrAddressInUse, ErrNameInUse, ErrObjectNotFound, ErrRecipientNotFound, ErrAmbiguous, ErrAlreadyMember,
	ErrNotMember, ErrRoomList, ErrSynced, ErrNotManager, ErrOutsideScope, ErrAcceptedDomain, ErrInvalidAddress,
	ErrInvalidParameter, ErrUnknownParameter, ErrNotReplicated, ErrCreationQuota, ErrPageExpired, ErrUnauthorized,
	ErrForbidden, ErrConflict, ErrThrottled, ErrUnavailable, ErrMalformed,
}

// Bodies captured by others, values replaced.
const (
	unknownParameter = `{"error":{"code":"BadRequest","message":"Invalid Operation",
 "details":[{"code":"Client","target":"","message":"|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter"}],
 "innererror":{"message":"Invalid Operation","type":"Microsoft.Exchange.Admin.OData.Core.ODataServiceException","stacktrace":"",
  "internalexception":{"message":"Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter",
   "type":"Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException","stacktrace":""}}}}`
	badValue = `{"error":{"code":"BadRequest","message":"Invalid Operation",
 "innererror":{"message":"Invalid Operation","type":"Microsoft.Exchange.Admin.OData.Core.ODataServiceException","stacktrace":"",
  "internalexception":{"message":"Cannot process argument transformation on parameter 'QuarantineTypes'. Cannot convert value \"Nonsense\" to type \"Enum[]\".",
   "type":"Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException","stacktrace":""}},
 "adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":[]}}`
	notFound  = `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'x@contoso.example' couldn't be found on 'YQBPR01A12DC007.CANPR01A012.PROD.OUTLOOK.COM'.`
	aadFailed = `|Microsoft.Exchange.Configuration.DualWrite.LocStrings.UnableToWriteToAadException|An Azure Active Directory call was made to keep object in sync between Azure Active Directory and Exchange Online. However, it failed. Detailed error message: `
	proxied   = `|Microsoft.Exchange.Configuration.CmdletProxyException|Error on proxy command '<Set-X -Name "{a}">' to server S: Server version 15.20.6699.0000, Proxy method PSWS:  NotFound: Error executing cmdlet : `
	tooLong   = `Ex9D1B6F|System.Exception|The length of the property is too long. The maximum length is 64 and the length of the value provided is 67.`
)

var errorCases = []struct {
	name    string
	command string // New-MailContact if empty
	answer  http.HandlerFunc
	want    error
	text    string // part of the reason
}{
	{"identity not found", "Set-Contact", say(404, cmdletError(notFound)), ErrObjectNotFound, "x@contoso.example"},
	{"not found, no code", "Set-Contact", say(404, cmdletError(strings.TrimPrefix(notFound, "Ex6F9304"))), ErrObjectNotFound, ""},
	{"not found, no code, no type", "Set-Contact", say(404, cmdletError(`||The operation couldn’t be performed because object 'x' couldn’t be found on 'DC'.`)), ErrObjectNotFound, ""},
	{"member not found", "Add-DistributionGroupMember", say(404, cmdletError(`Ex94914C|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Couldn't find object "X". Please make sure that it was spelled correctly or specify a different object.`)), ErrRecipientNotFound, "Couldn't find"},
	{"member not found, no code", "Add-DistributionGroupMember", say(400, cmdletError(`|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|Couldn't find object "X".`)), ErrRecipientNotFound, ""},
	{"name taken", "", say(500, cmdletError(`Ex55FBCD|Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException|There are multiple recipients matching identity "X". Please specify a unique value.`)), ErrNameInUse, ""},
	{"name taken, of another type", "", say(500, cmdletError(`Ex55FBCD|Some.Exception|There are multiple recipients matching identity "X".`)), ErrNameInUse, ""},
	{"identity of several", "Set-Contact", say(400, cmdletError(`||There are multiple recipients matching identity "X". Please specify a unique value.`)), ErrAmbiguous, ""},
	{"address in use", "", say(409, cmdletError(`Ex1472D1|Microsoft.Exchange.Data.Directory.ProxyAddressExistsException|The proxy address "SMTP:u@ext.example" is already being used by the proxy addresses or LegacyExchangeDN of "G". Please choose another proxy address.`)), ErrAddressInUse, "u@ext.example"},
	{"address in use, text only", "", say(500, "The proxy address \"SMTP:u@ext.example\" is already being used by the proxy addresses or LegacyExchangeDN."), ErrAddressInUse, ""},
	{"address in use by a user", "", say(400, cmdletError(`ExB10BE9|Microsoft.Exchange.Management.Tasks.WLCDManagedMemberExistsException|The proxy address "SMTP:u" is already being used`)), ErrAddressInUse, ""},
	{"address in use in Entra", "", say(400, cmdletError(aadFailed+`The value specified for property EmailAddresses is incorrect. Reason: ObjectConflict with:Contact_1 The issue may be transient and please retry a couple of minutes later.`)), ErrAddressInUse, ""},
	{"Entra write failed", "", say(400, cmdletError(aadFailed+`The issue may be transient and please retry a couple of minutes later.`)), ErrNotReplicated, ""},
	{"Entra write failed, named in a header", "", say(500, "", "X-ExceptionType", "UnableToWriteToAadException"), ErrNotReplicated, ""},
	{"created a moment ago", "", say(500, cmdletError(`||Required field ExternalDirectoryObjectId was not returned from Graph API`)), ErrNotReplicated, ""},
	{"creation quota by type", "", say(400, cmdletError(`|Microsoft.Exchange.Provisioning.RecipientUsageExceededRecentQuotaException|No more.`)), ErrCreationQuota, ""},
	{"creation quota by text", "", say(403, cmdletError(`||You've reached the maximum number of mail users and contacts you can create at this time.`)), ErrCreationQuota, ""},
	{"two at once", "Add-DistributionGroupMember", say(409, cmdletError(aadFailed+`Error due to concurrent requests being made to the tenant. Please wait briefly and retry. The issue may be transient and please retry a couple of minutes later.`)), ErrConflict, ""},
	{"two at once, by code", "Set-DistributionGroup", say(503, cmdletError(aadFailed+`Directory_ConcurrencyViolation`)), ErrConflict, ""},
	{"two at once, as a conflict of objects", "Remove-DistributionGroupMember", say(400, cmdletError(aadFailed+`Reason: ObjectConflict with:Group_1`)), ErrConflict, ""},
	{"two at once, by status only", "Set-UnifiedGroup", say(409, ""), ErrConflict, ""},
	{"the same of a contact", "Set-Contact", say(400, cmdletError(aadFailed+`Error due to concurrent requests being made to the tenant.`)), ErrNotReplicated, ""},
	{"already a member", "Add-DistributionGroupMember", say(400, cmdletError(alreadyMember)), ErrAlreadyMember, "already a member"},
	{"not a member", "Remove-DistributionGroupMember", say(400, cmdletError(`|Microsoft.Exchange.Management.Tasks.MemberNotFoundException|The recipient "M" isn't a member of the group "G".`)), ErrNotMember, ""},
	{"room list", "Add-DistributionGroupMember", say(400, cmdletError(`|Microsoft.Exchange.Management.Tasks.NonRoomMailboxAddToRoomListException|no`)), ErrRoomList, ""},
	{"not a manager", "Add-DistributionGroupMember", say(403, cmdletError(`ExB6FAB5|Microsoft.Exchange.Configuration.Tasks.OperationRequiresGroupManagerException|You don't have sufficient permissions. This operation can only be performed by a manager of the group.`)), ErrNotManager, ""},
	{"app without the bypass", "Add-DistributionGroupMember", say(400, cmdletError(`||The executing user is not in the current organization`)), ErrNotManager, ""},
	{"synced", "Set-DistributionGroup", say(400, cmdletError(`||The operation on mailbox "G" failed because it's out of the current user's write scope. The action 'Set-DistributionGroup', 'X', can't be performed on the object 'G' because the object is being synchronized from your on-premises organization.`)), ErrSynced, ""},
	{"outside the write scope", "Set-DistributionGroup", say(400, cmdletError(`||The operation on Identity "G" failed because it's out of the current user's write scope. 'G' isn't within your current write scopes. Can't perform save operation.`)), ErrOutsideScope, ""},
	{"not SMTP", "", say(400, cmdletError(`|Microsoft.Exchange.Management.Tasks.RecipientTaskException|The external e-mail address X is not an SMTP e-mail address.`)), ErrInvalidAddress, ""},
	{"accepted domain", "", say(400, cmdletError(`Ex4A146E|Microsoft.Exchange.Management.Tasks.RecipientTaskException|Some sentence.`)), ErrAcceptedDomain, ""},
	{"too long", "", say(400, cmdletError(tooLong)), ErrInvalidParameter, "maximum length is 64"},
	{"unknown parameter, as captured", "", say(400, unknownParameter), ErrUnknownParameter, "BogusParameter"},
	{"bad value, as captured", "", say(400, badValue), ErrInvalidParameter, "QuarantineTypes"},
	{"retired cmdlet", "Get-MessageTrace", say(400, cmdletError(`|Microsoft.Exchange.Management.Tasks.ValidationException|Get-MessageTrace will start deprecating`)), ErrInvalidParameter, ""},
	{"through a proxy", "Set-Contact", say(500, cmdletError(proxied+cmdletError(notFound)+` [Server=S,RequestId=1,TimeStamp=2] .`)), ErrObjectNotFound, "couldn't be performed"},
	{"through a proxy, inner object only", "Add-DistributionGroupMember", say(500, cmdletError(proxied+`{"code":"x","details":[{"message":"|T.MemberAlreadyExistsException|is a member"}]} [Server=S] .`)), ErrAlreadyMember, "is a member"},
	{"reason is JSON itself", "", say(400, cmdletError(`{"Message":"Ex1472D1|T|in use"}`)), ErrAddressInUse, "in use"},
	{"text with bars", "Add-DistributionGroupMember", say(400, cmdletError(`|T.MemberAlreadyExistsException|a|b|c`)), ErrAlreadyMember, "a|b|c"},
	{"without the error around it", "", say(400, `{"code":"BadRequest","message":"x","details":[{"message":"Ex1472D1|T|in use"}]}`), ErrAddressInUse, "in use"},
	{"error under status 200", "", say(200, cmdletError(`Ex1472D1|T|in use`)), ErrAddressInUse, ""},
	{"page expired", "Get-Recipient", say(400, `{"error":{"message":"Invalid Operation","innererror":{"internalexception":{"message":"Expired or Invalid pagination request. Default Expiry time is 00:30:00"}}}}`), ErrPageExpired, ""},
	{"refused with NUL bytes", "", say(403, strings.Repeat("\x00", 470)), ErrForbidden, ""},
	{"refused with a gzip that is none", "", say(403, strings.Repeat("\x00", 470), "Content-Encoding", "gzip"), ErrForbidden, ""},
	{"refused with a reason in a header", "", say(403, "", "x-ms-diagnostics", `1;reason="role required"`), ErrForbidden, ""},
	{"no permission", "", say(401, ""), ErrUnauthorized, ""},
	{"throttled", "", say(429, ""), ErrThrottled, ""},
	{"throttled in plain text", "", say(400, "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"), ErrThrottled, ""},
	{"throttled in plain text under 200", "", say(200, "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"), ErrThrottled, ""},
	{"server busy", "", say(400, cmdletError(`|Microsoft.Exchange.Data.Storage.ServerBusyException|busy`)), ErrThrottled, ""},
	{"transient under 400", "Get-Recipient", say(400, cmdletError(`|Microsoft.Exchange.Data.Directory.ADTransientException|An error caused a change in the current set of domain controllers.`)), ErrUnavailable, ""},
	{"unavailable, as a web page", "Get-Recipient", say(503, "<html>busy</html>"), ErrUnavailable, "Service Unavailable"},
	{"not found by the front door", "Get-Recipient", say(404, ""), ErrUnavailable, ""},
	{"web page under 200", "Get-Recipient", say(200, "<html>sign in</html>"), ErrMalformed, "proxy"},
	{"plain text instead of a list", "Get-Recipient", say(200, "hello"), ErrMalformed, ""},
	{"JSON cut short", "Get-Recipient", say(200, `{"value":[{"Guid":"1"`), ErrMalformed, ""},
	{"not understood", "", say(400, cmdletError(`Ex000000|Some.Exception|Something else.`)), nil, "Something else."},
	{"a 404 with a reason of its own", "", say(404, cmdletError(`Ex000000|Some.Exception|Something else.`)), nil, "Something else."},
}

func TestErrorKinds(t *testing.T) {
	for _, tt := range errorCases {
		t.Run(tt.name, func(t *testing.T) {
			cmd := Command{Name: tt.command}
			if cmd.Name == "" {
				cmd.Name = "New-MailContact"
			}
			if strings.HasPrefix(cmd.Name, "Get-") {
				cmd.Effect = Read
			}
			_, err := newServer(t, tt.answer).client(t).Invoke(t.Context(), cmd)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("Invoke = %v, want an *Error", err)
			}
			for _, kind := range kinds {
				if got := errors.Is(err, kind); got != (kind == tt.want) {
					t.Errorf("errors.Is(%v, %q) = %v", err, kind, got)
				}
			}
			if !strings.Contains(e.Text, tt.text) || strings.Contains(e.Text, "was thrown") {
				t.Errorf("text = %q, want it to hold %q", e.Text, tt.text)
			}
		})
	}
}

func TestErrorForPeople(t *testing.T) {
	s := newServer(t, say(404, cmdletError(notFound), "Request-Id", "r-1"))
	err := s.client(t).AddDistributionGroupMember(t.Context(), "partners", "ana")
	want := "Add-DistributionGroupMember for ana in partners: The operation couldn't be performed because object " +
		"'x@contoso.example' couldn't be found on 'YQBPR01A12DC007.CANPR01A012.PROD.OUTLOOK.COM'. (HTTP 404, Ex6F9304, request r-1)"
	if err.Error() != want {
		t.Errorf("Error() = %s\nwant %s", err, want)
	}
}
