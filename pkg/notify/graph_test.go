package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func noGraph(context.Context) (Graph, error) { return Graph{}, errors.New("no credentials") }

// graphAnswering is a Graph that notes what it is sent, and answers with a
// status and an error code.
func graphAnswering(t *testing.T, status int, code string) (o Options, path *string, body *object) {
	path, body = new(string), &object{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer the-token" {
			t.Errorf("sent with %q", r.Header.Get("Authorization"))
		}
		*path = r.URL.EscapedPath()
		sent, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(sent, body); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error": {"code": "`+code+`", "message": "about hr@contoso.example"}}`)
	}))
	t.Cleanup(server.Close)
	return Options{
		From: "enlist <enlist@contoso.example>", To: []string{"Ada <ada@contoso.example>"},
		Graph: func(context.Context) (Graph, error) {
			return Graph{BaseURL: server.URL + "/v1.0", Token: func(context.Context) (string, error) { return "the-token", nil }}, nil
		},
	}, path, body
}

func TestMailThroughGraph(t *testing.T) {
	options, path, body := graphAnswering(t, http.StatusAccepted, "")
	if err := newNotifier(t, options).Ended(t.Context(), badNews()); err != nil {
		t.Fatal(err)
	}
	if want := "/v1.0/users/enlist@contoso.example/sendMail"; *path != want {
		t.Errorf("posted to %s, want %s", *path, want)
	}
	want := object{
		"message": map[string]any{
			"subject": "enlist: 5 of 120 rows are not as wanted",
			"body":    map[string]any{"contentType": "Text", "content": badNews().text()},
			"toRecipients": []any{
				map[string]any{"emailAddress": map[string]any{"address": "ada@contoso.example", "name": "Ada"}},
			},
		},
		"saveToSentItems": false,
	}
	if diff := cmp.Diff(want, *body); diff != "" {
		t.Error(diff)
	}
}

func TestWhyGraphSendsNoMail(t *testing.T) {
	for _, tt := range []struct {
		status     int
		code, want string
	}{
		{http.StatusForbidden, "ErrorAccessDenied", "may not send mail as enlist@contoso.example: give it the permission Mail.Send"},
		{http.StatusNotFound, "ErrorInvalidUser", "enlist@contoso.example has no mailbox"},
		{http.StatusBadRequest, "ErrorInvalidRecipients", "HTTP status 400 (ErrorInvalidRecipients)"},
	} {
		options, _, _ := graphAnswering(t, tt.status, tt.code)
		err := newNotifier(t, options).Ended(t.Context(), badNews())
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "the-token") {
			t.Errorf("got %v", err)
		}
	}
	err := newNotifier(t, Options{From: "a@b.example", To: []string{"c@d.example"}, Graph: noGraph}).Ended(t.Context(), badNews())
	if err == nil || !strings.Contains(err.Error(), "no credentials") {
		t.Errorf("got %v", err)
	}
}
