package notify

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"

	"github.com/wneessen/go-mail"
)

// send sends the news as plain text by e-mail.
func (n *Notifier) send(ctx context.Context, news News) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	message := mail.NewMsg()
	if err := message.From(n.options.From); err != nil {
		return err
	}
	if err := message.To(n.options.To...); err != nil {
		return err
	}
	message.Subject(news.Title())
	message.SetBodyString(mail.TypeTextPlain, news.text())
	// Answers of absence to a machine help nobody (RFC 3834).
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	client, err := n.mailClient()
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, message)
}

// mailClient speaks TLS from the start on port 465. On others it asks for it:
// a password is never sent without, but a relay inside a network may do so.
func (n *Notifier) mailClient() (*mail.Client, error) {
	host, portText, err := net.SplitHostPort(n.options.SMTP)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	options := []mail.Option{
		mail.WithTimeout(timeout),
		mail.WithTLSConfig(&tls.Config{RootCAs: n.options.Roots, ServerName: host, MinVersion: tls.VersionTLS12}),
		mail.WithTLSPolicy(mail.TLSOpportunistic),
	}
	if n.options.User != "" {
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory),
			mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(n.options.User), mail.WithPassword(n.options.Password))
	}
	if port == 465 {
		options = append(options, mail.WithSSL())
	}
	return mail.NewClient(host, append(options, mail.WithPort(port))...)
}
