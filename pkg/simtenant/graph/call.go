package graph

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"
)

// call is one request on its way.
type call struct {
	api    *api
	w      http.ResponseWriter
	r      *http.Request
	caller *entra.Caller
	view   directory.View
	// bare leaves out @odata.context and @odata.type, as odata.metadata=none asks.
	bare bool
}

func newCall(a *api, w http.ResponseWriter, r *http.Request) *call {
	c := &call{api: a, w: w, r: r, view: a.Directory.Graph(), bare: wantsNoMetadata(r)}
	h := w.Header()
	if h.Get("request-id") == "" {
		h.Set("request-id", a.NewID())
	}
	clientID := r.Header.Get("client-request-id")
	if clientID == "" {
		clientID = h.Get("request-id")
	}
	h.Set("client-request-id", clientID)
	h.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SIMULATED"}}`)
	h.Set("Cache-Control", "no-cache")
	return c
}

func wantsNoMetadata(r *http.Request) bool {
	for accepted := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		if _, parameters, err := mime.ParseMediaType(accepted); err == nil && parameters["odata.metadata"] == "none" {
			return true
		}
	}
	return false
}

// base is the address under which the client knows version 1.0.
func (c *call) base() string { return "https://" + c.r.Host + root }

// maxBody bounds what a client may send.
const maxBody = 4 << 20

// readJSON decodes the request's body, which may be compressed: SDK clients do
// that unasked. It has to be declared as JSON.
func (c *call) readJSON(into any) error {
	unreadable := badSyntax("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	mediaType, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return unreadable
	}
	var body io.Reader = http.MaxBytesReader(c.w, c.r.Body, maxBody)
	if strings.EqualFold(c.r.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return unreadable
		}
		body = io.LimitReader(unzipped, maxBody)
	}
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return unreadable
	}
	return nil
}

// The content types of the service's answers.
const (
	minimalMetadata = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
	noMetadata      = "application/json;odata.metadata=none;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
)

// answer writes a JSON body. A client that went away before the end is no
// concern of the tenant.
func (c *call) answer(status int, body []byte) {
	h := c.w.Header()
	h.Set("Content-Type", minimalMetadata)
	if c.bare {
		h.Set("Content-Type", noMetadata)
	}
	h.Set("OData-Version", "4.0")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body)
}

func (c *call) answerText(text string) {
	c.w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(c.w, text)
}

// refuse writes an error in the form of the service.
func (c *call) refuse(err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = refuse(http.StatusInternalServerError, "Service_InternalServerError", "Encountered an internal server error.")
	}
	h := c.w.Header()
	for name, values := range e.Header {
		h[name] = values
	}
	h.Set("Content-Type", "application/json")
	c.w.WriteHeader(e.Status)
	_ = json.NewEncoder(c.w).Encode(c.errorBody(e))
}

func (c *call) errorBody(e *apiError) map[string]any {
	return map[string]any{"error": map[string]any{
		"code":    e.Code,
		"message": e.Message,
		"innerError": map[string]string{
			"date":              c.api.Now().UTC().Format("2006-01-02T15:04:05"),
			"request-id":        c.w.Header().Get("request-id"),
			"client-request-id": c.w.Header().Get("client-request-id"),
		},
	}}
}
