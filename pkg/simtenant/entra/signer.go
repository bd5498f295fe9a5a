package entra

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is defined as SHA-1 (RFC 7517, 4.8).
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signer holds the service's signing key and the self-signed certificate under
// which it is published.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte // DER
	keyID       string
}

func newSigner(key *rsa.PrivateKey) (*signer, error) {
	if key == nil {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("make a signing key: %w", err)
		}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "accounts.accesscontrol.windows.net"},
		// Fixed dates: the certificate only carries the key, and the same key
		// must always have the same id.
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a signing certificate: %w", err)
	}
	thumbprint := sha1.Sum(der) //nolint:gosec // see the import
	return &signer{key: key, certificate: der, keyID: base64.RawURLEncoding.EncodeToString(thumbprint[:])}, nil
}

func (s *signer) sign(claims jwt.Claims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = s.keyID
	token.Header["x5t"] = s.keyID
	return token.SignedString(s.key)
}

// jwk is the public key in the form of RFC 7517, with the members that the
// service publishes.
func (s *signer) jwk() map[string]any {
	public := s.key.PublicKey
	return map[string]any{
		"kty": "RSA",
		"use": "sig",
		"kid": s.keyID,
		"x5t": s.keyID,
		"n":   base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e":   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
		"x5c": []string{base64.StdEncoding.EncodeToString(s.certificate)},
	}
}
