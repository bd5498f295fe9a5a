package exchange

import "context"

// AddMailContactAddresses adds proxy addresses to a mail contact, each with its
// prefix ("X500:…", "smtp:…"). One that the contact has already may be refused.
func (c *Client) AddMailContactAddresses(ctx context.Context, identity string, proxies ...string) error {
	return c.ChangeMailContact(ctx, identity, map[string]any{"EmailAddresses": HashTable{Add: proxies}})
}
