package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Group is a distribution group, mail-enabled security group or room list,
// with everything that decides who can write to it. Lists of recipients hold
// names or ids, not addresses (observed).
type Group struct {
	Guid                      string
	Name                      string
	Alias                     string
	DisplayName               string
	PrimarySmtpAddress        string
	EmailAddresses            Strings // with their kind, as those of a Recipient
	RecipientTypeDetails      string  // MailUniversalDistributionGroup, MailUniversalSecurityGroup, …
	ExternalDirectoryObjectId string
	IsDirSynced               Bool // managed on-premises: read-only here
	ManagedBy                 Strings

	// RequireSenderAuthenticationEnabled makes mail from outside bounce
	// (5.7.133), mail from members included.
	RequireSenderAuthenticationEnabled Bool

	// Who may send, if any of these is not empty; others bounce (5.7.124).
	AcceptMessagesOnlyFrom                 Strings
	AcceptMessagesOnlyFromDLMembers        Strings
	AcceptMessagesOnlyFromSendersOrMembers Strings
	// Who may not send.
	RejectMessagesFrom                 Strings
	RejectMessagesFromDLMembers        Strings
	RejectMessagesFromSendersOrMembers Strings

	// Messages are held for a moderator, save those of the ones that bypass.
	ModerationEnabled                    Bool
	ModeratedBy                          Strings
	BypassModerationFromSendersOrMembers Strings

	HiddenFromAddressListsEnabled Bool
	// With both of these false mail goes out with an empty return path, and
	// outside members' servers may drop it silently.
	ReportToOriginatorEnabled Bool
	ReportToManagerEnabled    Bool
}

var groupProperties = []string{
	"Guid", "Name", "Alias", "DisplayName", "PrimarySmtpAddress", "EmailAddresses", "RecipientTypeDetails",
	"ExternalDirectoryObjectId", "IsDirSynced", "ManagedBy", "RequireSenderAuthenticationEnabled",
	"AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromDLMembers", "AcceptMessagesOnlyFromSendersOrMembers",
	"RejectMessagesFrom", "RejectMessagesFromDLMembers", "RejectMessagesFromSendersOrMembers",
	"ModerationEnabled", "ModeratedBy", "BypassModerationFromSendersOrMembers",
	"HiddenFromAddressListsEnabled", "ReportToOriginatorEnabled", "ReportToManagerEnabled",
}

var errNoSenderSetting = errors.New("the answer does not say whether senders must be authenticated")

// DistributionGroup returns one group with its settings. A dynamic distribution
// group or a Microsoft 365 group is not found (ErrObjectNotFound); an identity
// of several groups is ErrAmbiguous.
func (c *Client) DistributionGroup(ctx context.Context, identity string) (Group, error) {
	return c.group(ctx, "Get-DistributionGroup", identity)
}

// group runs a cmdlet that gets groups.
func (c *Client) group(ctx context.Context, cmdlet, identity string) (Group, error) {
	cmd := Command{
		Name:       cmdlet,
		Parameters: Parameters{"Identity": identity},
		Select:     groupProperties,
		Effect:     Read,
	}
	result, err := c.Invoke(ctx, cmd)
	if err != nil {
		return Group{}, err
	}
	failed := &Error{Command: cmd.Name, Target: identity, RequestID: result.RequestID}
	switch len(result.Values) {
	case 1:
	case 0:
		failed.kind = ErrObjectNotFound
		return Group{}, failed
	default:
		failed.kind = ErrAmbiguous
		return Group{}, failed
	}
	return c.decodeGroup(cmd, result, result.Values[0])
}

// decodeGroup reads one of the groups that a command answered.
func (c *Client) decodeGroup(cmd Command, result Result, value json.RawMessage) (Group, error) {
	// Taking a missing setting for false would call a closed group open.
	var answered struct {
		Group
		RequireSenderAuthenticationEnabled *Bool
	}
	err := json.Unmarshal(value, &answered)
	if err == nil && answered.RequireSenderAuthenticationEnabled == nil {
		err = errNoSenderSetting
	}
	if err != nil {
		return Group{}, c.malformed(cmd, result.RequestID, err)
	}
	answered.Group.RequireSenderAuthenticationEnabled = *answered.RequireSenderAuthenticationEnabled
	return answered.Group, nil
}

// MaxGroups is how many addresses DistributionGroups takes, for the reason of
// MaxAddresses.
const MaxGroups = 20

// DistributionGroups returns the groups that hold one of the SMTP addresses,
// primary or not, with their settings: distribution groups, mail-enabled
// security groups and room lists. What is no such group, or nobody, is left out.
func (c *Client) DistributionGroups(ctx context.Context, addresses ...string) ([]Group, error) {
	if n := len(addresses); n == 0 || n > MaxGroups {
		return nil, fmt.Errorf("exchange: %d groups to look up, which must be 1 to %d", n, MaxGroups)
	}
	terms := make([]string, len(addresses))
	for i, address := range addresses {
		terms[i] = anyOf("EmailAddresses").equals(address)
	}
	cmd := Command{
		Name:       "Get-DistributionGroup",
		Parameters: Parameters{"Filter": strings.Join(terms, " -or ")},
		Select:     groupProperties,
	}
	result, err := c.listed(ctx, cmd)
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(result.Values))
	for i, value := range result.Values {
		if groups[i], err = c.decodeGroup(cmd, result, value); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// Holds reports whether the group holds the SMTP address.
func (g Group) Holds(address string) bool {
	r := Recipient{PrimarySmtpAddress: g.PrimarySmtpAddress, EmailAddresses: g.EmailAddresses}
	return slices.ContainsFunc(r.Addresses(), func(a string) bool { return strings.EqualFold(a, address) })
}

// DistributionGroupMembers returns the direct members of a group, those hidden
// from address lists included (documented: DistributionGroupMember endpoint).
func (c *Client) DistributionGroupMembers(ctx context.Context, identity string) ([]Recipient, error) {
	return list[Recipient](ctx, c, Command{
		Name:       "Get-DistributionGroupMember",
		Parameters: Parameters{"Identity": identity},
		Select:     recipientProperties,
	})
}

// AddDistributionGroupMember adds one member to a group. Both are identities;
// a Guid is the surest. ErrAlreadyMember says that there was nothing to do.
func (c *Client) AddDistributionGroupMember(ctx context.Context, group, member string) error {
	return c.asManager(ctx, Command{
		Name:       "Add-DistributionGroupMember",
		Parameters: Parameters{"Identity": group, "Member": member},
		Effect:     Repeatable,
	})
}

// SetRequireSenderAuthentication sets whether only senders of the organisation
// may write to a group (true) or anyone may (false).
func (c *Client) SetRequireSenderAuthentication(ctx context.Context, group string, required bool) error {
	return c.asManager(ctx, Command{
		Name:       "Set-DistributionGroup",
		Parameters: Parameters{"Identity": group, "RequireSenderAuthenticationEnabled": required},
		Effect:     Repeatable,
	})
}

// asManager runs a command on a group that the caller does not own. The switch
// for it belongs to the role Security Group Creation and Membership; to a caller
// without that role the switch does not exist, but the command may still work,
// on groups that the caller owns.
func (c *Client) asManager(ctx context.Context, cmd Command) error {
	if !c.bypassRefused.Load() {
		bypassing := cmd
		bypassing.Parameters = maps.Clone(cmd.Parameters)
		bypassing.Parameters["BypassSecurityGroupManagerCheck"] = true
		if _, err := c.Invoke(ctx, bypassing); !errors.Is(err, ErrUnknownParameter) {
			return err
		}
	}
	_, err := c.Invoke(ctx, cmd)
	if !errors.Is(err, ErrUnknownParameter) {
		c.bypassRefused.Store(true) // it was the switch, and will be next time
	}
	return err
}
