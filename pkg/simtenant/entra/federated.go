package entra

import (
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

// federatedAlgorithms are the signatures that an outside issuer may use.
var federatedAlgorithms = []string{"RS256"}

// checkFederated looks for a federated credential with the token's issuer, then
// subject, then audience, and says which of them was the first to match none.
func (s *Service) checkFederated(app App, assertion string, claims jwt.RegisteredClaims) error {
	if err := s.checkTimes(claims); err != nil {
		return err
	}
	candidates := matching(app.Federated, func(c FederatedCredential) bool { return c.Issuer == claims.Issuer })
	if len(candidates) == 0 {
		return noFederatedRecord(700211, "issuer", claims.Issuer)
	}
	candidates = matching(candidates, func(c FederatedCredential) bool { return c.Subject == claims.Subject })
	if len(candidates) == 0 {
		return noFederatedRecord(700213, "subject", claims.Subject)
	}
	candidates = matching(candidates, func(c FederatedCredential) bool {
		if c.Audience == "" {
			c.Audience = defaultFederatedAudience
		}
		return slices.Contains(claims.Audience, c.Audience)
	})
	if len(candidates) == 0 {
		return noFederatedRecord(700212, "audience", claims.Audience[0])
	}
	key := candidates[0].Key
	if key == nil {
		return nil
	}
	parser := jwt.NewParser(jwt.WithValidMethods(federatedAlgorithms), jwt.WithoutClaimsValidation())
	if _, err := parser.Parse(assertion, func(*jwt.Token) (any, error) { return key, nil }); err != nil {
		return badSignature(app.ClientID, "")
	}
	return nil
}

func matching(credentials []FederatedCredential, ok func(FederatedCredential) bool) []FederatedCredential {
	var found []FederatedCredential
	for _, credential := range credentials {
		if ok(credential) {
			found = append(found, credential)
		}
	}
	return found
}
