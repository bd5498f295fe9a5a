package graph

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"

	"github.com/google/uuid"
)

// Config wires the face to the rest of the tenant.
type Config struct {
	// Directory is what is served; required.
	Directory *directory.Directory
	// Authenticate finds the application behind a request; required. Its errors
	// are those of [entra.Service.Authenticate].
	Authenticate func(*http.Request) (*entra.Caller, error)
	// Stats is told of every request; may be nil.
	Stats Stats
	// Around is put around every single request and around every item of a
	// $batch, but not around the $batch itself: limits and faults act on items.
	// May be nil.
	Around func(http.Handler) http.Handler
	// Sent is told of each mail that is sent; may be nil.
	Sent func(Mail)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// NewID makes ids of requests and invitations; random ones when nil.
	NewID func() string
	// DeltaLifetime is how long a delta link works; 7 days when zero, as in the
	// service.
	DeltaLifetime time.Duration
	// InvitationsRestricted makes POST /invitations refuse applications, as it
	// does where only administrators may invite.
	InvitationsRestricted bool
}

// Stats counts what was asked.
type Stats interface {
	// Batch is called for every $batch.
	Batch()
	// Graph is called for every other request and every item of a $batch, also
	// for those that are refused by what is put around them.
	Graph()
}

type noStats struct{}

func (noStats) Batch() {}
func (noStats) Graph() {}

// root is where the service's version 1.0 lives.
const root = "/v1.0"

type api struct {
	Config
	// single serves one request, or one item of a $batch.
	single http.Handler
}

// New makes the handler of everything under /v1.0.
func New(cfg Config) http.Handler {
	a := &api{Config: cfg}
	if a.Now == nil {
		a.Now = time.Now
	}
	if a.NewID == nil {
		a.NewID = uuid.NewString
	}
	if a.Stats == nil {
		a.Stats = noStats{}
	}
	if a.DeltaLifetime <= 0 {
		a.DeltaLifetime = defaultDeltaLifetime
	}
	inner := a.routes()
	if cfg.Around != nil {
		inner = cfg.Around(inner)
	}
	a.single = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.Stats.Graph()
		inner.ServeHTTP(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == root+"/$batch" {
			a.batch(w, r)
			return
		}
		a.single.ServeHTTP(w, r)
	})
}

// endpoint answers a request that was admitted.
type endpoint func(*call) error

// method is what one HTTP method does at a path, and for whom.
type method struct {
	// roles are the application permissions of which the caller needs one.
	roles []string
	run   endpoint
}

// methods maps HTTP methods to what they do.
type methods map[string]method

func (a *api) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range paths {
		mux.Handle(root+pattern, a.serve(serve))
	}
	mux.Handle("/", a.serve(nil))
	return plainPaths(mux)
}

// paths is all that is served. A path that is missing here is unknown, a method
// that is missing not allowed, as it is for every write to contacts.
var paths = map[string]methods{
	"/organization": {"GET": {organizationReaders, listOrganization}},

	"/contacts":               {"GET": {contactReaders, listContacts}},
	"/contacts/$count":        {"GET": {contactReaders, countContacts}},
	"/contacts/{id}":          {"GET": {contactReaders, getContact}},
	"/contacts/{id}/memberOf": {"GET": {contactReaders, contactMemberOf}},
	"/contacts/delta":         {"GET": {contactReaders, contactsDelta}},

	"/groups":        {"GET": {groupReaders, listGroups}, "POST": {groupWriters, createGroup}},
	"/groups/$count": {"GET": {groupReaders, countGroups}},
	"/groups/delta":  {"GET": {groupReaders, groupsDelta}},
	"/groups/{id}":   {"GET": {groupReaders, getGroup}, "PATCH": {memberWriters, patchGroup}},

	"/groups/{id}/onPremisesSyncBehavior": {"GET": {authorityReaders, groupSyncBehavior}},

	"/groups/{id}/memberOf":              {"GET": {groupReaders, groupMemberOf}},
	"/groups/{id}/members":               {"GET": {groupReaders, listMembers}},
	"/groups/{id}/members/$count":        {"GET": {groupReaders, countMembers}},
	"/groups/{id}/members/{cast}":        {"GET": {groupReaders, listMembersOfType}},
	"/groups/{id}/members/$ref":          {"POST": {memberWriters, addMember}},
	"/groups/{id}/members/{member}/$ref": {"DELETE": {memberWriters, removeMember}},

	"/users":               {"GET": {userReaders, listUsers}},
	"/users/$count":        {"GET": {userReaders, countUsers}},
	"/users/delta":         {"GET": {userReaders, usersDelta}},
	"/users/{id}":          {"GET": {userReaders, getUser}, "DELETE": {userWriters, deleteUser}},
	"/users/{id}/memberOf": {"GET": {userReaders, userMemberOf}},

	"/users/{id}/sendMail": {"POST": {nil, sendMail}}, // it refuses in its own way

	"/invitations":               {"POST": {inviters, invite}},
	"/directoryObjects/getByIds": {"POST": {objectReaders, getByIDs}},
}

// plainPaths rewrites the longer forms of a path, which the service takes as
// well, to the plain one: "groups('id')" to "groups/id", "delta()" and
// "microsoft.graph.delta" to "delta".
func plainPaths(next http.Handler) http.Handler {
	rewrite := strings.NewReplacer("('", "/", "')", "", "/microsoft.graph.delta", "/delta", "/microsoft.graph.getByIds", "/getByIds")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimSuffix(rewrite.Replace(r.URL.Path), "()")
		if path != r.URL.Path {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = path, ""
		}
		next.ServeHTTP(w, r)
	})
}

// serve admits a request, runs its endpoint and writes the refusal if there is one.
func (a *api) serve(ms methods) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := newCall(a, w, r)
		if err := c.run(ms); err != nil {
			c.refuse(err)
		}
	})
}

func (c *call) run(ms methods) error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if ms == nil {
		return c.unknownPath()
	}
	m, ok := ms[c.r.Method]
	if !ok {
		return methodNotAllowed()
	}
	if m.roles != nil && !c.caller.HasRole(m.roles...) {
		return denied()
	}
	return m.run(c)
}

// unknownPath names the segment that the service doesn't know: the collection,
// or else what is asked of it.
func (c *call) unknownPath() error {
	rest, ok := strings.CutPrefix(c.r.URL.Path, root+"/")
	if !ok {
		version, _, _ := strings.Cut(strings.TrimPrefix(c.r.URL.Path, "/"), "/")
		return badSyntax("Invalid version: %s", version)
	}
	segments := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if !slices.Contains(collections, segments[0]) {
		return unknownSegment(segments[0])
	}
	return unknownSegment(segments[len(segments)-1])
}

var collections = []string{"contacts", "groups", "users", "organization", "directoryObjects", "invitations"}

// authenticate finds the caller. The texts are those of Graph's 401 answers.
func (c *call) authenticate() error {
	caller, err := c.api.Authenticate(c.r)
	if err == nil {
		c.caller = caller
		return nil
	}
	message := "Access token validation failure."
	switch {
	case errors.Is(err, entra.ErrNoToken):
		message = "Access token is empty."
	case errors.Is(err, entra.ErrExpired):
		message = "Lifetime validation failed, the token is expired."
	case errors.Is(err, entra.ErrAudience):
		message = "Access token validation failure. Invalid audience."
	case errors.Is(err, entra.ErrSignature):
		message = "Access token validation failure. Invalid signature."
	case errors.Is(err, entra.ErrMalformed):
		message = "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."
	}
	refusal := refuse(http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", message)
	refusal.Header = http.Header{"Www-Authenticate": {
		`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
	}}
	return refusal
}
