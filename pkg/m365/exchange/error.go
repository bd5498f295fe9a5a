package exchange

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"enlist/pkg/m365/pace"
)

// What went wrong, as far as the caller can act on it. An *Error matches one
// of these, and perhaps ErrUncertain besides.
var (
	// The wanted address, or the Name, belongs to another object.
	ErrAddressInUse = errors.New("address is already in use")
	ErrNameInUse    = errors.New("name is already in use")

	// ErrObjectNotFound: the object that the command is about (Identity) is
	// not there, or not yet visible. ErrRecipientNotFound: the same of one
	// named as a value, such as a member.
	ErrObjectNotFound    = errors.New("object not found")
	ErrRecipientNotFound = errors.New("recipient not found")
	ErrAmbiguous         = errors.New("identity matches several objects")

	ErrAlreadyMember = errors.New("already a member of the group")
	ErrNotMember     = errors.New("not a member of the group")
	ErrRoomList      = errors.New("a room list takes no other members than rooms")

	// ErrConflict: another command changed the same group at the same time, and
	// this one was not carried out.
	ErrConflict = errors.New("another command changes the group")

	ErrSynced       = errors.New("object is managed on-premises")
	ErrNotManager   = errors.New("caller is not a manager of the group")
	ErrOutsideScope = errors.New("object is outside the caller's write scope")

	ErrAcceptedDomain   = errors.New("external address is in one of the organisation's own domains")
	ErrInvalidAddress   = errors.New("not a valid e-mail address")
	ErrInvalidParameter = errors.New("parameter value refused")
	ErrUnknownParameter = errors.New("parameter unknown, or outside the caller's role")

	// ErrNotReplicated: Exchange and Entra ID do not agree yet, for example
	// because the same object was created a moment ago. Look, then try again.
	ErrNotReplicated = errors.New("change has not reached all of the directory yet")
	// ErrCreationQuota: the tenant takes no more new contacts for now.
	ErrCreationQuota = errors.New("tenant's quota of new recipients is used up")
	// ErrPageExpired: a list could not be read to its end; read it anew.
	ErrPageExpired = errors.New("link to the next page has expired")

	// ErrUnauthorized: the token was refused, or gives no right to Exchange.
	// ErrForbidden: the app's role does not allow the command.
	ErrUnauthorized = errors.New("not signed in to Exchange")
	ErrForbidden    = errors.New("not allowed by the app's permission or role")

	ErrThrottled   = errors.New("throttled by the tenant")
	ErrUnavailable = errors.New("service is not available")
	// ErrMalformed: an answer came, but not one that Exchange gives.
	ErrMalformed = errors.New("answer not understood")

	// ErrUncertain: a change was sent and its end is not known; it may have
	// been done. Read the state before repeating it.
	ErrUncertain = errors.New("may have been carried out")
)

// Error is a command that failed.
type Error struct {
	Command string // the cmdlet
	Target  string // what it was about, from its parameters
	Status  int    // HTTP status; 0 when there was no whole answer
	// Code is the service's id of the message's template, for example
	// Ex6F9304. Type is the exception's name without its namespace. Either
	// can be empty.
	Code string
	Type string
	Text string // the service's own sentence, in English
	// RequestID and ClientRequestID are what Microsoft's support asks for.
	RequestID       string
	ClientRequestID string
	// Diagnostics says more about a refusal: x-ms-diagnostics, or the 401's
	// challenge.
	Diagnostics string
	RetryAfter  time.Duration // what the service asked for; 0 if nothing
	// Repeated is true when an earlier try of this very command had an
	// unknown end, so that for example ErrAlreadyMember may be its own doing.
	Repeated bool

	kind      error
	uncertain bool
	advice    pace.Advice
	tries     int // the most tries that make sense; 0 for as many as allowed
	cause     error
}

// Error names the command, its target, and the reason.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Command)
	if e.Target != "" {
		fmt.Fprintf(&b, " for %s", e.Target)
	}
	b.WriteString(": " + e.reason())
	if details := e.details(); details != "" {
		fmt.Fprintf(&b, " (%s)", details)
	}
	return b.String()
}

func (e *Error) reason() string {
	switch {
	case e.Text != "":
		return e.Text
	case e.kind != nil:
		return e.kind.Error()
	}
	return "failed without a reason"
}

func (e *Error) details() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.uncertain {
		parts = append(parts, ErrUncertain.Error())
	}
	if e.Diagnostics != "" {
		parts = append(parts, e.Diagnostics)
	}
	if e.RequestID != "" {
		parts = append(parts, "request "+e.RequestID)
	}
	return strings.Join(parts, ", ")
}

// Is matches the sentinels of this package.
func (e *Error) Is(target error) bool {
	return e.kind != nil && target == e.kind || e.uncertain && target == ErrUncertain
}

// Unwrap returns what broke the connection, if that was it.
func (e *Error) Unwrap() error { return e.cause }

// RetryAdvice tells package pace whether to send the command again.
func (e *Error) RetryAdvice() pace.Advice { return e.advice }
