package entra

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// DefaultTokenLifetime is how long an access token lives unless Config says
// otherwise. The service draws 60 to 90 minutes; the lower bound is used here.
const DefaultTokenLifetime = time.Hour

// Config describes the tenant to sign in to.
type Config struct {
	// TenantID is the directory's GUID; required.
	TenantID string
	// Organisation is the tenant's display name, which some refusals mention.
	Organisation string
	// Domains are the names that may stand for TenantID in a path.
	Domains []string
	// Apps may sign in. A second app with the same ClientID is an error.
	Apps []App
	// TokenLifetime of access tokens; DefaultTokenLifetime when zero.
	TokenLifetime time.Duration
	// SigningKey signs access tokens. When nil, a 2048-bit key is made, which
	// takes some tenths of a second and makes earlier tokens invalid.
	SigningKey *rsa.PrivateKey
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Random is where trace and token ids come from; crypto/rand when nil. It is
	// never read by two goroutines at once.
	Random io.Reader
}

// Service signs applications in and verifies the tokens that it issued. It is
// safe for concurrent use.
type Service struct {
	tenantID     string
	organisation string
	domains      map[string]bool
	apps         map[string]App
	lifetime     time.Duration
	signer       *signer
	verified     verifiedTokens
	now          func() time.Time

	randomMu sync.Mutex
	random   io.Reader
}

// New checks the configuration and makes the service.
func New(cfg Config) (*Service, error) {
	if cfg.TenantID == "" {
		return nil, errors.New("entra: the tenant has no id")
	}
	s := &Service{
		tenantID:     cfg.TenantID,
		organisation: cfg.Organisation,
		domains:      make(map[string]bool, len(cfg.Domains)),
		apps:         make(map[string]App, len(cfg.Apps)),
		lifetime:     cfg.TokenLifetime,
		now:          cfg.Now,
		random:       cfg.Random,
	}
	if s.lifetime <= 0 {
		s.lifetime = DefaultTokenLifetime
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	for _, domain := range cfg.Domains {
		s.domains[strings.ToLower(domain)] = true
	}
	for _, app := range cfg.Apps {
		key := strings.ToLower(app.ClientID)
		if _, taken := s.apps[key]; taken || key == "" {
			return nil, fmt.Errorf("entra: client id %q is empty or used twice", app.ClientID)
		}
		s.apps[key] = app.withDefaults()
	}
	signer, err := newSigner(cfg.SigningKey)
	if err != nil {
		return nil, err
	}
	s.signer = signer
	return s, nil
}

// isTenant tells whether a path segment names this tenant.
func (s *Service) isTenant(segment string) bool {
	return strings.EqualFold(segment, s.tenantID) || s.domains[strings.ToLower(segment)]
}

func (s *Service) app(clientID string) (App, bool) {
	app, ok := s.apps[strings.ToLower(clientID)]
	return app, ok
}

func (s *Service) newID() string {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}
