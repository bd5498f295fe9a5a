package simtenant

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/fault"
	"enlist/pkg/simtenant/stats"
)

// Server is a running simulated tenant.
type Server struct {
	directory *directory.Directory
	stats     *stats.Recorder
	faults    *fault.Injector
	http      *http.Server
	listener  net.Listener
	authority []byte
	mail      *mailPort // nil when no mail is taken
	sent      sentMail

	cancel   context.CancelFunc
	calls    sync.RWMutex // held for reading by every call at work
	running  sync.WaitGroup
	serveErr error // these three are set before running is done
	mailErr  error
	closeErr error
}

// closeGrace is how long Close waits for calls in progress before it cuts them.
const closeGrace = time.Second

// Start opens the port and serves the tenant until ctx ends or Close is called.
// The caller must call Close or Wait either way.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	dir, err := directory.Open(directory.Options{
		Seed:             cfg.Seed,
		StateFile:        cfg.StateFile,
		ReplicationDelay: cfg.ReplicationDelay,
		GraphDelay:       cfg.GraphDelay,
		CreationQuota:    cfg.CreationQuota,
		CreationWindow:   cfg.CreationWindow,
		Now:              cfg.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("open the tenant's directory: %w", err)
	}
	s, err := newServer(cfg, dir)
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	ctx, s.cancel = context.WithCancel(ctx)
	s.http.BaseContext = func(net.Listener) context.Context { return ctx }
	s.running.Go(func() {
		defer s.cancel()
		if err := s.http.ServeTLS(s.listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.serveErr = err
		}
	})
	if s.mail != nil {
		s.running.Go(func() {
			defer s.cancel()
			s.mailErr = s.mail.serve()
		})
	}
	s.running.Go(func() { s.stopAfter(ctx) })
	return s, nil
}

// newServer wires everything and opens the ports.
func newServer(cfg Config, dir *directory.Directory) (*Server, error) {
	if cfg.ErrorLog == nil {
		cfg.ErrorLog = log.New(io.Discard, "", 0)
	}
	s := &Server{directory: dir, stats: new(stats.Recorder)}
	s.faults = fault.New(cfg.RandomSeed, s.stats)
	if err := s.faults.Add(cfg.Faults...); err != nil {
		return nil, err
	}
	handler, err := s.handler(cfg)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{Handler: s.untilClosed(handler), ReadHeaderTimeout: 10 * time.Second, ErrorLog: cfg.ErrorLog}
	if err := s.open(cfg); err != nil {
		return nil, err
	}
	return s, nil
}

// open makes the certificate and opens the ports.
func (s *Server) open(cfg Config) error {
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return fmt.Errorf("the address to listen on: %w", err)
	}
	certificate, authority, err := newCertificate(host, time.Now())
	if err != nil {
		return err
	}
	s.authority = authority
	s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("open the port: %w", err)
	}
	s.listener = s.faults.Listener(listener)
	if cfg.SMTP == "" {
		return nil
	}
	if s.mail, err = openMailPort(cfg, s.directory, s.http.TLSConfig.Clone()); err != nil {
		return errors.Join(err, listener.Close())
	}
	return nil
}

// untilClosed lets the directory be closed only when no call is at work.
func (s *Server) untilClosed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.RLock()
		defer s.calls.RUnlock()
		next.ServeHTTP(w, r)
	})
}

// stopAfter ends the server when ctx does. Calls in progress see their context
// end, so whatever they wait for is cut short.
func (s *Server) stopAfter(ctx context.Context) {
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	if s.http.Shutdown(grace) != nil {
		_ = s.http.Close()
	}
	if s.mail != nil {
		s.closeErr = s.mail.Close()
	}
	s.calls.Lock()
	defer s.calls.Unlock()
	s.closeErr = errors.Join(s.closeErr, s.directory.Close())
}

// Close stops the server, waits until everything that it started has ended, and
// returns what Wait returns. It may be called more than once.
func (s *Server) Close() error {
	s.cancel()
	return s.Wait()
}

// Wait waits until the server has ended. The error is what went wrong, not that
// Close was called or that Start's context ended.
func (s *Server) Wait() error {
	s.running.Wait()
	return errors.Join(s.serveErr, s.mailErr, s.closeErr)
}

// URL is the address that clients use for sign-in, Graph and Exchange alike,
// without a slash at the end.
func (s *Server) URL() string {
	addr := s.listener.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		return fmt.Sprintf("https://localhost:%d", addr.Port)
	}
	return "https://" + addr.String()
}

// CertificatePEM is the authority that clients must trust to talk to the server.
func (s *Server) CertificatePEM() []byte { return s.authority }

// Tenant tells the organisation's id and domains.
func (s *Server) Tenant() directory.Tenant { return s.directory.Tenant() }

// App is the first of the organisation's apps.
func (s *Server) App() directory.App { return s.directory.Apps()[0] }

// Stats tells what the tenant was asked so far, as GET /sim/stats does.
func (s *Server) Stats() stats.Counts { return s.stats.Counts() }

// State describes the organisation as it is, as GET /sim/state does.
func (s *Server) State() *directory.Seed { return s.directory.Export() }

// Inject adds faults to come, as POST /sim/faults does.
func (s *Server) Inject(faults ...fault.Fault) error { return s.faults.Add(faults...) }
