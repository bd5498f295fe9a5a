package cloud

import (
	"context"
	"errors"

	tokens "github.com/golang-jwt/jwt/v5"
)

// TenantID returns the id (GUID) of the tenant that the token is for, from the
// token's claim tid (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
// It signs in if there is no token yet.
func (s *TokenSource) TenantID(ctx context.Context) (string, error) {
	token, err := s.Token(ctx)
	if err != nil {
		return "", err
	}
	var claims struct {
		tokens.RegisteredClaims
		TenantID string `json:"tid"`
	}
	// The signature is for the API to check; this only reads what was just
	// received from the sign-in server itself.
	if _, _, err := tokens.NewParser().ParseUnverified(token, &claims); err != nil {
		return "", errors.New("the access token does not have the form of a JWT, so the tenant's id is not known") // err may hold parts of the token
	}
	if claims.TenantID == "" {
		return "", errors.New("the access token does not name its tenant")
	}
	return claims.TenantID, nil
}
