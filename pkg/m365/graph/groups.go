package graph

import (
	"context"
	"iter"
	"slices"

	"github.com/microsoftgraph/msgraph-sdk-go/groups"
)

// Group is a group (learn.microsoft.com/graph/api/resources/group). Group.Read.All or GroupMember.Read.All is needed
// to read it. Dynamic distribution groups are none: Graph doesn't know them.
type Group struct {
	// ID is the object's id in Entra, which Exchange calls ExternalDirectoryObjectId.
	ID             string   `json:"id"`
	DisplayName    string   `json:"displayName"`
	Mail           string   `json:"mail"`
	MailNickname   string   `json:"mailNickname"`
	ProxyAddresses []string `json:"proxyAddresses"`
	// GroupTypes has "Unified" for a Microsoft 365 group and "DynamicMembership" where a rule decides who is a member.
	GroupTypes      []string `json:"groupTypes"`
	MailEnabled     bool     `json:"mailEnabled"`
	SecurityEnabled bool     `json:"securityEnabled"`
	// OnPremisesSynced is true when the group is mastered on premises, and read-only in the cloud.
	OnPremisesSynced bool `json:"onPremisesSyncEnabled"`
}

// GroupKind is what a group is to somebody who wants to add a contact to it.
type GroupKind string

// The kinds of groups that Graph knows.
const (
	Distribution        GroupKind = "distribution group"
	MailEnabledSecurity GroupKind = "mail-enabled security group"
	Microsoft365        GroupKind = "Microsoft 365 group"
	Security            GroupKind = "security group"
)

// Kind tells the kind by the three properties that make it (learn.microsoft.com/graph/api/resources/groups-overview).
func (g Group) Kind() GroupKind {
	switch {
	case slices.Contains(g.GroupTypes, "Unified"):
		return Microsoft365
	case !g.MailEnabled:
		return Security
	case g.SecurityEnabled:
		return MailEnabledSecurity
	}
	return Distribution
}

// DynamicMembership reports whether a rule decides who is a member, so that nobody can be added by hand.
func (g Group) DynamicMembership() bool { return slices.Contains(g.GroupTypes, "DynamicMembership") }

var groupProperties = []string{
	"id", "displayName", "mail", "mailNickname", "proxyAddresses", "groupTypes",
	"mailEnabled", "securityEnabled", "onPremisesSyncEnabled",
}

// Groups streams all groups that can receive mail.
func (c *Client) Groups(ctx context.Context) iter.Seq2[Group, error] {
	return c.groups(ctx, "mailEnabled eq true")
}

// Group returns the group with an id; an error matches [ErrNotFound] when there is none.
func (c *Client) Group(ctx context.Context, id string) (Group, error) {
	builder := groups.NewGroupsRequestBuilderInternal(c.root(), c.adapter).ByGroupId(id)
	request, err := builder.ToGetRequestInformation(ctx, &groups.GroupItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &groups.GroupItemRequestBuilderGetQueryParameters{Select: groupProperties},
	})
	if err != nil {
		return Group{}, err
	}
	group, err := get[Group](ctx, c, request)
	if err == nil && group.ID == "" {
		err = unexpected(request, "the answer holds no group", nil)
	}
	return group, err
}

// FindGroups returns the groups of any kind with a display name, alias or address equal to name. There may be none,
// and, as display names are not unique, several.
func (c *Client) FindGroups(ctx context.Context, name string) ([]Group, error) {
	filter := "displayName eq " + quote(name) + " or mailNickname eq " + quote(name) + " or " + holdsAddress(name)
	var found []Group
	for group, err := range c.groups(ctx, filter) {
		if err != nil {
			return nil, err
		}
		found = append(found, group)
	}
	return found, nil
}

func (c *Client) groups(ctx context.Context, filter string) iter.Seq2[Group, error] {
	top := int32(pageSize)
	builder := groups.NewGroupsRequestBuilderInternal(c.root(), c.adapter)
	request, err := builder.ToGetRequestInformation(ctx, &groups.GroupsRequestBuilderGetRequestConfiguration{
		QueryParameters: &groups.GroupsRequestBuilderGetQueryParameters{Select: groupProperties, Filter: &filter, Top: &top},
	})
	if err != nil {
		return failed[Group](err)
	}
	return collect[Group](ctx, c, request)
}
