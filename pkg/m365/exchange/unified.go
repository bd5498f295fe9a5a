package exchange

import "context"

// UnifiedGroup returns a Microsoft 365 group with its settings, of which those
// about delivery reports mean nothing there.
func (c *Client) UnifiedGroup(ctx context.Context, identity string) (Group, error) {
	return c.group(ctx, "Get-UnifiedGroup", identity)
}

// SetUnifiedRequireSenderAuthentication sets whether only senders of the
// organisation may write to a Microsoft 365 group (true) or anyone may (false).
// It can take an hour to show in the flow of mail (documented:
// ndr-when-external-users-send-email-to-microsoft-365-group).
func (c *Client) SetUnifiedRequireSenderAuthentication(ctx context.Context, group string, required bool) error {
	return c.setUnified(ctx, group, "RequireSenderAuthenticationEnabled", required)
}

// AddUnifiedAllowedSenders is AddAllowedSenders for a Microsoft 365 group.
func (c *Client) AddUnifiedAllowedSenders(ctx context.Context, group string, senders ...string) error {
	return c.setUnified(ctx, group, "AcceptMessagesOnlyFromSendersOrMembers", HashTable{Add: senders})
}

// RemoveUnifiedAllowedSenders is RemoveAllowedSenders for a Microsoft 365 group.
func (c *Client) RemoveUnifiedAllowedSenders(ctx context.Context, group string, senders ...string) error {
	return c.setUnified(ctx, group, "AcceptMessagesOnlyFromSendersOrMembers", HashTable{Remove: senders})
}

// setUnified sets a property. Set-UnifiedGroup knows no check of the managers
// that would have to be bypassed.
func (c *Client) setUnified(ctx context.Context, group, property string, value any) error {
	_, err := c.Invoke(ctx, Command{
		Name:       "Set-UnifiedGroup",
		Parameters: Parameters{"Identity": group, property: value},
		Effect:     Repeatable,
	})
	return err
}
