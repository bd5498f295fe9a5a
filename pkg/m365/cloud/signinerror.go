package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// SignInError says why there is no access token. It never holds a secret, an assertion or a token.
type SignInError struct {
	// Credential names the credential in words, as [Identity.String] does.
	Credential string
	// Code is Microsoft Entra's error code, "AADSTS7000215"; empty when the answer had none or there was no answer.
	Code string
	// Status is the HTTP status of the answer; 0 when there was none.
	Status int
	// Message is what happened, as a plain sentence.
	Message string
	// NextStep is what to do about it; it may be empty.
	NextStep string
	// CorrelationID finds this sign-in in the tenant's sign-in logs; it may be empty.
	CorrelationID string
	// Temporary is true when the same credential may do later: the server could not be reached, was busy or failed.
	Temporary bool

	cause error // why there was no answer
}

func (e *SignInError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sign-in with the %s failed: %s", e.Credential, strings.TrimSuffix(e.Message, "."))
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.NextStep != "" {
		b.WriteString(". " + e.NextStep)
	}
	return b.String()
}

// Unwrap returns the network's error when the sign-in server gave no answer.
func (e *SignInError) Unwrap() error { return e.cause }

// explain turns an error of azidentity into a [*SignInError]. azidentity's own text is long, made for programmers, and
// repeats the server's answer whole.
func (s *TokenSource) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("sign-in interrupted: %w", context.Cause(ctx))
	}
	e := &SignInError{Credential: s.method.words}
	if failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok && failed.RawResponse != nil {
		e.readAnswer(failed.RawResponse, s.method.secret)
		return e
	}
	if cause := s.wire.failure(); cause != nil {
		e.Message = "no answer from the sign-in server " + s.authority + ": " + redact(reason(cause), s.method.secret)
		e.NextStep = "Check the network, the proxy and the certificates that this machine trusts."
		e.Temporary = true
		e.cause = cause
		return e
	}
	e.Message = redact(err.Error(), s.method.secret)
	return e
}

// readAnswer decodes a refusal of the token endpoint: RFC 6749 section 5.2 with Entra's additions
// (learn.microsoft.com/entra/identity-platform/reference-error-codes). Other servers in its place answer anything.
func (e *SignInError) readAnswer(resp *http.Response, secret string) {
	e.Status = resp.StatusCode
	e.Temporary = resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
	var answer struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		CorrelationID string `json:"correlation_id"`
	}
	body, err := runtime.Payload(resp)
	if err != nil || json.Unmarshal(body, &answer) != nil || answer.Error == "" {
		e.Message = fmt.Sprintf("the answer (HTTP status %d) is not one of Microsoft's sign-in service", resp.StatusCode)
		e.NextStep = "Check --cloud, AZURE_AUTHORITY_HOST and the proxy."
		return
	}
	e.CorrelationID = redact(answer.CorrelationID, secret)
	e.Code = entraCode.FindString(answer.Description)
	if known, ok := refusals[e.Code]; ok {
		e.Message, e.NextStep = known.message, known.nextStep
		e.Temporary = e.Temporary || known.temporary
		return
	}
	e.Message = redact(firstSentences(answer.Description), secret)
	if e.Message == "" {
		e.Message = "the server says " + redact(answer.Error, secret)
	}
}

var (
	entraCode = regexp.MustCompile(`AADSTS\d+`)
	// jwt matches a signed token or assertion: three base64url parts, the first a JSON object.
	jwt = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
)

// firstSentences returns what Entra says without its code and without the identifiers at its end.
func firstSentences(description string) string {
	text, _, _ := strings.Cut(description, "Trace ID:")
	if code := entraCode.FindString(text); code != "" {
		text = strings.TrimPrefix(text, code+":")
	}
	text = strings.Join(strings.Fields(text), " ")
	const most = 300
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// redact takes the secret and everything that looks like a token out of a text that came from elsewhere.
func redact(text, secret string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "[secret]")
		text = strings.ReplaceAll(text, url.QueryEscape(secret), "[secret]")
	}
	return jwt.ReplaceAllString(text, "[token]")
}

// reason leaves out the method and URL that net/http puts before a network error.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}
