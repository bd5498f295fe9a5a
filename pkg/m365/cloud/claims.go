package cloud

import (
	"context"
	"errors"

	tokens "github.com/golang-jwt/jwt/v5"
)

// Claims are what an access token says about who holds it
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
type Claims struct {
	TenantID string   `json:"tid"`   // the tenant's id (GUID)
	Roles    []string `json:"roles"` // the application permissions that the app was granted
	Scopes   string   `json:"scp"`   // delegated permissions; not empty when a person is signed in
}

// TenantID returns the id (GUID) of the tenant that the token is for. It signs
// in if there is no token yet.
func (s *TokenSource) TenantID(ctx context.Context) (string, error) {
	claims, err := s.Claims(ctx)
	if err != nil {
		return "", err
	}
	if claims.TenantID == "" {
		return "", errors.New("the access token does not name its tenant")
	}
	return claims.TenantID, nil
}

// Claims reads the access token. It signs in if there is no token yet.
//
// Microsoft may change the form of its tokens at any time, so that no claim but
// the tenant should decide what is done; what an API answers does.
func (s *TokenSource) Claims(ctx context.Context) (Claims, error) {
	token, err := s.Token(ctx)
	if err != nil {
		return Claims{}, err
	}
	var claims struct {
		tokens.RegisteredClaims
		Claims
	}
	// The signature is for the API to check; this only reads what was just
	// received from the sign-in server itself.
	if _, _, err := tokens.NewParser().ParseUnverified(token, &claims); err != nil {
		return Claims{}, errors.New("the access token does not have the form of a JWT, so the tenant's id is not known") // err may hold parts of the token
	}
	return claims.Claims, nil
}
