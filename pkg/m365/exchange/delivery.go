package exchange

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Senders are all that g takes mail from, as the service names them: people and
// groups by name or id. None means everybody.
func (g Group) Senders() []string {
	return either(g.AcceptMessagesOnlyFromSendersOrMembers, g.AcceptMessagesOnlyFrom, g.AcceptMessagesOnlyFromDLMembers)
}

// RejectedSenders are all that g takes no mail from.
func (g Group) RejectedSenders() []string {
	return either(g.RejectMessagesFromSendersOrMembers, g.RejectMessagesFrom, g.RejectMessagesFromDLMembers)
}

// either is the list of all if it has anybody: the service writes people and
// groups into their own lists, too, where they may have other names and would
// count twice (documented: Set-DistributionGroup,
// AcceptMessagesOnlyFromSendersOrMembers).
func either(senders, people, groups Strings) []string {
	lists := []Strings{senders}
	if len(senders) == 0 {
		lists = []Strings{people, groups}
	}
	var all []string
	for _, list := range lists {
		for _, name := range list {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// AddAllowedSenders adds senders, identities of people or groups, to those that
// the group takes mail from. Others stay on the list, also those that somebody
// else adds at the same time.
func (c *Client) AddAllowedSenders(ctx context.Context, group string, senders ...string) error {
	return c.changeAllowedSenders(ctx, group, HashTable{Add: senders})
}

// RemoveAllowedSenders removes senders from that list. With nobody left on it,
// the group takes mail from everybody.
func (c *Client) RemoveAllowedSenders(ctx context.Context, group string, senders ...string) error {
	return c.changeAllowedSenders(ctx, group, HashTable{Remove: senders})
}

func (c *Client) changeAllowedSenders(ctx context.Context, group string, change HashTable) error {
	return c.asManager(ctx, Command{
		Name: "Set-DistributionGroup",
		Parameters: Parameters{
			"Identity":                               group,
			"AcceptMessagesOnlyFromSendersOrMembers": change,
		},
		Effect: Repeatable,
	})
}

// ReportToOriginator says whether the delivery reports of a group's mail go to
// whoever wrote it, so that the mail has a return path.
func (c *Client) ReportToOriginator(ctx context.Context, group string, report bool) error {
	return c.asManager(ctx, Command{
		Name:       "Set-DistributionGroup",
		Parameters: Parameters{"Identity": group, "ReportToOriginatorEnabled": report},
		Effect:     Repeatable,
	})
}

// MaxReferences is how many references Referenced takes, for the reason of
// MaxAddresses.
const MaxReferences = 7

// Referenced returns the recipients that some property refers to. References
// come as names or ids, on some properties as display names (observed).
func (c *Client) Referenced(ctx context.Context, references ...string) ([]Recipient, error) {
	terms := make([]string, len(references))
	for i, reference := range references {
		properties := anyOf("Name", "DisplayName")
		if strings.Contains(reference, "@") {
			properties = anyOf("Name", "EmailAddresses")
		} else if _, err := uuid.Parse(reference); err == nil {
			properties = anyOf("Guid", "ExternalDirectoryObjectId", "Name")
		}
		terms[i] = properties.equals(reference)
	}
	return c.recipients(ctx, strings.Join(terms, " -or "))
}

// Same reports whether two are the same recipient.
func Same(a, b Recipient) bool { return a.Guid != "" && strings.EqualFold(a.Guid, b.Guid) }

// IsReferencedBy tells how surely reference means r: an id, a name or an address
// is meant for one recipient, a display name perhaps for several.
func (r Recipient) IsReferencedBy(reference string) (surely, perhaps bool) {
	for _, own := range append([]string{r.Guid, r.ExternalDirectoryObjectId, r.Name}, r.Addresses()...) {
		if own != "" && strings.EqualFold(own, reference) {
			return true, true
		}
	}
	return false, strings.EqualFold(r.DisplayName, reference)
}
