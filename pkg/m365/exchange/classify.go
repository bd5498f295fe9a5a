package exchange

import (
	"net/http"
	"strings"
	"time"

	"enlist/pkg/m365/pace"
)

// again says whether a failed command may be sent once more.
type again int

const (
	never  again = iota // the same command would fail the same way
	always              // the service refused before it did anything
	ifSafe              // it may have been done: only where twice does no harm
)

// rule is a row of the classifier: it applies when every column it fills in
// matches. Texts are compared in lower case, as parts of the whole.
type rule struct {
	kind error

	exception string // last part of the exception's type
	code      string
	text      string
	status    int
	wordless  bool   // the answer is not Exchange's own JSON
	command   string // prefix of the cmdlet's name
	group     bool   // the cmdlet changes a group that exists

	again     again
	throttled bool
	crowded   bool // too many ran at once
	tries     int  // the most tries that make sense; 0 for as many as allowed
}

// rules decide what an error means; the first that applies wins. The HTTP
// status says little (the same case comes as 400, 404, 409 or 500), so the
// exception's type goes first, then the code, then the text, then the status.
// Codes are fixed ids of message templates; types and texts are observed unless
// a comment says otherwise.
var rules = []rule{
	{exception: "ProxyAddressExistsException", kind: ErrAddressInUse},
	{exception: "WLCDManagedMemberExistsException", kind: ErrAddressInUse},
	{exception: "ManagementObjectAmbiguousException", command: "New-", kind: ErrNameInUse}, // type inferred
	{exception: "ManagementObjectAmbiguousException", kind: ErrAmbiguous},
	{exception: "ManagementObjectNotFoundException", code: "Ex94914C", kind: ErrRecipientNotFound},
	{exception: "ManagementObjectNotFoundException", text: "couldn't find object", kind: ErrRecipientNotFound},
	{exception: "ManagementObjectNotFoundException", kind: ErrObjectNotFound},
	{exception: "MemberAlreadyExistsException", kind: ErrAlreadyMember},
	{exception: "MemberNotFoundException", kind: ErrNotMember},
	{exception: "NonRoomMailboxAddToRoomListException", kind: ErrRoomList},
	{exception: "OperationRequiresGroupManagerException", kind: ErrNotManager},
	{exception: "RecipientUsageExceededRecentQuotaException", kind: ErrCreationQuota},
	// What several writers of one group get is not documented. Entra ID was seen
	// to answer Directory_ConcurrencyViolation, "Error due to concurrent requests
	// being made to the tenant", as 409 and as 503, and Exchange passes on what
	// Entra ID says. A group has no address that a membership could be in conflict
	// with, so there an ObjectConflict must be another writer's.
	{group: true, text: "concurrencyviolation", kind: ErrConflict},
	{group: true, text: "concurrent requests being made to the tenant", kind: ErrConflict},
	{group: true, text: "objectconflict", kind: ErrConflict},
	// The address is held by an object that Entra ID knows and Exchange
	// perhaps not yet. Waiting does not clear it, although the text says so.
	{exception: "UnableToWriteToAadException", text: "objectconflict", kind: ErrAddressInUse},
	{exception: "UnableToWriteToAadException", kind: ErrNotReplicated, again: ifSafe, tries: 2},
	{exception: "AmbiguousParameterSetException", text: "invalid cmdlet parameters", kind: ErrUnknownParameter},
	{exception: "AmbiguousParameterSetException", kind: ErrInvalidParameter},
	{exception: "ParameterTransformationException", text: "'externalemailaddress'", kind: ErrInvalidAddress},
	{exception: "ParameterTransformationException", kind: ErrInvalidParameter},
	{exception: "ValidationException", kind: ErrInvalidParameter},
	{exception: "ServerBusyException", kind: ErrThrottled, again: always, throttled: true},

	{code: "Ex1472D1", kind: ErrAddressInUse},
	{code: "ExB10BE9", kind: ErrAddressInUse},
	{code: "Ex55FBCD", command: "New-", kind: ErrNameInUse},
	{code: "Ex55FBCD", kind: ErrAmbiguous},
	{code: "Ex94914C", kind: ErrRecipientNotFound},
	{code: "Ex6F9304", kind: ErrObjectNotFound},
	{code: "ExB6FAB5", kind: ErrNotManager},
	{code: "Ex4A146E", kind: ErrAcceptedDomain},

	{text: "concurrent requests per tenant", kind: ErrThrottled, again: always, throttled: true, crowded: true},
	{text: "serverbusyexception", kind: ErrThrottled, again: always, throttled: true},
	{text: "recipientusageexceededrecentquota", kind: ErrCreationQuota},
	{text: "reached the maximum number of mail users and contacts", kind: ErrCreationQuota}, // reported by third parties
	{text: "is already being used by the proxy addresses", kind: ErrAddressInUse},
	{text: "objectconflict", kind: ErrAddressInUse},
	{text: "externaldirectoryobjectid was not returned", kind: ErrNotReplicated},
	{text: "call was made to keep object in sync", kind: ErrNotReplicated, again: ifSafe, tries: 2},
	{text: "issue may be transient", kind: ErrNotReplicated, again: ifSafe, tries: 2},
	{text: "multiple recipients matching identity", command: "New-", kind: ErrNameInUse},
	{text: "multiple recipients matching identity", kind: ErrAmbiguous},
	{text: "matches multiple entries", kind: ErrAmbiguous},
	{text: "already a member of the group", kind: ErrAlreadyMember},
	{text: "isn't a member of the group", kind: ErrNotMember},
	{text: "couldn't find object", kind: ErrRecipientNotFound},
	{text: "couldn't be found on", kind: ErrObjectNotFound},
	{text: "synchronized from your on-premises organization", kind: ErrSynced},
	{text: "out of the current user's write scope", kind: ErrOutsideScope},
	{text: "within your current write scopes", kind: ErrOutsideScope},
	{text: "only be performed by a manager of the group", kind: ErrNotManager},
	// An app that leaves the bypass out on a mail-enabled security group.
	{text: "executing user is not in the current organization", kind: ErrNotManager},
	{text: "not an smtp e-mail address", kind: ErrInvalidAddress},
	{text: "accepted domain", kind: ErrAcceptedDomain}, // the sentence is not known, only its code
	{text: "parameter cannot be found that matches", kind: ErrUnknownParameter},
	{text: "cannot process argument transformation", kind: ErrInvalidParameter},
	{text: "length of the property is too long", kind: ErrInvalidParameter},
	{text: "duplicated recipient identity", kind: ErrInvalidParameter},
	{text: "invalid pagination request", kind: ErrPageExpired},
	{text: "cmdletproxynotavailablefailure", kind: ErrUnavailable, again: always},
	{text: "transientexception", kind: ErrUnavailable, again: ifSafe},
	{text: "backendcommunicationexception", kind: ErrUnavailable, again: ifSafe},
	{text: "change in the current set of domain controllers", kind: ErrUnavailable, again: ifSafe},
	{text: "server side error", kind: ErrUnavailable, again: ifSafe},
	{text: "mapinetworkerrorexception", kind: ErrUnavailable, again: ifSafe},
	{text: "mapiexceptionprotocolerror", kind: ErrUnavailable, again: ifSafe},

	{status: http.StatusUnauthorized, kind: ErrUnauthorized},
	{status: http.StatusForbidden, kind: ErrForbidden},
	{status: http.StatusNotFound, wordless: true, kind: ErrUnavailable, again: always}, // the front door's, at night
	{status: http.StatusConflict, group: true, kind: ErrConflict},
	{status: http.StatusTooManyRequests, kind: ErrThrottled, again: always, throttled: true},
	{status: http.StatusServiceUnavailable, kind: ErrUnavailable, again: always},
	{status: http.StatusRequestTimeout, kind: ErrUnavailable, again: ifSafe},
	{status: http.StatusInternalServerError, kind: ErrUnavailable, again: ifSafe},
	{status: http.StatusBadGateway, kind: ErrUnavailable, again: ifSafe},
	{status: http.StatusGatewayTimeout, kind: ErrUnavailable, again: ifSafe},
}

// classify fills in what e means for the caller and for the pacer.
func (e *Error) classify(effect Effect, wordless bool) {
	r := ruleFor(e, wordless)
	e.kind = r.kind
	e.tries = r.tries
	e.uncertain = r.again == ifSafe && effect != Read
	e.advice = pace.Advice{
		Again:     r.again == always || r.again == ifSafe && effect != Once,
		Throttled: r.throttled || r.again != never && e.RetryAfter > 0,
		Crowded:   r.crowded,
		After:     e.RetryAfter,
	}
}

func ruleFor(e *Error, wordless bool) rule {
	// The service has written apostrophes both ways.
	text := strings.ReplaceAll(strings.ToLower(e.Type+" "+e.Text), "’", "'")
	for _, r := range rules {
		if (r.exception == "" || r.exception == e.Type) &&
			(r.code == "" || strings.EqualFold(r.code, e.Code)) &&
			(r.text == "" || strings.Contains(text, r.text)) &&
			(r.status == 0 || r.status == e.Status) &&
			(!r.wordless || wordless) &&
			strings.HasPrefix(e.Command, r.command) &&
			(!r.group || changesGroup(e.Command)) {
			return r
		}
	}
	return rule{}
}

// changesGroup reports whether the cmdlet changes a group or its members.
func changesGroup(cmdlet string) bool {
	verb, noun, _ := strings.Cut(cmdlet, "-")
	return verb != "Get" && verb != "New" && (strings.HasPrefix(noun, "DistributionGroup") || strings.HasPrefix(noun, "UnifiedGroup"))
}

// errorOf returns the error that an answer reports, or nil if it is success.
func errorOf(cmd Command, a decoded, requestID string, now time.Time) *Error {
	reason, failed := a.reason()
	if !failed {
		return nil
	}
	e := &Error{
		Command:         cmd.Name,
		Target:          cmd.target(),
		Status:          a.status,
		Code:            reason.code,
		Type:            reason.exception,
		Text:            reason.text,
		RequestID:       a.header.Get("Request-Id"),
		ClientRequestID: requestID,
		Diagnostics:     a.header.Get("x-ms-diagnostics"),
	}
	if e.Diagnostics == "" && a.status == http.StatusUnauthorized {
		e.Diagnostics = a.header.Get("WWW-Authenticate")
	}
	e.RetryAfter, _ = pace.RetryAfter(a.header, now)
	e.classify(cmd.Effect, !a.isJSON)
	return e
}
