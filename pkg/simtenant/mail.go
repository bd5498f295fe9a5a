package simtenant

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"sync"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph"
	"enlist/pkg/simtenant/smtp"
)

// mailPort is the SMTP face with the port that it is served on.
type mailPort struct {
	*smtp.Server
	listener net.Listener
}

func openMailPort(cfg Config, dir *directory.Directory, starttls *tls.Config) (*mailPort, error) {
	l, err := net.Listen("tcp", cfg.SMTP)
	if err != nil {
		return nil, fmt.Errorf("open the port for mail: %w", err)
	}
	return &mailPort{
		Server: smtp.New(smtp.Config{
			Directory: dir,
			Password:  dir.Apps()[0].Secret,
			TLS:       starttls,
			ErrorLog:  cfg.ErrorLog,
			Now:       cfg.Now,
		}),
		listener: l,
	}, nil
}

func (m *mailPort) serve() error { return m.Serve(m.listener) }

// SMTPAddr is the address that takes mail, host and port; empty when none does.
// Insiders authenticate there, after STARTTLS, with the address of a mailbox
// and the client secret of the tenant's first app.
func (s *Server) SMTPAddr() string {
	if s.mail == nil {
		return ""
	}
	return s.mail.listener.Addr().String()
}

// Deliveries lists the mails that the tenant took, oldest first.
func (s *Server) Deliveries() []smtp.Delivery {
	if s.mail == nil {
		return nil
	}
	return s.mail.Deliveries()
}

// sentMail keeps the mails that were sent through Graph.
type sentMail struct {
	mu    sync.Mutex
	mails []graph.Mail
}

// maxSent bounds the memory that a client in a loop could take.
const maxSent = 1000

func (s *sentMail) add(m graph.Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mails) < maxSent {
		s.mails = append(s.mails, m)
	}
}

func (s *sentMail) list() []graph.Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}
