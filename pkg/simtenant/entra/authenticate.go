package entra

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Caller is the application behind a request.
type Caller struct {
	TenantID    string
	ClientID    string
	ObjectID    string
	DisplayName string
	// Roles are the application permissions for the API that was called.
	Roles []string
	// DirectoryRoles are template ids of Entra roles.
	DirectoryRoles []string
	ExpiresAt      time.Time
}

// HasRole tells whether the caller was granted one of the permissions.
func (c *Caller) HasRole(anyOf ...string) bool {
	return slices.ContainsFunc(anyOf, func(role string) bool { return slices.Contains(c.Roles, role) })
}

// Reasons why [Service.Authenticate] refuses a request.
var (
	ErrNoToken   = errors.New("the request has no bearer token")
	ErrMalformed = errors.New("the token is not a JWT of this service")
	ErrSignature = errors.New("the token's signature is not of this service")
	ErrExpired   = errors.New("the token's lifetime is over, or has not begun")
	ErrAudience  = errors.New("the token was issued for another API")
	ErrTenant    = errors.New("the token was issued for another tenant")
)

// Authenticate finds out who sent the request to the API. The error is one of
// the reasons above. The Caller is shared between requests: read only.
func (s *Service) Authenticate(r *http.Request, api Resource) (*Caller, error) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, ErrNoToken
	}
	known, ok := s.verified.get(token)
	if !ok {
		var err error
		if known, err = s.verify(token); err != nil {
			return nil, err
		}
		s.verified.put(token, known)
	}
	if known.api != api {
		return nil, ErrAudience
	}
	if !s.now().Before(known.caller.ExpiresAt) {
		return nil, ErrExpired
	}
	return known.caller, nil
}

// verify checks everything of a token but its expiry, which changes with time.
func (s *Service) verify(token string) (verifiedToken, error) {
	var claims accessClaims
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return s.signer.key.Public(), nil })
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return verifiedToken{}, ErrSignature
	case err != nil || claims.ExpiresAt == nil:
		return verifiedToken{}, ErrMalformed
	case claims.Issuer != s.issuer() || claims.TenantID != s.tenantID:
		return verifiedToken{}, ErrTenant
	}
	api, _ := apiOf(claims.Audience)
	return verifiedToken{
		api: api,
		caller: &Caller{
			TenantID:       claims.TenantID,
			ClientID:       claims.AppID,
			ObjectID:       claims.ObjectID,
			DisplayName:    claims.AppDisplayName,
			Roles:          claims.Roles,
			DirectoryRoles: claims.DirectoryRoles,
			ExpiresAt:      claims.ExpiresAt.Time,
		},
	}, nil
}

type verifiedToken struct {
	api    Resource
	caller *Caller
}

// verifiedTokens remembers tokens whose signature was checked: the check costs
// more than a simulated command does.
type verifiedTokens struct {
	mu      sync.RWMutex
	byToken map[string]verifiedToken
}

// maxVerifiedTokens bounds the memory; a run uses a handful of tokens.
const maxVerifiedTokens = 1000

func (v *verifiedTokens) get(token string) (verifiedToken, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	known, ok := v.byToken[token]
	return known, ok
}

func (v *verifiedTokens) put(token string, known verifiedToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byToken == nil || len(v.byToken) >= maxVerifiedTokens {
		v.byToken = make(map[string]verifiedToken)
	}
	v.byToken[token] = known
}
