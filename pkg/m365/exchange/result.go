package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// Result is what a command answered; of a long list all pages together.
type Result struct {
	// Values are the objects. There are none when the command has nothing to
	// say: success is the absence of an error (observed of Set-* and Add-*).
	Values []json.RawMessage
	// Warnings are for a person to read.
	Warnings []string
	// RequestID is the service's id of the last request, for its support.
	RequestID string
}

// envelope is an answer's outer JSON, of success and of failure. Field names
// have varied in case (observed); encoding/json does not mind.
type envelope struct {
	Value    json.RawMessage `json:"value"`
	NextLink string          `json:"@odata.nextLink"`
	Warnings Strings         `json:"@adminapi.warnings"`
	Error    *errorObject    `json:"error"`
}

// page is a decoded answer.
type page struct {
	values    []json.RawMessage
	warnings  []string
	next      string // the link to the next page; empty on the last one
	requestID string
}

var (
	errWebPage  = errors.New("a web page came back instead of Exchange's answer: is there a proxy in between?")
	errNotJSON  = errors.New("the answer is not JSON")
	errBadValue = errors.New("the answer's value is neither an object nor a list")
)

// decoded is an answer with its JSON read.
type decoded struct {
	answer
	envelope
	body   []byte // without what stands around it
	isJSON bool   // the envelope was there
}

func decode(a answer) decoded {
	d := decoded{answer: a, body: trimBody(a.body)}
	d.isJSON = len(d.body) > 0 && d.body[0] == '{' && json.Unmarshal(d.body, &d.envelope) == nil
	return d
}

// page reads the answer to a command that was carried out. Plain text instead
// of JSON happens (observed): it is a remark on a change, but no list.
func (d decoded) page(effect Effect) (page, error) {
	p := page{
		warnings:  headerWarnings(d.header),
		next:      d.NextLink,
		requestID: d.header.Get("Request-Id"),
	}
	switch {
	case d.isJSON || len(d.body) == 0:
	case d.body[0] == '<':
		return page{}, errWebPage
	case d.body[0] == '{' || effect == Read:
		return page{}, errNotJSON
	default:
		p.warnings = append(p.warnings, plainText(d.body))
		return p, nil
	}
	for _, w := range d.Warnings {
		if !slices.Contains(p.warnings, w) {
			p.warnings = append(p.warnings, w)
		}
	}
	var err error
	p.values, err = decodeValues(d.Value)
	return p, err
}

// decodeValues accepts a list, a lone object, null and nothing.
func decodeValues(raw json.RawMessage) ([]json.RawMessage, error) {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0 || bytes.Equal(raw, []byte("null")):
		return nil, nil
	case raw[0] == '{':
		return []json.RawMessage{raw}, nil
	case raw[0] != '[':
		return nil, errBadValue
	}
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, errBadValue
	}
	return values, nil
}

// headerWarnings reads X-Warnings, which is where the PowerShell module looks
// for them (observed): each a text, or a JSON list of texts.
func headerWarnings(h http.Header) []string {
	var warnings []string
	for _, value := range h.Values("X-Warnings") {
		var list []string
		if json.Unmarshal([]byte(value), &list) != nil {
			list = []string{value}
		}
		for _, w := range list {
			if w = strings.TrimSpace(w); w != "" {
				warnings = append(warnings, w)
			}
		}
	}
	return warnings
}

// trimBody drops what stands around an answer: spaces, a byte order mark, and
// the NUL bytes that make up the whole body of most 403 answers (observed).
func trimBody(body []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(body, []byte("\ufeff")), "\x00 \t\r\n")
}

// plainText returns a body as a text to show, shortened; "" if it is none.
func plainText(body []byte) string {
	const most = 500
	body = trimBody(body)
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return ""
	}
	text := strings.Join(strings.Fields(string(body)), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
