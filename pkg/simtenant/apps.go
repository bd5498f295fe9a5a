package simtenant

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"
)

// signInApps gives the organisation's apps the form that sign-in knows.
func signInApps(apps []directory.App) ([]entra.App, error) {
	known := make([]entra.App, 0, len(apps))
	for _, app := range apps {
		a, err := signInApp(app)
		if err != nil {
			return nil, fmt.Errorf("app %s: %w", app.ClientID, err)
		}
		known = append(known, a)
	}
	return known, nil
}

func signInApp(app directory.App) (entra.App, error) {
	a := entra.App{
		ClientID:    app.ClientID,
		DisplayName: app.Name,
		Secret:      app.Secret,
		AppRoles:    app.AppRoles,
	}
	for _, role := range app.ExchangeRoles {
		// The names of Entra's directory roles end so; those of Exchange's own roles do not.
		if strings.HasSuffix(role, " Administrator") || strings.HasSuffix(role, " Reader") {
			a.DirectoryRoles = append(a.DirectoryRoles, role)
		}
	}
	for _, text := range app.Certificates {
		certificates, err := entra.ParseCertificates([]byte(text))
		if err != nil {
			return entra.App{}, err
		}
		a.Certificates = append(a.Certificates, certificates...)
	}
	for _, trust := range app.FederatedCredentials {
		credential := entra.FederatedCredential{Issuer: trust.Issuer, Subject: trust.Subject, Audience: trust.Audience}
		if len(trust.Keys) > 0 {
			key, err := firstRSAKey(trust.Keys)
			if err != nil {
				return entra.App{}, fmt.Errorf("keys of issuer %s: %w", trust.Issuer, err)
			}
			credential.Key = key
		}
		a.Federated = append(a.Federated, credential)
	}
	return a, nil
}

// firstRSAKey reads the first RSA key of a JSON Web Key Set (RFC 7517).
func firstRSAKey(set json.RawMessage) (*rsa.PublicKey, error) {
	var in struct {
		Keys []struct{ Kty, N, E string } `json:"keys"`
	}
	if err := json.Unmarshal(set, &in); err != nil {
		return nil, fmt.Errorf("not a JSON Web Key Set: %w", err)
	}
	for _, k := range in.Keys {
		if k.Kty != "RSA" {
			continue
		}
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if err := errors.Join(errN, errE); err != nil {
			return nil, err
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
	}
	return nil, errors.New("there is no RSA key among them")
}
