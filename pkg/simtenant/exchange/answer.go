package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// Observed content type of an answer.
const contentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// commonHeaders are on every answer, of whatever status.
func (f *face) commonHeaders(h http.Header, r *request) {
	h.Set("Request-Id", f.requestID(r))
	if id := r.Header.Get("client-request-id"); id != "" {
		h.Set("Client-Request-Id", id)
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("Server", "Microsoft-HTTPAPI/2.0")
	h.Set("X-Request-Processing-Service-Version", "Core")
}

// requestID is the same for the same request of the same run.
func (f *face) requestID(r *request) string {
	return uuid.NewSHA1(f.dir.Tenant().ID, fmt.Appendf(nil, "request %d %d", f.opts.RandomSeed, r.number)).String()
}

// answerForm is how a success without output looks. All three were observed.
type answerForm int

const (
	emptyValue answerForm = iota // 200 with "value":[]
	emptyBody                    // 200 with nothing at all
	noContent                    // 204
)

// writeSuccess sends what a command put out.
func (c *call) writeSuccess(w http.ResponseWriter, next string) {
	h, view := w.Header(), c.view
	h.Set("Odata-Version", "4.0")
	h.Set("Preference-Applied", `odata.include-annotations="*"`)
	h.Set("X-Backendhttpstatus", "200,200")
	h.Set("X-Calculatedbetarget", view.Server())
	h.Set("X-Exchangeversion", "Version 15.20 (Build 7587.36)")
	h.Set("Organizationstatus", "Active")
	h.Set("Vary", "Accept-Encoding")
	if c.cmdlet.write && c.records.count == 0 && len(c.warnings) == 0 {
		switch c.cmdlet.form {
		case emptyBody:
			w.WriteHeader(http.StatusOK)
			return
		case noContent:
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	h.Set("Content-Type", contentType)
	_, _ = w.Write(c.envelope(next))
}

func (c *call) envelope(next string) []byte {
	at := c.request.endpoint
	b := make([]byte, 0, len(c.records.buf)+512)
	b = append(b, `{"@odata.context":`...)
	b = appendString(b, fmt.Sprintf("%s/adminapi/%s/%s/$metadata#Collection(Exchange.GenericHashTable)", c.request.base, at.version, at.tenant))
	if next != "" {
		b = append(b, `,"@odata.nextLink":`...)
		b = appendString(b, next)
	}
	b = append(b, `,"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":`...)
	b = appendStrings(b, c.warnings)
	b = append(b, `,"value":[`...)
	b = append(b, c.records.buf...)
	return append(b, "]}"...)
}

// selection is the set of properties that $select asked for, in lower case;
// empty for all.
func selection(query string) map[string]bool {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(query, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			wanted[name] = true
		}
	}
	return wanted
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string never fails
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}
