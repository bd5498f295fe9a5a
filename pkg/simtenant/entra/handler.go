package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// globalAuthority is the host of the worldwide cloud. Clients that were told of
// the simulation by other means (a proxy, a hosts file) still speak of it.
const globalAuthority = "login.microsoftonline.com"

// Handler serves the sign-in endpoints under the service's own paths:
//
//	GET  /{tenant}/v2.0/.well-known/openid-configuration
//	GET  /{tenant}/discovery/v2.0/keys
//	POST /{tenant}/oauth2/v2.0/token
//	GET  /common/discovery/instance
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /common/discovery/instance", s.instance)
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", s.openIDConfiguration)
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", s.keys)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.token)
	return mux
}

// isShared tells whether a tenant segment is one of the endpoints that every
// tenant shares. They serve metadata, but no app-only token.
func isShared(tenant string) bool {
	return tenant == "common" || tenant == "organizations"
}

func (s *Service) openIDConfiguration(w http.ResponseWriter, r *http.Request) {
	tenant := r.PathValue("tenant")
	issuerTenant := s.tenantID
	switch {
	case isShared(tenant):
		issuerTenant = "{tenantid}"
	case !s.isTenant(tenant):
		s.refuse(w, r, unknownTenant("invalid_tenant", tenant))
		return
	}
	base := "https://" + r.Host
	writeJSON(w, http.StatusOK, map[string]any{
		"authorization_endpoint":                base + "/" + tenant + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/" + tenant + "/oauth2/v2.0/token",
		"jwks_uri":                              base + "/" + tenant + "/discovery/v2.0/keys",
		"issuer":                                base + "/" + issuerTenant + "/v2.0",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "nonce", "tid", "ver"},
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "microsoftonline.com",
		"msgraph_host":                          "graph.microsoft.com",
	})
}

func (s *Service) keys(w http.ResponseWriter, r *http.Request) {
	if tenant := r.PathValue("tenant"); !isShared(tenant) && !s.isTenant(tenant) {
		s.refuse(w, r, unknownTenant("invalid_tenant", tenant))
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": []any{s.signer.jwk()}})
}

// instance answers "is this authority one of ours?", which MSAL asks before it
// sends credentials to a host that it does not know.
func (s *Service) instance(w http.ResponseWriter, r *http.Request) {
	asked, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	if err != nil || (asked.Host != r.Host && asked.Host != globalAuthority) {
		s.refuse(w, r, unknownInstance())
		return
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(asked.Path, "/"), "/")
	writeJSON(w, http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": "https://" + r.Host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": asked.Host,
			"preferred_cache":   asked.Host,
			"aliases":           []string{asked.Host},
		}},
	})
}

// refuse writes an error as the service does: the code in three places and the
// trace lines inside the description.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *oauthError
	if !errors.As(err, &refusal) {
		refusal = &oauthError{Status: http.StatusInternalServerError, OAuth: "server_error", Code: 90033, Message: "A transient error has occurred. Please try again."}
	}
	trace, correlation := s.newID(), r.Header.Get("client-request-id")
	if correlation == "" {
		correlation = s.newID()
	}
	stamp := s.now().UTC().Format(time.DateTime) + "Z"
	writeJSON(w, refusal.Status, map[string]any{
		"error": refusal.OAuth,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			refusal.Code, refusal.Message, trace, correlation, stamp),
		"error_codes":    []int{refusal.Code},
		"timestamp":      stamp,
		"trace_id":       trace,
		"correlation_id": correlation,
		"error_uri":      fmt.Sprintf("https://%s/error?code=%d", globalAuthority, refusal.Code),
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(body)
}
