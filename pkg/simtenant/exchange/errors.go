package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

var errNoObject = errors.New("not a JSON object")

// cmdletError is a command that failed. The service tells little by the status;
// what counts is "ExCode|exception type|text".
type cmdletError struct {
	status  int
	code    string // Ex……, the fixed id of the message; may be empty
	typ     string // exception type; may be empty
	text    string
	binding bool // failed before the cmdlet ran
	// bare leaves "details" out, so that the text stands in
	// internalexception.message only.
	bare bool
}

const (
	odataException  = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException"
	directException = "Microsoft.Exchange.Management.PSDirectInvoke.DirectInvokeCmdletExecutionException"
	invocation      = "Microsoft.Exchange.AdminApi.CommandInvocation."
	tasks           = "Microsoft.Exchange.Management.Tasks."
	configuration   = "Microsoft.Exchange.Configuration.Tasks."
)

func badBody(text string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: odataException, text: text, binding: true, bare: true}
}

// unknownParameters is a live text of the service.
func unknownParameters(names []string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: invocation + "AmbiguousParameterSetException", binding: true,
		text: "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. " + strings.Join(names, ", ")}
}

// missingParameters is PowerShell's text; that the service uses it is assumed.
func missingParameters(names []string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "System.Management.Automation.ParameterBindingException", binding: true,
		text: "Cannot process command because of one or more missing mandatory parameters: " + strings.Join(names, " ") + "."}
}

// transformation is the form that a wrong value was captured in: no details.
func transformation(parameter, reason string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: invocation + "ParameterTransformationException", binding: true, bare: true,
		text: fmt.Sprintf("Cannot process argument transformation on parameter '%s'. %s", parameter, reason)}
}

func tooLong(limit, length int) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "Microsoft.Exchange.Data.DataValidationException", binding: true,
		text: fmt.Sprintf("The length of the property is too long. The maximum length is %d and the length of the value provided is %d.", limit, length)}
}

func invalidAlias(alias string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "Microsoft.Exchange.Data.DataValidationException", binding: true,
		text: fmt.Sprintf("Property Alias can't be set to %q: the value contains characters that are not valid in an alias, or begins or ends with a full stop.", alias)}
}

func duplicateEntry(parameter, value string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, text: fmt.Sprintf("The parameter %q contains the following duplicated recipient identity: %q.", parameter, value)}
}

// badFilter is PowerShell's text for a property that refuses its value.
func badFilter(reason string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "System.Management.Automation.ParameterBindingException", binding: true,
		text: fmt.Sprintf("Cannot bind parameter 'Filter' to the target. Exception setting \"Filter\": \"%s\"", reason)}
}

// identityNotFound is for the object that a command is about.
func identityNotFound(identity, server string) *cmdletError {
	return &cmdletError{status: http.StatusNotFound, code: "Ex6F9304", typ: configuration + "ManagementObjectNotFoundException",
		text: fmt.Sprintf("The operation couldn't be performed because object '%s' couldn't be found on '%s'.", identity, server)}
}

// valueNotFound is for a recipient that a parameter names: a member, an owner.
func valueNotFound(identity string) *cmdletError {
	return &cmdletError{status: http.StatusNotFound, code: "Ex94914C", typ: configuration + "ManagementObjectNotFoundException",
		text: fmt.Sprintf("Couldn't find object %q. Please make sure that it was spelled correctly or specify a different object.", identity)}
}

// notUnique is for a Name that is taken and for an identity that fits several.
// Observed with status 500 for a Name; the exception type is assumed.
func notUnique(identity string) *cmdletError {
	return &cmdletError{status: http.StatusInternalServerError, code: "Ex55FBCD", typ: configuration + "ManagementObjectAmbiguousException",
		text: fmt.Sprintf("There are multiple recipients matching identity %q. Please specify a unique value.", identity)}
}

func proxyInUse(address, holder string) *cmdletError {
	return &cmdletError{status: http.StatusConflict, code: "Ex1472D1", typ: "Microsoft.Exchange.Data.Directory.ProxyAddressExistsException",
		text: fmt.Sprintf("The proxy address %q is already being used by the proxy addresses or LegacyExchangeDN of %q. Please choose another proxy address.", address, holder)}
}

// notReturnedFromGraph is what a duplicate create gets while this domain
// controller cannot see the holder yet.
func notReturnedFromGraph() *cmdletError {
	return &cmdletError{status: http.StatusInternalServerError, text: "Required field ExternalDirectoryObjectId was not returned from Graph API"}
}

// acceptedDomain: code and type are known, the sentence is assumed.
func acceptedDomain(address, domain string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, code: "Ex4A146E", typ: tasks + "RecipientTaskException",
		text: fmt.Sprintf("The external e-mail address %q can't be used because %q is an accepted domain of your organization.", "SMTP:"+address, domain)}
}

// notSMTP: only the beginning of the sentence is known.
func notSMTP(address string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: tasks + "RecipientTaskException",
		text: fmt.Sprintf("The external e-mail address %s is not an SMTP e-mail address or it isn't valid.", address)}
}

// heldInEntra is for an address whose holder Entra knows and Exchange does not
// know yet.
func heldInEntra(holder, request string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "Microsoft.Exchange.Configuration.DualWrite.LocStrings.UnableToWriteToAadException",
		text: fmt.Sprintf("An Azure Active Directory call was made to keep object in sync between Azure Active Directory and Exchange Online. However, it failed. "+
			"Detailed error message: The value specified for property EmailAddresses is incorrect. Reason: ObjectConflict with:%s RequestId : %s "+
			"The issue may be transient and please retry a couple of minutes later. If issue persists, please see exception members for more information.", holder, request)}
}

// creationQuota: the text is a third party's; the type's namespace is assumed.
func creationQuota() *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: "Microsoft.Exchange.Data.Directory.RecipientUsageExceededRecentQuotaException",
		text: "You've reached the maximum number of mail users and contacts you can create at this time. Please try again later."}
}

func memberExists(member, group string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: tasks + "MemberAlreadyExistsException",
		text: fmt.Sprintf("The recipient %q is already a member of the group %q.", member, group)}
}

func memberNotFound(member, group string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: tasks + "MemberNotFoundException",
		text: fmt.Sprintf("The recipient %q isn't a member of the group %q.", member, group)}
}

// wrongMember is for members that a group does not take. Only the exception
// type for room lists is known.
func wrongMember(typ, member, group string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: tasks + typ,
		text: fmt.Sprintf("The recipient %q can't be added to the group %q.", member, group)}
}

func notManager() *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, code: "ExB6FAB5", typ: configuration + "OperationRequiresGroupManagerException",
		text: "You don't have sufficient permissions. This operation can only be performed by a manager of the group."}
}

// notInOrganization is what an app without the bypass gets on a mail-enabled
// security group.
func notInOrganization() *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, text: "The executing user is not in the current organization"}
}

func synced(id, action, property, name string) *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, text: fmt.Sprintf("The operation on mailbox %q failed because it's out of the current user's write scope. "+
		"The action '%s', '%s', can't be performed on the object '%s' because the object is being synchronized from your on-premises organization. "+
		"This action should be performed on the object in your on-premises organization.", id, action, property, name)}
}

func expiredPage() *cmdletError {
	return &cmdletError{status: http.StatusBadRequest, typ: invocation + "PaginationException", binding: true, bare: true,
		text: "Expired or Invalid pagination request. Default Expiry time is 00:30:00"}
}

func internalError(err error) *cmdletError {
	return &cmdletError{status: http.StatusInternalServerError, typ: "Microsoft.Exchange.Data.Directory.ADOperationException", text: err.Error()}
}

func (e *cmdletError) Error() string { return e.message() }

// message is the line in details: "code|type|text", or "|type|text" without a
// code, or "||text" without both.
func (e *cmdletError) message() string { return e.code + "|" + e.typ + "|" + e.text }

// errorBody is the envelope of an error, in the service's order of keys.
type errorBody struct {
	Error struct {
		Code    string        `json:"code"`
		Message string        `json:"message"`
		Details []errorDetail `json:"details,omitempty"`
		Inner   innerError    `json:"innererror"`
		// Present, inside the error, in all captured bodies but that of an
		// unknown parameter.
		WarningsType string    `json:"adminapi.warnings@odata.type,omitempty"`
		Warnings     *[]string `json:"@adminapi.warnings,omitempty"`
	} `json:"error"`
}

type errorDetail struct {
	Code    string `json:"code"`
	Target  string `json:"target"`
	Message string `json:"message"`
}

type innerError struct {
	Message    string      `json:"message"`
	Type       string      `json:"type"`
	StackTrace string      `json:"stacktrace"`
	Internal   *innerError `json:"internalexception,omitempty"`
}

var statusCodes = map[int]string{
	http.StatusBadRequest:          "BadRequest",
	http.StatusNotFound:            "NotFound",
	http.StatusConflict:            "Conflict",
	http.StatusInternalServerError: "InternalServerError",
}

func (e *cmdletError) body() errorBody {
	var b errorBody
	b.Error.Code = statusCodes[e.status]
	b.Error.Message = "Error executing cmdlet"
	internal := innerError{Type: directException, Message: "Exception of type '" + directException + "' was thrown.",
		StackTrace: "   at Microsoft.Exchange.AdminApi.CommandInvocation.CommandInvocation.InvokeCommand(QueryContext queryContext, CmdletInvokeInputType cmdletInvokeInputType)"}
	if e.binding {
		b.Error.Message = "Invalid Operation"
		internal = innerError{Type: e.typ, Message: e.text}
	}
	if !e.bare {
		b.Error.Details = []errorDetail{{Code: "Client", Message: e.message()}}
	}
	b.Error.Inner = innerError{Message: b.Error.Message, Type: odataException, StackTrace: internal.StackTrace, Internal: &internal}
	if !e.binding || e.bare {
		b.Error.WarningsType, b.Error.Warnings = "#Collection(String)", &[]string{}
	}
	return b
}

func (e *cmdletError) write(w http.ResponseWriter) {
	body, err := json.Marshal(e.body())
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Backendhttpstatus", fmt.Sprintf("%d,%d", e.status, e.status))
	if e.typ != "" {
		h.Set("X-Exceptiontype", e.typ[strings.LastIndexByte(e.typ, '.')+1:])
	}
	w.WriteHeader(e.status)
	_, _ = w.Write(body)
}
