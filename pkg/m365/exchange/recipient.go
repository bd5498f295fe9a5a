package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Recipient is a mail-enabled object of any kind, as far as it matters here.
type Recipient struct {
	Guid        string // Exchange's id, the surest Identity for later commands
	Name        string
	Alias       string
	DisplayName string
	// RecipientTypeDetails is the kind: MailContact, GuestMailUser, MailUser,
	// UserMailbox, MailUniversalDistributionGroup, GroupMailbox, …
	RecipientTypeDetails string
	PrimarySmtpAddress   string
	// ExternalEmailAddress and EmailAddresses carry a prefix: SMTP: (the
	// primary one), smtp:, X500:, SIP:, …; Addresses is without.
	ExternalEmailAddress string
	EmailAddresses       Strings
	// ExternalDirectoryObjectId is the object's id in Entra ID and Graph.
	ExternalDirectoryObjectId string
}

// recipientProperties are those of Recipient.
var recipientProperties = []string{
	"Guid", "Name", "Alias", "DisplayName", "RecipientTypeDetails", "PrimarySmtpAddress",
	"ExternalEmailAddress", "EmailAddresses", "ExternalDirectoryObjectId",
}

// Addresses returns all SMTP addresses of r, without prefix, each once (letter
// case aside), the primary one first.
func (r Recipient) Addresses() []string {
	var addresses []string
	for _, proxy := range slices.Concat([]string{r.PrimarySmtpAddress, r.ExternalEmailAddress}, r.EmailAddresses) {
		kind, address, prefixed := strings.Cut(proxy, ":")
		if !prefixed {
			kind, address = "smtp", proxy
		}
		if !strings.EqualFold(kind, "smtp") || address == "" {
			continue
		}
		if !slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, address) }) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// MaxAddresses is how many addresses RecipientsByAddress takes. The greatest
// length of a filter is not documented; twenty terms, two for each address, are
// known to work.
const MaxAddresses = 10

// RecipientsByAddress returns who holds one of the SMTP addresses, whatever the
// kind of recipient, as primary, secondary or external address. Nobody is an
// empty list.
func (c *Client) RecipientsByAddress(ctx context.Context, addresses ...string) ([]Recipient, error) {
	if n := len(addresses); n == 0 || n > MaxAddresses {
		return nil, fmt.Errorf("exchange: %d addresses to look up, which must be 1 to %d", n, MaxAddresses)
	}
	terms := make([]string, len(addresses))
	for i, address := range addresses {
		terms[i] = anyOf("EmailAddresses", "ExternalEmailAddress").equals(address)
	}
	return c.recipients(ctx, strings.Join(terms, " -or "))
}

// MaxNames is how many names FindGroups takes, for the reason of MaxAddresses:
// there are up to four terms for each.
const MaxNames = 5

// FindGroups returns the recipients of any kind that a person may mean by one of
// the names of groups: those with this address, alias, name, display name, or id
// of Exchange or of Entra ID. The caller decides whom a name means, and when
// there are none, several, or one that is not a group.
func (c *Client) FindGroups(ctx context.Context, names ...string) ([]Recipient, error) {
	if n := len(names); n == 0 || n > MaxNames {
		return nil, fmt.Errorf("exchange: %d names of groups to look up, which must be 1 to %d", n, MaxNames)
	}
	terms := make([]string, len(names))
	for i, name := range names {
		properties := anyOf("DisplayName", "Name", "Alias")
		if strings.Contains(name, "@") {
			properties = anyOf("EmailAddresses", "DisplayName", "Name")
		} else if _, err := uuid.Parse(name); err == nil {
			properties = anyOf("ExternalDirectoryObjectId", "Guid", "DisplayName", "Name")
		}
		terms[i] = properties.equals(name)
	}
	return c.recipients(ctx, strings.Join(terms, " -or "))
}

// GoesBy reports whether name is one of r's names, ids and addresses, of those
// that FindGroups looks at.
func (r Recipient) GoesBy(name string) bool {
	for _, own := range append([]string{r.DisplayName, r.Name, r.Alias, r.Guid, r.ExternalDirectoryObjectId}, r.Addresses()...) {
		if own != "" && strings.EqualFold(own, name) {
			return true
		}
	}
	return false
}

func (c *Client) recipients(ctx context.Context, filter string) ([]Recipient, error) {
	return list[Recipient](ctx, c, Command{
		Name:       "Get-Recipient",
		Parameters: Parameters{"Filter": filter},
		Select:     recipientProperties,
	})
}

// properties are names of them, for a filter in OPATH, the language of -Filter.
type properties []string

func anyOf(names ...string) properties { return names }

// equals is the filter for objects of which one of the properties is value. A
// quote within the value is doubled (documented: recipient-filters). An
// address needs no smtp: prefix (documented: filter-properties).
func (p properties) equals(value string) string {
	quoted := "'" + strings.ReplaceAll(value, "'", "''") + "'"
	terms := make([]string, len(p))
	for i, name := range p {
		terms[i] = name + " -eq " + quoted
	}
	return strings.Join(terms, " -or ")
}
