package smtp

import (
	"crypto/subtle"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"enlist/pkg/simtenant/directory"
)

// session is one client's conversation.
type session struct {
	view     directory.View
	password string
	log      *mailLog
	now      func() time.Time

	inside *directory.Object // who authenticated
	from   sender
	to     []target
}

// AuthMechanisms implements [gosmtp.AuthSession].
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth implements [gosmtp.AuthSession].
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(identity, user, password string) error {
			if identity != "" && identity != user {
				return gosmtp.ErrAuthFailed
			}
			return s.login(user, password)
		}), nil
	case sasl.Login:
		return &loginServer{login: s.login}, nil
	}
	return nil, gosmtp.ErrAuthUnknownMechanism
}

func (s *session) login(user, password string) error {
	if subtle.ConstantTimeCompare([]byte(password), []byte(s.password)) == 0 {
		return gosmtp.ErrAuthFailed
	}
	for _, o := range s.view.ByAddress(user) {
		if o.Kind.Has(directory.Mailbox | directory.SharedMailbox | directory.RoomMailbox) {
			s.inside = o
			return nil
		}
	}
	return gosmtp.ErrAuthFailed
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if s.inside != nil && !s.inside.Holds(from) {
		return errSendAs
	}
	s.from = sender{address: from, inside: s.inside}
	if from != "" {
		s.from.known = s.view.ByAddress(from)
	}
	return nil
}

// Rcpt adds a recipient, or says why it gets no mail from this sender.
func (s *session) Rcpt(address string, _ *gosmtp.RcptOptions) error {
	to, err := resolve(s.view, address, s.from)
	if err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail and notes who would have got it.
func (s *session) Data(mail io.Reader) error {
	n, err := io.Copy(io.Discard, mail)
	if err != nil {
		return err
	}
	deliveries := make([]Delivery, 0, len(s.to))
	for _, to := range s.to {
		d := deliver(s.view, to, s.from)
		d.Time = s.now().UTC()
		d.Bytes = n
		deliveries = append(deliveries, d)
	}
	s.log.add(slices.Clip(deliveries)...)
	return nil
}

// Reset forgets the mail that was begun, but not who authenticated.
func (s *session) Reset() {
	s.from = sender{}
	s.to = nil
}

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// loginServer is the server's side of AUTH LOGIN, which many clients (swaks,
// Outlook) prefer: two questions, two answers.
type loginServer struct {
	login func(user, password string) error
	asked int
	user  string
}

// Next implements [sasl.Server].
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if l.asked == 0 && response != nil { // the user came along with the command
		l.asked = 1
	}
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	default:
		return nil, true, l.login(l.user, string(response))
	}
}
