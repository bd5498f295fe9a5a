package simtenant

import (
	"encoding/json"
	"fmt"
	"net/http"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"
	"enlist/pkg/simtenant/graph"
	"enlist/pkg/simtenant/smtp"
)

// handler wires the faces on one mux. From the outside in, a call meets the
// counting, the faults, the limits, and then the face.
func (s *Server) handler(cfg Config) (http.Handler, error) {
	apps, err := signInApps(s.directory.Apps())
	if err != nil {
		return nil, err
	}
	tenant := s.directory.Tenant()
	key, err := signingKey(cfg.StateFile)
	if err != nil {
		return nil, fmt.Errorf("get the key that signs tokens: %w", err)
	}
	signIn, err := entra.New(entra.Config{
		TenantID:      tenant.ID.String(),
		Organisation:  tenant.Domain, // as /organization has it
		Domains:       tenant.AcceptedDomains,
		Apps:          apps,
		TokenLifetime: cfg.TokenLifetime,
		Now:           cfg.Now,
		SigningKey:    key,
		Random:        randomBytes(cfg.RandomSeed, signInStream),
	})
	if err != nil {
		return nil, fmt.Errorf("set up sign-in: %w", err)
	}

	mux := http.NewServeMux()
	mux.Handle("/", s.faults.Wrap(signIn.Handler()))
	mux.Handle("/v1.0/", s.graphFace(cfg, signIn))
	mux.Handle("/adminapi/", s.exchangeFace(cfg, signIn))
	mux.Handle("GET /sim/stats", s.stats)
	mux.Handle("/sim/faults", s.faults)
	mux.HandleFunc("GET /sim/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, stateForm{Seed: s.directory.Export(), Deliveries: s.Deliveries(), Sent: s.sent.list()})
	})
	mux.HandleFunc("GET /sim/tenant", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, tenantForm{ID: tenant.ID.String(), Domain: tenant.Domain, AcceptedDomains: tenant.AcceptedDomains})
	})
	return mux, nil
}

// stateForm is the answer of GET /sim/state: a seed, and the mails that were
// taken, and sent through Graph, if there were any.
type stateForm struct {
	*directory.Seed
	Deliveries []smtp.Delivery `json:"deliveries,omitempty"`
	Sent       []graph.Mail    `json:"sent,omitempty"`
}

// tenantForm is the answer of GET /sim/tenant.
type tenantForm struct {
	ID              string   `json:"id"`
	Domain          string   `json:"domain"`
	AcceptedDomains []string `json:"accepted_domains"`
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// A client that went away before the answer changes nothing here.
	_ = json.NewEncoder(w).Encode(v)
}
