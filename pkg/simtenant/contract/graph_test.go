package contract_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

var eventual = header("ConsistencyLevel", "eventual")

// graph sends a request below /v1.0, or to a whole link, and holds it and its
// answer against Microsoft's description.
func (w *wire) graph(t *testing.T, method, target string, body any, options ...option) answer {
	t.Helper()
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	if strings.HasPrefix(target, "/") {
		target = w.srv.URL() + "/v1.0" + escaped(target)
	}
	var sent *http.Request
	options = append([]option{w.as(t, admin, graphScope)}, options...)
	options = append(options, func(r *http.Request) {
		if body != nil && r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "application/json")
		}
		sent = r.Clone(r.Context())
	})
	a := w.send(t, method, target, content, options...)
	if err := w.spec.Check(sent, content, a.status, a.raw); err != nil {
		t.Error(err)
	}
	return a
}

// escaped encodes the values of a query that a test writes as people read it.
func escaped(target string) string {
	path, query, _ := strings.Cut(target, "?")
	var parts []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		parts = append(parts, name+"="+url.QueryEscape(value))
	}
	return strings.TrimSuffix(path+"?"+strings.Join(parts, "&"), "?=")
}

func (w *wire) get(t *testing.T, target string, options ...option) answer {
	t.Helper()
	return w.graph(t, "GET", target, nil, options...)
}

// wantError checks a refusal of Graph; the message is compared by its beginning.
func (a answer) wantError(t *testing.T, status int, code, message string) {
	t.Helper()
	var in struct {
		Error struct {
			Code, Message string
			Inner         struct {
				Date   string
				ID     string `json:"request-id"`
				Client string `json:"client-request-id"`
			} `json:"innerError"`
		}
	}
	_ = json.Unmarshal(a.raw, &in)
	e := in.Error
	if a.status != status || e.Code != code || !strings.HasPrefix(e.Message, message) || e.Inner.Date == "" || e.Inner.ID == "" || e.Inner.Client == "" {
		t.Errorf("got %d %s, want %d %s %q", a.status, a.raw, status, code, message)
	}
}

// id finds an object's id in Graph by the address that it has in Exchange.
func (w *wire) id(t *testing.T, address string) string {
	t.Helper()
	return w.must(t, "Get-Recipient", args{"Identity": address}).column("ExternalDirectoryObjectId")[0]
}

func (w *wire) path(t *testing.T, collection, address string) string {
	t.Helper()
	return "/" + collection + "/" + w.id(t, address)
}

func reference(id string) map[string]any {
	return map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + id}
}

func invitation(address string) map[string]any {
	return map[string]any{"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com"}
}

func (w *wire) invite(t *testing.T, address string) answer {
	t.Helper()
	return w.graph(t, "POST", "/invitations", invitation(address))
}
