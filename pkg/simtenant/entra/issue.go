package entra

import (
	"encoding/base64"

	"github.com/golang-jwt/jwt/v5"
)

// accessClaims are the claims of an app-only access token in its version 1.0,
// which Graph and Exchange ask for whatever endpoint issued it (Microsoft Learn,
// "Access token claims reference").
type accessClaims struct {
	jwt.RegisteredClaims
	// Audience is one text, as the service writes it, and not a list of one.
	Audience       string   `json:"aud"`
	AppDisplayName string   `json:"app_displayname"`
	AppID          string   `json:"appid"`
	AppIDACR       string   `json:"appidacr"`
	IdentityType   string   `json:"idtyp"`
	ObjectID       string   `json:"oid"`
	Roles          []string `json:"roles,omitempty"`
	TenantID       string   `json:"tid"`
	TokenID        string   `json:"uti"`
	Version        string   `json:"ver"`
	DirectoryRoles []string `json:"wids"`
}

// issue signs a token for the app. The audience is the resource as the client
// named it; the roles are the app's permissions for that API.
func (s *Service) issue(app App, audience string) (string, error) {
	api, _ := apiOf(audience)
	now := s.now()
	claims := accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    s.issuer(),
			Subject:   app.ObjectID,
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(s.lifetime)),
		},
		Audience:       audience,
		AppDisplayName: app.DisplayName,
		AppID:          app.ClientID,
		AppIDACR:       "1",
		IdentityType:   "app",
		ObjectID:       app.ObjectID,
		TenantID:       s.tenantID,
		TokenID:        base64.RawURLEncoding.EncodeToString([]byte(s.newID())[:16]),
		Version:        "1.0",
		DirectoryRoles: app.roleTemplates(),
	}
	for _, role := range app.AppRoles {
		if api.has(role) {
			claims.Roles = append(claims.Roles, role)
		}
	}
	return s.signer.sign(claims)
}

// issuer is the issuer of version 1.0 tokens.
func (s *Service) issuer() string {
	return "https://sts.windows.net/" + s.tenantID + "/"
}
