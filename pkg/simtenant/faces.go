package simtenant

import (
	"errors"
	"net/http"
	"strings"

	"enlist/pkg/simtenant/entra"
	"enlist/pkg/simtenant/exchange"
	"enlist/pkg/simtenant/graph"
	"enlist/pkg/simtenant/throttle"
)

// exchangeFace is the admin API. Faults and limits act on every command, also
// inside a $batch.
func (s *Server) exchangeFace(cfg Config, signIn *entra.Service) http.Handler {
	limits := s.limiter(cfg, signIn, entra.Exchange, s.contention(cfg))
	face := exchange.New(s.directory, exchange.Options{
		Authenticate: func(r *http.Request) (exchange.Caller, error) {
			caller, err := signIn.Authenticate(r, entra.Exchange)
			if err != nil {
				return exchange.Caller{}, unauthorized(err)
			}
			return exchange.Caller{ClientID: caller.ClientID, Permissions: caller.Roles}, nil
		},
		Stats:          s.stats,
		Wrap:           func(next http.Handler) http.Handler { return s.faults.Wrap(limits.Exchange(next)) },
		Now:            cfg.Now,
		RandomSeed:     cfg.RandomSeed,
		AffinityMisses: cfg.AffinityMisses,
		BatchInOrder:   cfg.BatchInOrder,
	})
	return s.stats.Wrap(s.faultsOnBatches(face))
}

// graphFace is Microsoft Graph. Faults and limits act on every request, also
// inside a $batch.
func (s *Server) graphFace(cfg Config, signIn *entra.Service) http.Handler {
	limits := s.limiter(cfg, signIn, entra.Graph, nil)
	face := graph.New(graph.Config{
		Directory: s.directory,
		Authenticate: func(r *http.Request) (*entra.Caller, error) {
			return signIn.Authenticate(r, entra.Graph)
		},
		Stats:  s.stats,
		Around: func(next http.Handler) http.Handler { return s.faults.Wrap(limits.Graph(next)) },
		Sent:   s.sent.add,
		Now:    cfg.Now,
		NewID:  randomIDs(randomBytes(cfg.RandomSeed, graphStream)),
	})
	return s.stats.Wrap(s.faultsOnBatches(face))
}

// faultsOnBatches lets a fault hit a $batch as a whole. The faces let faults hit
// what is in it, and what comes alone.
func (s *Server) faultsOnBatches(face http.Handler) http.Handler {
	whole := s.faults.Wrap(face)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/$batch") {
			whole.ServeHTTP(w, r)
			return
		}
		face.ServeHTTP(w, r)
	})
}

// contention is what is around the commands of Exchange that are at work.
func (s *Server) contention(cfg Config) func(http.Handler) http.Handler {
	if !cfg.GroupConflicts {
		return nil
	}
	return exchange.NewContention(s.stats.Conflict).AtWork
}

// limiter charges the app that a request's token names.
func (s *Server) limiter(cfg Config, signIn *entra.Service, api entra.Resource, atWork func(http.Handler) http.Handler) *throttle.Limiter {
	return throttle.New(throttle.Config{
		Limits:  cfg.Limits,
		Seed:    cfg.RandomSeed,
		Counter: s.stats,
		AtWork:  atWork,
		Now:     cfg.Now,
		Caller: func(r *http.Request) (string, bool) {
			caller, err := signIn.Authenticate(r, api)
			if err != nil {
				return "", false
			}
			return caller.ClientID + "/" + caller.TenantID, true
		},
	})
}

// unauthorized gives a refused token the words of Exchange's diagnostics header.
// That of the wrong audience was observed; the others are assumed after it.
func unauthorized(err error) error {
	switch {
	case errors.Is(err, entra.ErrAudience):
		return &exchange.Unauthorized{Reason: "The audience claim value is invalid 'aud'.", Category: "invalid_resource"}
	case errors.Is(err, entra.ErrExpired):
		return &exchange.Unauthorized{Reason: "The token has expired.", Category: "invalid_lifetime"}
	default:
		return &exchange.Unauthorized{Reason: "The token is invalid.", Category: "invalid_token"}
	}
}
