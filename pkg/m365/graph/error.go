package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	"enlist/pkg/m365/pace"
)

// Kinds of errors, for errors.Is.
var (
	// ErrBadRequest: Graph does not take the request as it is (400).
	ErrBadRequest = errors.New("bad request")
	// ErrUnauthorized: Graph does not accept the token (401).
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the app lacks a permission, or the tenant forbids it (403).
	ErrForbidden = errors.New("forbidden")
	// ErrNotFound: there is no such object, or the app may not know of it (404).
	ErrNotFound = errors.New("not found")
	// ErrThrottled: too many requests (429).
	ErrThrottled = errors.New("throttled")
	// ErrUnavailable: no answer, or the service failed (408, 5xx). Another time may do.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnexpectedAnswer: an answer that succeeded but isn't what Graph sends, such as a proxy's sign-in page.
	ErrUnexpectedAnswer = errors.New("unexpected answer")
)

// Error is a request that failed.
type Error struct {
	// Request is the method and path, "GET /v1.0/contacts"; the query may hold addresses of people and is left out.
	Request string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is Graph's own code, "Request_ResourceNotFound"; empty when the answer wasn't Graph's.
	Code string
	// Message is Graph's own message, or what stood in its place.
	Message string
	// RequestID finds the request in Microsoft's logs; support asks for it.
	RequestID string
	// RetryAfter is how long Graph asks to wait; 0 when it didn't say.
	RetryAfter time.Duration

	repeatable bool  // the same request may be sent again without harm
	cause      error // why there was no answer, or what is wrong with it
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("Microsoft Graph:")
	if e.Request != "" {
		b.WriteString(" " + e.Request + ":")
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " %d", e.Status)
		if e.Code != "" {
			b.WriteString(" " + e.Code)
		}
		b.WriteString(":")
	}
	b.WriteString(" " + e.Message)
	if e.RequestID != "" {
		b.WriteString(" (request-id " + e.RequestID + ")")
	}
	return b.String()
}

// Is matches the kinds above.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrBadRequest:
		return e.Status == http.StatusBadRequest
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrThrottled:
		return e.Status == http.StatusTooManyRequests
	case ErrUnavailable:
		return e.Status == 0 || e.Status == http.StatusRequestTimeout || e.Status >= 500
	case ErrUnexpectedAnswer:
		return e.Status != 0 && e.Status < 400
	}
	return false
}

// Unwrap returns the network's error when there was no answer.
func (e *Error) Unwrap() error { return e.cause }

// RetryAdvice tells the pacer whether another attempt makes sense. Graph means 429 and 503 as "not done, try again";
// after other failures a request may have been carried out, so only repeatable ones go again.
func (e *Error) RetryAdvice() pace.Advice {
	switch e.Status {
	case http.StatusOK:
		return pace.Advice{Again: e.repeatable}
	case http.StatusTooManyRequests:
		return pace.Advice{Again: true, Throttled: true, After: e.RetryAfter}
	case http.StatusServiceUnavailable:
		return pace.Advice{Again: true, Throttled: e.RetryAfter > 0, After: e.RetryAfter}
	case 0:
		return pace.Advice{Again: e.repeatable && !hopeless(e.cause)}
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout, 509:
		return pace.Advice{Again: e.repeatable, After: e.RetryAfter}
	}
	return pace.Advice{}
}

// decode turns what the adapter returns for a failed request into an [*Error], or passes a credential's error on.
func decode(request *abs.RequestInformation, err error) error {
	if t, ok := errors.AsType[*tokenError](err); ok {
		return fmt.Errorf("no access token for Microsoft Graph: %w", t.cause)
	}
	if errors.Is(err, errUnsigned) {
		return errUnsigned
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = answered(err)
	}
	e.Request = describe(request)
	e.repeatable = request.Method == abs.GET || request.Method == abs.DELETE
	return e
}

// answered reads the adapter's error: Graph's refusal, or trouble on the way.
func answered(err error) *Error {
	api, ok := err.(abs.ApiErrorable)
	if !ok && errors.Is(err, context.DeadlineExceeded) {
		// Without its cause: it is the attempt's deadline that passed, not one that the caller set.
		return &Error{Message: "no answer within " + attemptTimeout.String()}
	}
	if !ok {
		return &Error{Message: "no answer: " + reason(err), cause: err}
	}
	header := http.Header{}
	for _, name := range []string{"Retry-After", "Date", "request-id"} {
		for _, value := range api.GetResponseHeaders().Get(name) {
			header.Add(name, value)
		}
	}
	e := &Error{Status: api.GetStatusCode(), RequestID: header.Get("request-id")}
	e.RetryAfter, _ = pace.RetryAfter(header, time.Now())
	odata, ok := err.(*odataerrors.ODataError)
	if !ok || odata.GetErrorEscaped() == nil {
		e.Message = "the answer says no more"
		return e
	}
	main := odata.GetErrorEscaped()
	e.Code, e.Message = value(main.GetCode()), value(main.GetMessage())
	if inner := main.GetInnerError(); inner != nil && e.RequestID == "" {
		e.RequestID = value(inner.GetRequestId())
	}
	return e
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
