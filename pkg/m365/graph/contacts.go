package graph

import (
	"context"
	"iter"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/contacts"
)

// pageSize is the most objects that Graph puts on a page.
const pageSize = 999

// Contact is a mail contact (orgContact: learn.microsoft.com/graph/api/resources/orgcontact). The permission
// OrgContact.Read.All is needed to read it.
type Contact struct {
	// ID is the object's id in Entra, which Exchange calls ExternalDirectoryObjectId.
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	// Mail is the primary SMTP address: a new contact's is its external address.
	Mail         string `json:"mail"`
	MailNickname string `json:"mailNickname"`
	// ProxyAddresses are all addresses with their kind: "SMTP:" the primary, "smtp:" others, "x500:" and more.
	ProxyAddresses []string `json:"proxyAddresses"`
	GivenName      string   `json:"givenName"`
	Surname        string   `json:"surname"`
	Company        string   `json:"companyName"`
	Department     string   `json:"department"`
	JobTitle       string   `json:"jobTitle"`
	Phones         []Phone  `json:"phones"`
	// OnPremisesSynced is true when the contact is mastered on premises, and read-only in the cloud. Graph says true,
	// false (it once was) or null (it never was).
	OnPremisesSynced bool `json:"onPremisesSyncEnabled"`
}

// Phone is one of a contact's numbers; Type is home, business, mobile, other, assistant, homeFax, businessFax,
// otherFax, pager or radio.
type Phone struct {
	Type   string `json:"type"`
	Number string `json:"number"`
}

var contactProperties = []string{
	"id", "displayName", "mail", "mailNickname", "proxyAddresses", "givenName", "surname",
	"companyName", "department", "jobTitle", "phones", "onPremisesSyncEnabled",
}

// Contacts streams all mail contacts. A contact made in Exchange shows here seconds to many minutes later.
func (c *Client) Contacts(ctx context.Context) iter.Seq2[Contact, error] {
	return c.contacts(ctx, nil)
}

// ContactsByAddress returns the mail contacts that hold an SMTP address, be it primary or not, in any letter case.
func (c *Client) ContactsByAddress(ctx context.Context, address string) ([]Contact, error) {
	filter := holdsAddress(address)
	var found []Contact
	for contact, err := range c.contacts(ctx, &filter) {
		if err != nil {
			return nil, err
		}
		found = append(found, contact)
	}
	return found, nil
}

func (c *Client) contacts(ctx context.Context, filter *string) iter.Seq2[Contact, error] {
	top := int32(pageSize)
	builder := contacts.NewContactsRequestBuilderInternal(c.root(), c.adapter)
	request, err := builder.ToGetRequestInformation(ctx, &contacts.ContactsRequestBuilderGetRequestConfiguration{
		QueryParameters: &contacts.ContactsRequestBuilderGetQueryParameters{Select: contactProperties, Filter: filter, Top: &top},
	})
	if err != nil {
		return failed[Contact](err)
	}
	return collect[Contact](ctx, c, request)
}

// failed is a stream of nothing but an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// holdsAddress is a filter for objects that hold an SMTP address. Graph compares without regard to letter case, but
// only its documentation of eq in general says so, not that of proxyAddresses, where the primary address begins with
// "SMTP:"; mail is the primary one, so both together don't depend on it.
func holdsAddress(address string) string {
	return "mail eq " + quote(address) + " or proxyAddresses/any(p:p eq " + quote("smtp:"+address) + ")"
}

// quote writes an OData string: quotes within are doubled (OData 4.01 URL conventions, section 5.1.1.6.1).
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
