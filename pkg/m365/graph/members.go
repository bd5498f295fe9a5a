package graph

import (
	"context"
	"iter"

	"github.com/microsoftgraph/msgraph-sdk-go/groups"
)

// Types of members that matter here, as Graph writes them.
const (
	TypeContact = "#microsoft.graph.orgContact"
	TypeUser    = "#microsoft.graph.user"
	TypeGroup   = "#microsoft.graph.group"
)

// Member is a direct member of a group.
type Member struct {
	ID string `json:"id"`
	// Type is one of the constants above, or another that Graph knows.
	Type        string `json:"@odata.type"`
	DisplayName string `json:"displayName"`
	Mail        string `json:"mail"`
}

// Hidden reports whether the member came with its type and id only, as those do that the app may not read: for
// contacts it lacks OrgContact.Read.All, for users User.Read.All (learn.microsoft.com/graph/api/group-list-members).
// Objects have a display name, so one without is hidden.
func (m Member) Hidden() bool { return m.DisplayName == "" && m.Mail == "" }

// GroupMembers streams the direct members of the group with an id; the error matches [ErrNotFound] when there is no
// such group.
func (c *Client) GroupMembers(ctx context.Context, groupID string) iter.Seq2[Member, error] {
	top := int32(pageSize)
	builder := groups.NewGroupsRequestBuilderInternal(c.root(), c.adapter).ByGroupId(groupID).Members()
	request, err := builder.ToGetRequestInformation(ctx, &groups.ItemMembersRequestBuilderGetRequestConfiguration{
		QueryParameters: &groups.ItemMembersRequestBuilderGetQueryParameters{Select: []string{"id", "displayName", "mail"}, Top: &top},
	})
	if err != nil {
		return failed[Member](err)
	}
	return collect[Member](ctx, c, request)
}
