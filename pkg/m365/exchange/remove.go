package exchange

import (
	"context"
	"encoding/json"
)

// RemoveDistributionGroupMember takes one member out of a group. Both are
// identities; a Guid is the surest. ErrNotMember says that there was nothing to
// do.
func (c *Client) RemoveDistributionGroupMember(ctx context.Context, group, member string) error {
	return c.asManager(ctx, Command{
		Name:       "Remove-DistributionGroupMember",
		Parameters: Parameters{"Identity": group, "Member": member, "Confirm": false},
		Effect:     Repeatable,
	})
}

// RemoveMailContact removes a mail contact. One that is gone already is
// ErrObjectNotFound.
func (c *Client) RemoveMailContact(ctx context.Context, identity string) error {
	_, err := c.Invoke(ctx, Command{
		Name:       "Remove-MailContact",
		Parameters: Parameters{"Identity": identity, "Confirm": false},
		Effect:     Repeatable,
	})
	return err
}

// RemoveDistributionGroup removes a distribution group. One that is gone already
// is ErrObjectNotFound.
func (c *Client) RemoveDistributionGroup(ctx context.Context, identity string) error {
	return c.asManager(ctx, Command{
		Name:       "Remove-DistributionGroup",
		Parameters: Parameters{"Identity": identity, "Confirm": false},
		Effect:     Repeatable,
	})
}

// GroupsOf returns the groups of every kind that have the recipient as a direct
// member. Nobody of that identity is ErrObjectNotFound.
func (c *Client) GroupsOf(ctx context.Context, identity string) ([]Recipient, error) {
	named := Command{
		Name:       "Get-Recipient",
		Parameters: Parameters{"Identity": identity},
		Select:     []string{"DistinguishedName"},
		Effect:     Read,
	}
	result, err := c.Invoke(ctx, named)
	if err != nil {
		return nil, err
	}
	if len(result.Values) != 1 {
		return nil, &Error{Command: named.Name, Target: identity, RequestID: result.RequestID, kind: ErrObjectNotFound}
	}
	var recipient struct{ DistinguishedName string }
	if err := json.Unmarshal(result.Values[0], &recipient); err != nil {
		return nil, c.malformed(named, result.RequestID, err)
	}
	// Members is compared with distinguished names (documented: filter-properties).
	return c.recipients(ctx, anyOf("Members").equals(recipient.DistinguishedName))
}
