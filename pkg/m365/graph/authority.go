package graph

import (
	"context"
	"errors"
	"net/url"
)

// CloudManaged reports whether a group that is or was synchronised from on-premises may be changed in the cloud, since
// the authority over it was moved there. Two properties tell (learn.microsoft.com/graph/api/resources/group,
// learn.microsoft.com/graph/api/resources/onpremisessyncbehavior): onPremisesSyncEnabled is no longer true, or
// isCloudManaged is. The second takes a permission of its own; without it, it is taken to be false.
func (c *Client) CloudManaged(ctx context.Context, groupID string) (bool, error) {
	request := c.getRequest("/groups/"+url.PathEscape(groupID), url.Values{"$select": {"id,onPremisesSyncEnabled"}})
	group, err := get[Group](ctx, c, request)
	switch {
	case err != nil:
		return false, err
	case group.ID == "":
		return false, unexpected(request, "the answer holds no group", nil)
	case !group.OnPremisesSynced:
		return true, nil
	}
	request = c.getRequest("/groups/"+url.PathEscape(groupID)+"/onPremisesSyncBehavior", url.Values{"$select": {"isCloudManaged"}})
	behavior, err := get[struct {
		IsCloudManaged bool `json:"isCloudManaged"`
	}](ctx, c, request)
	if errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrBadRequest) {
		return false, nil
	}
	return behavior.IsCloudManaged, err
}
