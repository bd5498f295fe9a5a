package entra

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // x5t is defined as SHA-1 (RFC 7515, 4.1.7).
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// clockSkew is how far a client's clock may be off. The service allows five
// minutes.
const clockSkew = 5 * time.Minute

// certificateAlgorithms are the signatures that the service takes from a
// certificate (Microsoft Learn, "Microsoft identity platform application
// authentication certificate credentials").
var certificateAlgorithms = []string{"RS256", "RS384", "RS512", "PS256"}

// checkAssertion verifies a client assertion: one signed by a certificate of the
// application when the application is its issuer, a federated token otherwise.
func (s *Service) checkAssertion(app App, assertion, host string) error {
	claims := jwt.RegisteredClaims{}
	token, _, err := jwt.NewParser().ParseUnverified(assertion, &claims)
	if err != nil {
		return malformedAssertion()
	}
	if claims.Issuer == "" {
		return missingClaim("iss")
	}
	if len(claims.Audience) == 0 {
		return missingClaim("aud")
	}
	if claims.Issuer != claims.Subject && len(app.Federated) > 0 {
		return s.checkFederated(app, assertion, claims)
	}
	return s.checkCertificate(app, assertion, token, claims, host)
}

func (s *Service) checkCertificate(app App, assertion string, token *jwt.Token, claims jwt.RegisteredClaims, host string) error {
	if !strings.EqualFold(claims.Issuer, app.ClientID) || !strings.EqualFold(claims.Subject, app.ClientID) {
		return otherIdentifier()
	}
	if !s.isOwnAudience(claims.Audience, host) {
		return wrongAssertionAudience()
	}
	if claims.ID == "" {
		return missingClaim("jti")
	}
	if err := s.checkTimes(claims); err != nil {
		return err
	}
	sha1Print, sha256Print := thumbprints(token.Header)
	if sha1Print == nil && sha256Print == nil {
		return noThumbprint()
	}
	certificate := app.certificate(sha1Print, sha256Print)
	shown := strings.ToUpper(hex.EncodeToString(append(sha1Print, sha256Print...)))
	if certificate == nil {
		return keyNotFound(app.ClientID, shown)
	}
	if now := s.now(); now.After(certificate.NotAfter) || now.Before(certificate.NotBefore) {
		return expiredKey(shown, certificate.NotBefore, certificate.NotAfter)
	}
	return verifySignature(assertion, token.Method.Alg(), certificate, badSignature(app.ClientID, shown))
}

func verifySignature(assertion, alg string, certificate *x509.Certificate, refusal *oauthError) error {
	parser := jwt.NewParser(jwt.WithValidMethods(certificateAlgorithms), jwt.WithoutClaimsValidation())
	_, err := parser.Parse(assertion, func(*jwt.Token) (any, error) { return certificate.PublicKey, nil })
	if err == nil {
		return nil
	}
	for _, supported := range certificateAlgorithms {
		if alg == supported {
			return refusal
		}
	}
	return unsupportedAlgorithm(alg)
}

// checkTimes wants an expiry, and now to lie between the two bounds.
func (s *Service) checkTimes(claims jwt.RegisteredClaims) error {
	if claims.ExpiresAt == nil {
		return missingClaim("exp")
	}
	from, until, now := time.Time{}, claims.ExpiresAt.Time, s.now()
	if claims.NotBefore != nil {
		from = claims.NotBefore.Time
	}
	if now.After(until.Add(clockSkew)) || now.Before(from.Add(-clockSkew)) {
		return outsideTimeRange(now, from, until)
	}
	return nil
}

// isOwnAudience tells whether an assertion was made for this tenant's token
// endpoint or issuer, under this host's name or the worldwide one.
func (s *Service) isOwnAudience(audiences []string, host string) bool {
	for _, audience := range audiences {
		u, err := url.Parse(audience)
		if err != nil || u.Scheme != "https" || (u.Host != host && u.Host != globalAuthority) {
			continue
		}
		tenant, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if !s.isTenant(tenant) {
			continue
		}
		switch rest {
		case "oauth2/v2.0/token", "oauth2/token", "v2.0":
			return true
		}
	}
	return false
}

// thumbprints reads the header's x5t and x5t#S256. MSAL for Go pads them and
// uses the standard alphabet, RFC 7515 wants neither.
func thumbprints(header map[string]any) (sha1Print, sha256Print []byte) {
	decode := func(name string) []byte {
		text, _ := header[name].(string)
		text = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(raw) == 0 {
			return nil
		}
		return raw
	}
	return decode("x5t"), decode("x5t#S256")
}

// certificate finds the registered certificate with the given thumbprints; where
// both are given, both must be its own.
func (a App) certificate(sha1Print, sha256Print []byte) *x509.Certificate {
	for _, candidate := range a.Certificates {
		short, long := sha1.Sum(candidate.Raw), sha256.Sum256(candidate.Raw) //nolint:gosec // see the import
		if sha1Print != nil && !bytes.Equal(sha1Print, short[:]) {
			continue
		}
		if sha256Print != nil && !bytes.Equal(sha256Print, long[:]) {
			continue
		}
		return candidate
	}
	return nil
}
