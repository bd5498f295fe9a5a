package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"enlist/pkg/simtenant/directory"
)

// Limits of one mail and one conversation (Exchange Online limits: 25 MB to
// larger groups, 1,000 recipients).
const (
	maxMailBytes  = 25 << 20
	maxRecipients = 1000
	idleTime      = 5 * time.Minute
)

// Config is what a Server is made from.
type Config struct {
	Directory *directory.Directory
	// Password is everybody's: mailboxes of a simulated tenant have none of
	// their own. Without one nobody can authenticate.
	Password string
	// TLS is for STARTTLS; nil offers neither that nor AUTH.
	TLS *tls.Config
	// ErrorLog gets what goes wrong inside the server; nil discards it.
	ErrorLog *log.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Server speaks SMTP for the tenant.
type Server struct {
	smtp  *gosmtp.Server
	log   mailLog
	conns connections
	close func() error
}

// New makes a Server. Serve lets it speak.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.ErrorLog == nil {
		cfg.ErrorLog = log.New(io.Discard, "", 0)
	}
	s := new(Server)
	s.close = sync.OnceValue(s.shutdown)
	newSession := func(*gosmtp.Conn) (gosmtp.Session, error) {
		conversation := &session{view: cfg.Directory.Truth(), password: cfg.Password, log: &s.log, now: cfg.Now}
		if cfg.Password == "" {
			return withoutAuth{conversation}, nil
		}
		return conversation, nil
	}
	s.smtp = gosmtp.NewServer(gosmtp.BackendFunc(newSession))
	s.smtp.Domain = cfg.Directory.Tenant().Domain
	s.smtp.TLSConfig = cfg.TLS
	s.smtp.ErrorLog = cfg.ErrorLog
	s.smtp.MaxMessageBytes = maxMailBytes
	s.smtp.MaxRecipients = maxRecipients
	s.smtp.ReadTimeout = idleTime
	s.smtp.WriteTimeout = idleTime
	s.smtp.EnableSMTPUTF8 = true
	return s
}

// withoutAuth hides a session's AUTH.
type withoutAuth struct{ gosmtp.Session }

// Serve takes connections until Close, and then returns nil. l is closed.
func (s *Server) Serve(l net.Listener) error {
	err := s.smtp.Serve(s.conns.listen(l))
	if s.conns.isClosed() {
		return nil
	}
	return err
}

// Close ends the conversations and waits for them to end. It may be called more
// than once, also at the same time.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutdown() error {
	s.conns.close()
	// The listeners are closed by now, which go-smtp finds worth an error.
	if err := s.smtp.Shutdown(context.Background()); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Deliveries lists the mails that were taken, oldest first; the newest ten
// thousand at most.
func (s *Server) Deliveries() []Delivery { return s.log.list() }
