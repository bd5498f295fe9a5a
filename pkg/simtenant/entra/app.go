package entra

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// App is an application registration together with its service principal.
type App struct {
	// ClientID is the application's GUID.
	ClientID string
	// ObjectID is the service principal's GUID; derived from ClientID when empty.
	ObjectID string
	// DisplayName defaults to "enlist".
	DisplayName string
	// Secret is the client secret; empty means that none is registered.
	Secret string
	// SecretExpires is when Secret stops working; never when zero.
	SecretExpires time.Time
	// Certificates whose private keys may sign assertions.
	Certificates []*x509.Certificate
	// Federated are the workload identities that the application trusts.
	Federated []FederatedCredential
	// AppRoles are the granted application permissions by name, for example
	// "Exchange.ManageAsApp" or "OrgContact.Read.All". The name tells the API.
	AppRoles []string
	// DirectoryRoles are Entra roles by display name, for example "Exchange
	// Administrator", or by template id. They travel in the claim "wids".
	DirectoryRoles []string
}

// FederatedCredential is the trust in tokens of another issuer
// (Microsoft Learn, "Workload identity federation").
type FederatedCredential struct {
	Issuer   string
	Subject  string
	Audience string // "api://AzureADTokenExchange" when empty
	// Key verifies the token's signature. The service fetches it from the issuer;
	// a simulation has no network, so without a key the signature is not checked.
	Key crypto.PublicKey
}

const defaultFederatedAudience = "api://AzureADTokenExchange"

// servicePrincipals is the name space in which object ids are derived from
// client ids, so that the same seed always gives the same ids.
var servicePrincipals = uuid.MustParse("6b1f1c0e-7a52-4c1b-9d0e-0f6a8f5b7c11")

func (a App) withDefaults() App {
	if a.ObjectID == "" {
		a.ObjectID = uuid.NewSHA1(servicePrincipals, []byte(a.ClientID)).String()
	}
	if a.DisplayName == "" {
		a.DisplayName = "enlist"
	}
	return a
}

// ParseCertificates reads every CERTIFICATE block of a PEM text. Other blocks,
// such as the private key that often stands beside it, are skipped.
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for {
		var block *pem.Block
		block, text = pem.Decode(text)
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("parse certificate: %w", err)
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, errors.New("no CERTIFICATE block in the PEM text")
	}
	return found, nil
}

// directoryRoleTemplates are the roles that work app-only in Exchange Online
// (Microsoft Learn, "App-only authentication", step 5) with their template ids
// (Microsoft Learn, "Microsoft Entra built-in roles").
var directoryRoleTemplates = map[string]string{
	"Compliance Administrator":         "17315797-102d-40b4-93e0-432062caca18",
	"Exchange Administrator":           "29232cdf-9323-42fd-ade2-1d097af3e4de",
	"Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
	"Global Administrator":             "62e90394-69f5-4237-9190-012177145e10",
	"Global Reader":                    "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
	"Helpdesk Administrator":           "729827e3-9c14-49f7-bb1b-9608f156bbb8",
	"Security Administrator":           "194ae4cb-b126-40b2-bd5b-6091b380977d",
	"Security Reader":                  "5d6b6bb7-de71-4623-b4af-95380a352509",
}

// tokenRole is in the "wids" of every app-only token.
const tokenRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"

func (a App) roleTemplates() []string {
	ids := make([]string, 0, len(a.DirectoryRoles)+1)
	for _, role := range a.DirectoryRoles {
		if id, known := directoryRoleTemplates[role]; known {
			role = id
		}
		ids = append(ids, role)
	}
	return append(ids, tokenRole)
}

// String keeps the secret out of logs.
func (a App) String() string { return "app " + a.ClientID }

// GoString keeps the secret out of logs.
func (a App) GoString() string { return a.String() }
