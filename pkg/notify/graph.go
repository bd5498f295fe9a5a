package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
)

// Graph is access to Microsoft Graph. The app needs the permission Mail.Send.
type Graph struct {
	// BaseURL has the version: "https://graph.microsoft.com/v1.0".
	BaseURL string
	// Token gives an access token.
	Token func(context.Context) (string, error)
	// Transport carries the request; nil means one of our own.
	Transport http.RoundTripper
}

// sendByGraph sends the news from the sender's own mailbox (learn.microsoft.com/
// graph/api/user-sendmail).
func (n *Notifier) sendByGraph(ctx context.Context, news News) error {
	graph, err := n.options.Graph(ctx)
	if err != nil {
		return err
	}
	from, err := mail.ParseAddress(n.options.From)
	if err != nil {
		return err
	}
	body, err := json.Marshal(graphMessage(n.options.To, news))
	if err != nil {
		return err
	}
	base, err := url.Parse(graph.BaseURL)
	if err != nil {
		return err
	}
	token, err := graph.Token(ctx)
	if err != nil {
		return err
	}
	sender, client := *n, *n.client
	if graph.Transport != nil {
		client.Transport = graph.Transport
	}
	sender.client = &client
	err = sender.post(ctx, base.JoinPath("users", url.PathEscape(from.Address), "sendMail"), body,
		http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}})
	return explainGraph(err, from.Address)
}

func graphMessage(to []string, news News) object {
	var recipients []object
	for _, text := range to {
		address, err := mail.ParseAddress(text)
		if err != nil {
			continue // New has checked them
		}
		recipients = append(recipients, object{"emailAddress": object{"address": address.Address, "name": address.Name}})
	}
	return object{
		"message": object{
			"subject":      news.Title(),
			"body":         object{"contentType": "Text", "content": news.text()},
			"toRecipients": recipients,
		},
		"saveToSentItems": false,
	}
}

// explainGraph says what Graph's refusals mean for whom they are about.
func explainGraph(err error, from string) error {
	refused, ok := errors.AsType[*statusError](err)
	if !ok {
		return err
	}
	var answer struct{ Error struct{ Code string } }
	_ = json.Unmarshal(refused.body, &answer) // a proxy's answer has no code
	switch refused.status {
	case http.StatusForbidden:
		return fmt.Errorf("the app may not send mail as %s: give it the permission Mail.Send of Microsoft Graph, and if an application access policy limits it to some mailboxes, add this one: %w", from, err)
	case http.StatusNotFound:
		return fmt.Errorf("%s has no mailbox in the tenant to send from; name one with --notify-mail-from: %w", from, err)
	}
	if answer.Error.Code != "" {
		return fmt.Errorf("%w (%s)", err, answer.Error.Code)
	}
	return err
}
