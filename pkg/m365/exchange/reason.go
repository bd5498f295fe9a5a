package exchange

import (
	"encoding/json"
	"net/http"
	"strings"
)

// errorObject is the "error" of an answer. Binding errors (a wrong parameter)
// have their text in the internal exception; cmdlets that failed have it in
// details, and in the internal exception a sentence that says nothing.
type errorObject struct {
	Message    string
	Details    []struct{ Message string }
	InnerError struct {
		InternalException struct {
			Message string
			Type    string
		}
	}
}

// reason is why a command failed: "code|exception type|text" in the service's
// own form, each part of which can be missing.
type reason struct {
	code      string
	exception string
	text      string
}

const proxyException = "CmdletProxyException"

// reason returns why the command failed, and false if the answer reports
// success.
func (d decoded) reason() (reason, bool) {
	success := d.status >= 200 && d.status < 300
	var r reason
	switch {
	case d.Error != nil:
		r = d.Error.reason()
	case success && !isThrottleText(d.body):
		return reason{}, false
	case d.isJSON:
		var bare errorObject // without the "error" around it
		_ = json.Unmarshal(d.body, &bare)
		r = bare.reason()
	case len(d.body) > 0 && d.body[0] == '<':
		r.text = http.StatusText(d.status) // a web page's text is no use
	default:
		r.text = plainText(d.body)
	}
	if r.exception == "" {
		r.exception = lastPart(d.header.Get("X-ExceptionType"))
	}
	return r, true
}

// isThrottleText reports whether body is the plain-text answer to too many
// requests at once. It comes under other statuses than 429 (observed).
func isThrottleText(body []byte) bool {
	const most = 1000 // a text, not a list
	return len(body) < most && strings.Contains(strings.ToLower(string(body)), "concurrent requests per tenant")
}

// reason takes the first part that says something. The outer message
// ("Error executing cmdlet") never does, if there is anything else.
func (o *errorObject) reason() reason {
	internal := o.InnerError.InternalException
	for _, detail := range o.Details {
		if r := parseReason(detail.Message); r.text != "" {
			if r.exception == "" {
				r.exception = usefulType(internal.Type)
			}
			return r
		}
	}
	r := parseReason(internal.Message)
	if r.exception == "" {
		r.exception = usefulType(internal.Type)
	}
	if r.text == "" {
		r.text = o.Message
	}
	return r
}

// parseReason splits "Ex6F9304|Namespace.Type|text"; the code, or both code and
// type, can be empty, and the text may hold further bars. A message can also be
// JSON with a Message of its own, or the report of a proxy about another
// server's answer; what counts is the inner one.
func parseReason(message string) reason {
	message = strings.TrimSpace(message)
	var wrapped struct{ Message string }
	if strings.HasPrefix(message, "{") && json.Unmarshal([]byte(message), &wrapped) == nil && wrapped.Message != "" {
		return parseReason(wrapped.Message)
	}
	r := reason{text: message}
	if parts := strings.SplitN(message, "|", 3); len(parts) == 3 && !strings.ContainsAny(parts[0]+parts[1], " ") {
		r = reason{strings.TrimSpace(parts[0]), lastPart(parts[1]), strings.TrimSpace(parts[2])}
	}
	if r.exception == proxyException {
		if inner, ok := proxiedReason(r.text); ok {
			return inner
		}
	}
	return r
}

// proxiedReason finds the answer of the other server in a proxy's report:
// "Error on proxy command '<Cmdlet …>' to server … : { <JSON> } [Server=…] .".
// The JSON is the error object, with or without the "error" around it.
func proxiedReason(text string) (reason, bool) {
	for i := strings.Index(text, "{"); i >= 0; {
		var inner struct {
			errorObject
			Error *errorObject
		}
		if json.NewDecoder(strings.NewReader(text[i:])).Decode(&inner) == nil {
			object := inner.Error
			if object == nil {
				object = &inner.errorObject
			}
			if r := object.reason(); r.text != "" {
				return r, true
			}
		}
		next := strings.Index(text[i+1:], "{")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return reason{}, false
}

// usefulType drops the wrapper that every failed cmdlet has.
func usefulType(exception string) string {
	if name := lastPart(exception); name != "DirectInvokeCmdletExecutionException" {
		return name
	}
	return ""
}

// lastPart returns the name behind the namespace.
func lastPart(exception string) string {
	exception = strings.TrimSpace(exception)
	return exception[strings.LastIndex(exception, ".")+1:]
}
