package exchange

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Caller is the app behind a request, as its token has it.
type Caller struct {
	ClientID string
	// Permissions are the token's roles, such as "Exchange.ManageAsApp".
	Permissions []string
}

// Unauthorized says why a token is refused, in the words of the answer's
// x-ms-diagnostics header.
type Unauthorized struct {
	Reason   string // such as "The audience claim value is invalid 'aud'."
	Category string // such as "invalid_resource"; default "invalid_token"
}

func (e *Unauthorized) Error() string { return e.Reason }

// classicPermission is the only one that lets an app run commands. The V2
// permission of the documented endpoints does not (observed: bodyless 403).
const (
	classicPermission = "Exchange.ManageAsApp"
	v2Permission      = "Exchange.ManageAsAppV2"
)

// refusal answers who may not come in.
type refusal struct {
	status      int
	challenge   bool
	diagnostics string
	nul         bool // the body is a run of NUL bytes
}

// admit finds out who asks and which roles Exchange gives them. Observed, in
// this order: no grant 401, permission without a role 403, both 200.
func (f *face) admit(r *request) *refusal {
	caller, err := f.opts.Authenticate(r.Request)
	if err != nil {
		return unauthorized(err)
	}
	r.caller = caller
	if len(caller.Permissions) == 0 {
		return &refusal{status: http.StatusUnauthorized, challenge: true}
	}
	wanted := classicPermission
	if r.endpoint.version == "v2.0" {
		wanted = v2Permission
	}
	if !slices.Contains(caller.Permissions, wanted) {
		return &refusal{status: http.StatusForbidden}
	}
	if !f.isTenant(r.endpoint.tenant) {
		return &refusal{status: http.StatusForbidden, diagnostics: `2000012;reason="The tenant in the URL is not the token's.";error_category="invalid_tenant"`}
	}
	if app, ok := f.dir.App(caller.ClientID); ok {
		r.rights = rightsOf(app.ExchangeRoles)
	}
	if len(r.rights) == 0 {
		return &refusal{status: http.StatusForbidden, nul: true}
	}
	r.server, r.home = f.serverFor(r)
	return nil
}

// isTenant accepts the tenant's id and each of its domains.
func (f *face) isTenant(name string) bool {
	return strings.EqualFold(name, f.dir.Tenant().ID.String()) || f.dir.IsAcceptedDomain(name)
}

func unauthorized(err error) *refusal {
	reason, category := err.Error(), "invalid_token"
	var u *Unauthorized
	if errors.As(err, &u) && u.Category != "" {
		category = u.Category
	}
	return &refusal{
		status: http.StatusUnauthorized, challenge: true,
		diagnostics: fmt.Sprintf("2000003;reason=%q;error_category=%q", reason, category),
	}
}

// nulBody is the body of a 403 as it was captured: 470 NUL bytes.
var nulBody = make([]byte, 470)

// write sends the refusal. Every other 403 of NUL bytes claims to be gzip,
// which it is not: both were observed.
func (e *refusal) write(w http.ResponseWriter, r *request) {
	h := w.Header()
	if e.diagnostics != "" {
		h.Set("X-Ms-Diagnostics", e.diagnostics)
	}
	if e.challenge {
		// Observed on EWS behind the same front door.
		h.Set("WWW-Authenticate", `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token",Basic Realm=""`)
	}
	h.Set("X-Backendhttpstatus", fmt.Sprint(e.status))
	if !e.nul {
		h.Set("Content-Length", "0")
		w.WriteHeader(e.status)
		return
	}
	h.Set("Content-Type", "application/json")
	if r.number%2 == 0 {
		h.Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(e.status)
	_, _ = w.Write(nulBody)
}
