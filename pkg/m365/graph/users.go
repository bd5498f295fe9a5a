package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// User is what became of a guest. Reading it takes the permission User.Read.All.
type User struct {
	ID              string    `json:"id"`
	CreatedDateTime time.Time `json:"createdDateTime"`
	// ExternalUserState of a guest is "PendingAcceptance" until the person has taken up the invitation, and then
	// "Accepted"; null for old accounts (learn.microsoft.com/graph/api/resources/user).
	ExternalUserState string `json:"externalUserState"`
	// UserType is "Guest", or "Member" once the guest was made one of the organisation's own.
	UserType string `json:"userType"`
}

// User returns the user with an id; the error matches [ErrNotFound] when there is none.
func (c *Client) User(ctx context.Context, id string) (User, error) {
	request := c.getRequest("/users/"+url.PathEscape(id), url.Values{"$select": {"id,createdDateTime,externalUserState,userType"}})
	answer, err := c.send(ctx, request)
	if err != nil {
		return User{}, err
	}
	var user User
	if err := json.Unmarshal(answer, &user); err != nil {
		return User{}, unexpected(request, plain(answer), err)
	}
	return user, nil
}

// GroupOfUser is a group, or a role or unit of the directory, that a user is in.
type GroupOfUser struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"displayName"`
	Mail        string   `json:"mail"`
	MailEnabled bool     `json:"mailEnabled"`
	GroupTypes  []string `json:"groupTypes"` // with "Unified": a Microsoft 365 group
}

// GroupsOfUser streams what the user is a direct member of.
func (c *Client) GroupsOfUser(ctx context.Context, id string) iter.Seq2[GroupOfUser, error] {
	query := url.Values{"$select": {"id,displayName,mail,mailEnabled,groupTypes"}, "$top": {strconv.Itoa(pageSize)}}
	return collect[GroupOfUser](ctx, c, c.getRequest("/users/"+url.PathEscape(id)+"/memberOf", query))
}

// DeleteUser deletes a user, whom the service keeps for 30 days to be restored. It takes the permission
// User.ReadWrite.All, and the error matches [ErrForbidden] without it, [ErrNotFound] when there is no such user
// (learn.microsoft.com/graph/api/user-delete).
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	return c.remove(ctx, "{+baseurl}/users/{user%2Did}", map[string]string{"user%2Did": id})
}

// RemoveGroupMember takes a user out of a Microsoft 365 group; both are ids. The error matches [ErrNotFound] when the
// user is not in it, or one of them is gone.
func (c *Client) RemoveGroupMember(ctx context.Context, groupID, userID string) error {
	return c.remove(ctx, "{+baseurl}/groups/{group%2Did}/members/{user%2Did}/$ref",
		map[string]string{"group%2Did": groupID, "user%2Did": userID})
}

// remove sends a DELETE, which does no harm when it is sent again.
func (c *Client) remove(ctx context.Context, template string, path map[string]string) error {
	parameters := c.root()
	for name, value := range path {
		parameters[name] = value
	}
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.DELETE, template, parameters)
	request.Headers.TryAdd("Accept", "application/json")
	_, err := c.send(ctx, request)
	return err
}
