package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Seed describes an organisation, as JSON. It is what a tenant starts from and
// what [Directory.Export] gives back.
type Seed struct {
	Tenant   SeedTenant    `json:"tenant"`
	Apps     []App         `json:"apps,omitempty"`
	Contacts []SeedContact `json:"contacts"`
	Users    []SeedUser    `json:"users"`
	Groups   []SeedGroup   `json:"groups"`
}

// SeedTenant is the organisation itself. Without an id one is derived from the
// domain.
type SeedTenant struct {
	ID              string   `json:"id,omitempty"`
	Domain          string   `json:"domain"`
	AcceptedDomains []string `json:"accepted_domains"`
}

// App is an application registered in the organisation.
type App struct {
	ClientID string `json:"client_id"`
	Name     string `json:"name,omitempty"`
	Secret   string `json:"secret,omitempty"`
	// Certificates are X.509 certificates in PEM, whose keys may sign the app's assertions.
	Certificates []string `json:"certificates,omitempty"`
	// FederatedCredentials are the foreign identities that may sign in as the app.
	FederatedCredentials []FederatedCredential `json:"federated_credentials,omitempty"`
	// AppRoles are the granted application permissions of all APIs, such as
	// "Exchange.ManageAsApp" or "OrgContact.Read.All".
	AppRoles []string `json:"app_roles"`
	// ExchangeRoles are names of Exchange's management roles, of its role groups,
	// or of the Entra directory roles that stand for one.
	ExchangeRoles []string `json:"exchange_roles"`
}

// String keeps the secret out of logs.
func (a App) String() string { return "app " + a.ClientID }

// GoString keeps the secret out of logs.
func (a App) GoString() string { return a.String() }

// FederatedCredential trusts the tokens that an issuer makes for a subject.
type FederatedCredential struct {
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"`
	Audience string `json:"audience,omitempty"` // default: api://AzureADTokenExchange
	// Keys is the issuer's JSON Web Key Set, since the simulated tenant fetches nothing.
	Keys json.RawMessage `json:"keys,omitempty"`
}

// SeedContact is a mail contact. Email is its external address.
type SeedContact struct {
	ID             string            `json:"id,omitempty"`
	Name           string            `json:"name,omitempty"` // default: the display name, or the address
	DisplayName    string            `json:"display_name,omitempty"`
	Alias          string            `json:"alias,omitempty"`
	Email          string            `json:"email"`
	ProxyAddresses []string          `json:"proxy_addresses,omitempty"` // besides Email
	Hidden         bool              `json:"hidden,omitempty"`
	Synced         bool              `json:"on_premises_synced,omitempty"`
	SoftDeleted    bool              `json:"soft_deleted,omitempty"` // can be restored, and holds its addresses until then
	Attributes     map[string]string `json:"attributes,omitempty"`   // Exchange's names, such as "Department"
	// RequireSenderAuthentication refuses mail from outside.
	RequireSenderAuthentication bool     `json:"require_sender_authentication,omitempty"`
	AllowedSenders              []string `json:"allowed_senders,omitempty"`
	RejectedSenders             []string `json:"rejected_senders,omitempty"`
}

// SeedUser is a mailbox (mailbox, shared, room), a mail user or a guest. For the
// last two the address is outside the organisation.
type SeedUser struct {
	ID             string            `json:"id,omitempty"`
	Kind           string            `json:"kind"`
	Name           string            `json:"name,omitempty"`
	DisplayName    string            `json:"display_name"`
	Alias          string            `json:"alias,omitempty"`
	Address        string            `json:"address"`
	ProxyAddresses []string          `json:"proxy_addresses,omitempty"`
	Hidden         bool              `json:"hidden,omitempty"`
	Synced         bool              `json:"on_premises_synced,omitempty"`
	SoftDeleted    bool              `json:"soft_deleted,omitempty"` // can be restored, and holds its addresses until then
	Attributes     map[string]string `json:"attributes,omitempty"`
	// RequireSenderAuthentication refuses mail from outside.
	RequireSenderAuthentication bool `json:"require_sender_authentication,omitempty"`
}

// SeedGroup is a group of any kind. References to others are addresses or ids.
type SeedGroup struct {
	ID             string   `json:"id,omitempty"`
	Kind           string   `json:"kind"`
	Name           string   `json:"name,omitempty"`
	DisplayName    string   `json:"display_name,omitempty"`
	Alias          string   `json:"alias,omitempty"`
	Address        string   `json:"address"`
	ProxyAddresses []string `json:"proxy_addresses,omitempty"`
	Description    string   `json:"description,omitempty"`
	Members        []string `json:"members"`
	// RequireSenderAuthentication is true when missing, as for a new group.
	RequireSenderAuthentication *bool    `json:"require_sender_authentication"`
	AllowedSenders              []string `json:"allowed_senders"`
	RejectedSenders             []string `json:"rejected_senders,omitempty"`
	// ReportToOriginator is true when missing.
	ReportToOriginator *bool    `json:"report_to_originator"`
	ReportToManager    bool     `json:"report_to_manager"`
	Moderated          bool     `json:"moderated"`
	ModeratedBy        []string `json:"moderated_by,omitempty"`
	BypassModeration   []string `json:"bypass_moderation,omitempty"`
	Synced             bool     `json:"on_premises_synced"`
	// CloudManaged: the authority over a synced group was moved to the cloud.
	CloudManaged bool              `json:"cloud_managed,omitempty"`
	Hidden       bool              `json:"hidden,omitempty"`
	Filter       string            `json:"filter,omitempty"` // of a dynamic group, in OPATH
	ManagedBy    []string          `json:"managed_by"`
	Attributes   map[string]string `json:"attributes,omitempty"`
}

// ReadSeed reads a seed. Keys that it does not know are an error, so that a
// misspelt setting is not taken for the default.
func ReadSeed(r io.Reader) (*Seed, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var seed Seed
	if err := dec.Decode(&seed); err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("seed: there is more after the end of the JSON object")
	}
	return &seed, nil
}

// ParseSeed is [ReadSeed] for what is in memory.
func ParseSeed(data []byte) (*Seed, error) { return ReadSeed(bytes.NewReader(data)) }

// tenant completes the organisation of a seed.
func (s *Seed) tenant() (Tenant, error) {
	t := Tenant{Domain: s.Tenant.Domain, AcceptedDomains: slices.Clone(s.Tenant.AcceptedDomains)}
	if t.Domain == "" {
		t.Domain = defaultDomain
	}
	if !slices.Contains(t.AcceptedDomains, t.Domain) {
		t.AcceptedDomains = append([]string{t.Domain}, t.AcceptedDomains...)
	}
	id, err := parseID("tenant", s.Tenant.ID)
	if err != nil {
		return Tenant{}, err
	}
	if t.ID = id; s.Tenant.ID == "" {
		t.ID = deriveID(defaultTenantID, "tenant", t.Domain)
	}
	return t, nil
}
