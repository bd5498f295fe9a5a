package notify

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailbox is a mail server that keeps what it is sent.
type mailbox struct {
	address  string
	roots    *x509.CertPool
	user     string // asked for, if set
	password string
	got      chan letter
}

type letter struct {
	from, user string
	to         []string
	text       string
}

func newMailbox(t *testing.T, user, password string, withTLS bool) *mailbox {
	t.Helper()
	m := &mailbox{user: user, password: password, got: make(chan letter, 1), roots: x509.NewCertPool()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: m}, nil }))
	server.Domain = "mail.example"
	if withTLS {
		certified := httptest.NewTLSServer(nil) // for its certificate, good for 127.0.0.1
		certified.Close()
		server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
		m.roots.AddCert(certified.Certificate())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.address = listener.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return m
}

type session struct {
	box *mailbox
	letter
}

func (s *session) AuthMechanisms() []string {
	if s.box.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.box.user || password != s.box.password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.box.user != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.text = string(text)
	s.box.got <- s.letter
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (m *mailbox) options() Options {
	return Options{SMTP: m.address, User: m.user, Password: "letmein", From: "enlist@contoso.example",
		To: []string{"Ada <ada@contoso.example>", "hr@contoso.example"}, Roots: m.roots}
}

func TestMail(t *testing.T) {
	for _, tt := range []struct {
		name    string
		user    string
		withTLS bool
	}{
		{"with a password over TLS", "enlist", true},
		{"through a relay without either", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			box := newMailbox(t, tt.user, "letmein", tt.withTLS)
			if err := newNotifier(t, box.options()).Ended(t.Context(), badNews()); err != nil {
				t.Fatal(err)
			}
			got := <-box.got
			if got.from != "enlist@contoso.example" || strings.Join(got.to, " ") != "ada@contoso.example hr@contoso.example" || got.user != tt.user {
				t.Errorf("envelope: %+v", got)
			}
			for _, want := range []string{"Subject: enlist: 5 of 120 rows are not as wanted", "Auto-Submitted: auto-generated", "120: 2 failed, 3 invalid"} {
				if !strings.Contains(got.text, want) {
					t.Errorf("%q is not in:\n%s", want, got.text)
				}
			}
		})
	}
}

func TestPasswordNeedsTLS(t *testing.T) {
	box := newMailbox(t, "enlist", "letmein", false)
	err := newNotifier(t, box.options()).Ended(t.Context(), badNews())
	if err == nil || strings.Contains(err.Error(), "letmein") {
		t.Errorf("got %v", err)
	}
}

func TestWrongPasswordIsNotRepeated(t *testing.T) {
	box := newMailbox(t, "enlist", "another", true)
	err := newNotifier(t, box.options()).Ended(t.Context(), badNews())
	if err == nil || strings.Contains(err.Error(), "letmein") || !strings.Contains(err.Error(), "the mail server could not be told") {
		t.Errorf("got %v", err)
	}
}
