// Package notify tells people and monitors how a run ended: by webhook, by
// e-mail, and by pinging a healthcheck. What it sends are counts and the names
// of files, nobody's address.
//
// It never makes a run fail: its errors are for a log.
package notify

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"time"
)

// The forms of a webhook's body.
const (
	FormJSON  = "json"  // our own, see News
	FormTeams = "teams" // an Adaptive Card, for the Workflows app of Microsoft Teams
	FormSlack = "slack" // blocks, for an incoming webhook of Slack
)

// Forms returns the forms of a webhook's body.
func Forms() []string { return []string{FormJSON, FormTeams, FormSlack} }

// timeout bounds one delivery, its further attempts included.
const timeout = 30 * time.Second

// Options say who is told. Those left empty are not.
type Options struct {
	// Always tells of good runs, too; without it only pings do.
	Always bool

	// Webhook is an http or https URL. Its path is often all that protects it,
	// so that it is treated as a secret.
	Webhook string
	Form    string // of the body; empty is FormJSON
	// Secret, if set, signs the body: the header Enlist-Signature is "sha256="
	// and the hexadecimal HMAC-SHA256.
	Secret string

	// Ping is the URL of a healthcheck. It gets a POST when a run ends well,
	// and below it /start and /fail get theirs (healthchecks.io/docs/http_api).
	Ping string

	// SMTP is a mail server, "HOST:PORT".
	SMTP           string
	User, Password string
	From           string
	To             []string
	// Graph, if set, gives access to Microsoft Graph, through which mail is sent
	// from the mailbox From instead of by a mail server.
	Graph func(context.Context) (Graph, error)

	// Roots are the certificate authorities to trust; nil means the system's.
	Roots *x509.CertPool
	// Agent is the User-Agent of requests.
	Agent string
}

// Notifier tells whom the options name. Its errors name the server, not the
// URL.
type Notifier struct {
	options Options
	client  *http.Client
	ping    *url.URL
	webhook *url.URL
}

// New checks the options; it asks nobody. Errors name no secret.
func New(o Options) (*Notifier, error) {
	n := &Notifier{options: o, client: newClient(o.Roots)}
	var err error
	if n.webhook, err = address("the webhook", o.Webhook); err != nil {
		return nil, err
	}
	if n.ping, err = address("the healthcheck", o.Ping); err != nil {
		return nil, err
	}
	return n, o.checkMail()
}

// address reads a URL that may be empty. What is wrong with it is not repeated.
func address(whose, text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("the address of %s is not an http or https URL", whose)
	}
	return u, nil
}

func (o Options) checkMail() error {
	viaGraph := o.Graph != nil
	switch {
	case o.SMTP == "" && !viaGraph && len(o.To) == 0:
		return nil
	case o.SMTP != "" && viaGraph:
		return errors.New("e-mail goes through a mail server or through Microsoft Graph, not both")
	case o.SMTP == "" && !viaGraph, len(o.To) == 0, o.From == "":
		return errors.New("e-mail takes a server (or Microsoft Graph), a sender and at least one recipient")
	}
	if _, _, err := net.SplitHostPort(o.SMTP); err != nil && !viaGraph {
		return fmt.Errorf("the mail server %q is not of the form HOST:PORT", o.SMTP)
	}
	for _, text := range append([]string{o.From}, o.To...) {
		if _, err := mail.ParseAddress(text); err != nil {
			return fmt.Errorf("%q is not an e-mail address", text)
		}
	}
	return nil
}

// Started tells the healthcheck that a run begins.
func (n *Notifier) Started(ctx context.Context) error {
	if n.ping == nil {
		return nil
	}
	return told("the healthcheck", n.post(ctx, n.ping.JoinPath("start"), nil, nil))
}

// Ended tells everybody how the run ended. One that can't be reached doesn't
// keep the others from being told.
func (n *Notifier) Ended(ctx context.Context, news News) error {
	var errs []error
	if n.ping != nil {
		at := n.ping
		if !news.Good() {
			at = at.JoinPath("fail")
		}
		errs = append(errs, told("the healthcheck", n.post(ctx, at, []byte(news.text()), nil)))
	}
	if news.Good() && !n.options.Always {
		return errors.Join(errs...)
	}
	if n.webhook != nil {
		errs = append(errs, told("the webhook", n.call(ctx, news)))
	}
	if n.options.SMTP != "" {
		errs = append(errs, told("the mail server", n.send(ctx, news)))
	}
	if n.options.Graph != nil {
		errs = append(errs, told("the recipients of e-mail", n.sendByGraph(ctx, news)))
	}
	return errors.Join(errs...)
}

func told(who string, err error) error {
	if err != nil {
		return fmt.Errorf("%s could not be told: %w", who, err)
	}
	return nil
}
