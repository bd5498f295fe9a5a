package graph

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Collection is a kind of directory objects that hold addresses.
type Collection string

// The collections. Contacts need the permission OrgContact.Read.All, users User.Read.All, groups GroupMember.Read.All.
const (
	Contacts Collection = "contacts"
	Users    Collection = "users"
	Groups   Collection = "groups"
)

// properties are what is read of each object; a delta link goes on with them.
func (c Collection) properties() string {
	if c == Users {
		return "id,displayName,mail,proxyAddresses,userType"
	}
	return "id,displayName,mail,proxyAddresses"
}

// Recipient is an object of any collection, as far as addresses go.
type Recipient struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Mail        string `json:"mail"`
	// ProxyAddresses are all addresses with their kind: "SMTP:" the primary, "smtp:" others, "x500:" and more.
	ProxyAddresses []string `json:"proxyAddresses"`
	// UserType of a user is "Guest" or "Member"; both can be null for old accounts.
	UserType string `json:"userType"`
}

// Recipients streams a collection, of groups only those that receive mail. An object made in Exchange shows here
// seconds to many minutes later.
func (c *Client) Recipients(ctx context.Context, from Collection) iter.Seq2[Recipient, error] {
	query := url.Values{"$select": {from.properties()}, "$top": {strconv.Itoa(pageSize)}}
	if from == Groups {
		query.Set("$filter", "mailEnabled eq true")
	}
	return collect[Recipient](ctx, c, c.getRequest("/"+string(from), query))
}
