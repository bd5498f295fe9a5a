package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSignInErrors(t *testing.T) {
	const words = "client secret from AZURE_CLIENT_SECRET"
	refuse := func(status int, body string) func(http.ResponseWriter, url.Values) bool {
		return func(w http.ResponseWriter, _ url.Values) bool {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	tests := []struct {
		name   string
		refuse func(http.ResponseWriter, url.Values) bool
		want   SignInError
	}{
		{
			"wrong secret",
			refuse(401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure … Trace ID: t Correlation ID: c Timestamp: 2026-11-23 01:02:03Z","error_codes":[7000215],"correlation_id":"c-1"}`),
			SignInError{Credential: words, Code: "AADSTS7000215", Status: 401, CorrelationID: "c-1", Message: refusals["AADSTS7000215"].message, NextStep: refusals["AADSTS7000215"].nextStep},
		},
		{
			"a code without a sentence of ours",
			refuse(400, `{"error":"invalid_request","error_description":"AADSTS999999: Something\r\nnew. Trace ID: t Correlation ID: c"}`),
			SignInError{Credential: words, Code: "AADSTS999999", Status: 400, Message: "Something new."},
		},
		{
			"no description",
			refuse(400, `{"error":"unauthorized_client"}`),
			SignInError{Credential: words, Status: 400, Message: "the server says unauthorized_client"},
		},
		{
			"a gateway's page",
			refuse(403, "<html>blocked</html>"),
			SignInError{Credential: words, Status: 403, Message: "the answer (HTTP status 403) is not one of Microsoft's sign-in service", NextStep: "Check --cloud, AZURE_AUTHORITY_HOST and the proxy."},
		},
		{
			"busy",
			refuse(503, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred."}`),
			SignInError{Credential: words, Code: "AADSTS90033", Status: 503, Message: "The sign-in service is not available.", NextStep: "Try again later.", Temporary: true},
		},
		{
			"a server that repeats the secret",
			func(w http.ResponseWriter, form url.Values) bool {
				w.WriteHeader(400)
				fmt.Fprintf(w, `{"error":"invalid_request","error_description":"You sent %s, %s and eyJhbGciOi.eyJzdWIi.c2ln"}`, form.Get("client_secret"), form.Encode())
				return true
			},
			SignInError{Credential: words, Status: 400},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newSignInServer(t)
			server.refuse = tt.refuse
			_, err := server.graph(t).Token(t.Context())
			got, ok := errors.AsType[*SignInError](err)
			if !ok {
				t.Fatalf("got %T: %v, want a *SignInError", err, err)
			}
			for _, hidden := range []string{testSecret, url.QueryEscape(testSecret), "eyJ"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, *got), hidden) {
					t.Errorf("%q shows in %v", hidden, err)
				}
			}
			if tt.want.Message == "" {
				return
			}
			if diff := cmp.Diff(tt.want, *got, cmpopts.IgnoreUnexported(SignInError{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownTenant(t *testing.T) {
	// Entra refuses an unknown tenant before it is asked for a token: its configuration can't be read.
	server := newSignInServer(t)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found. Check …","error_codes":[90002]}`)
	})
	_, err := server.graph(t).Token(t.Context())
	got, ok := errors.AsType[*SignInError](err)
	if !ok || got.Code != "AADSTS90002" {
		t.Fatalf("got %T: %v", err, err)
	}
	const want = "sign-in with the client secret from AZURE_CLIENT_SECRET failed: There is no such tenant in this cloud (AADSTS90002). Check --tenant or AZURE_TENANT_ID, and --cloud."
	if got.Error() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnreachableSignInServer(t *testing.T) {
	server := newSignInServer(t)
	source := server.graph(t)
	server.Close()
	_, err := source.Token(t.Context())
	got, ok := errors.AsType[*SignInError](err)
	if !ok || !got.Temporary || got.Status != 0 {
		t.Fatalf("got %T: %+v", err, err)
	}
	if _, ok := errors.AsType[*net.OpError](err); !ok {
		t.Errorf("the network's error is lost: %v", err)
	}
	if !strings.Contains(got.Message, server.URL) {
		t.Errorf("message %q does not name the server", got.Message)
	}
}

func TestSecretIsNotCarriedOverARedirect(t *testing.T) {
	elsewhere := newSignInServer(t)
	server := newSignInServer(t)
	server.refuse = func(w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", elsewhere.URL+"/x/oauth2/v2.0/token")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	if _, err := server.graph(t).Token(context.Background()); err == nil {
		t.Error("a redirect counts as an answer")
	}
	if n := len(elsewhere.requests()); n != 0 {
		t.Errorf("the secret went to another server %d times", n)
	}
}
