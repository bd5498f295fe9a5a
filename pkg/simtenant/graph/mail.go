package graph

import (
	"net/http"

	"enlist/pkg/simtenant/directory"
)

// Mail is a mail that was sent through POST /users/{id}/sendMail. Nobody gets it.
type Mail struct {
	From    string   `json:"from"`
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
}

// sendMail takes a mail (learn.microsoft.com/graph/api/user-sendmail: 202
// without a body). Exchange stands behind it, so its refusals have Exchange's
// codes; their texts are from public reports.
func sendMail(c *call) error {
	if !c.caller.HasRole(mailSenders...) {
		return refuse(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
	}
	sender, err := c.find(userEntity)
	if err != nil {
		return refuse(http.StatusNotFound, "ErrorInvalidUser", "The requested user '%s' is invalid.", c.r.PathValue("id"))
	}
	if !sender.Kind.Has(directory.Mailbox | directory.SharedMailbox | directory.RoomMailbox) {
		return refuse(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	}
	var asked struct {
		Message *struct {
			Subject      string
			Body         struct{ Content string }
			ToRecipients []struct{ EmailAddress struct{ Address string } }
		}
	}
	if err := c.readJSON(&asked); err != nil {
		return err
	}
	if asked.Message == nil || len(asked.Message.ToRecipients) == 0 {
		return refuse(http.StatusBadRequest, "ErrorInvalidRecipients", "At least one recipient isn't valid., The message could not be sent because there are no recipients.")
	}
	mail := Mail{From: sender.Address, Subject: asked.Message.Subject, Text: asked.Message.Body.Content}
	for _, to := range asked.Message.ToRecipients {
		mail.To = append(mail.To, to.EmailAddress.Address)
	}
	if c.api.Sent != nil {
		c.api.Sent(mail)
	}
	c.w.WriteHeader(http.StatusAccepted)
	return nil
}
