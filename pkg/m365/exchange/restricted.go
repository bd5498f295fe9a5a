package exchange

import (
	"context"
	"strings"
)

// RestrictedContact is a mail contact that does not take mail from everybody.
type RestrictedContact struct {
	Recipient
	// RequireSenderAuthenticationEnabled makes mail from outside bounce.
	RequireSenderAuthenticationEnabled Bool
	// Who may send, if any of these is not empty, and who may not.
	AcceptMessagesOnlyFromSendersOrMembers Strings
	RejectMessagesFromSendersOrMembers     Strings
}

// RestrictedContacts returns all mail contacts whose own settings refuse mail from
// outside, or from some senders. The properties of the filter are documented as
// confirmed to work for mail contacts (filter-properties), where the first goes by
// another name than in the answer, and the lists by that of their parts.
func (c *Client) RestrictedContacts(ctx context.Context) ([]RestrictedContact, error) {
	filter := []string{
		"RequireAllSendersAreAuthenticated -eq $true",
		"AcceptMessagesOnlyFrom -ne $null", "AcceptMessagesOnlyFromDLMembers -ne $null",
		"RejectMessagesFrom -ne $null", "RejectMessagesFromDLMembers -ne $null",
	}
	return list[RestrictedContact](ctx, c, Command{
		Name:       "Get-MailContact",
		Parameters: Parameters{"Filter": strings.Join(filter, " -or ")},
		Select: append([]string{"RequireSenderAuthenticationEnabled",
			"AcceptMessagesOnlyFromSendersOrMembers", "RejectMessagesFromSendersOrMembers"}, recipientProperties...),
	})
}
