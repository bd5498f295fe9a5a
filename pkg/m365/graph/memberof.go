package graph

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// MemberOfRequests is how many requests it takes [Client.MemberOf] to ask about so many objects that are in few groups.
func MemberOfRequests(objects int) int { return (objects + maxBatch - 1) / maxBatch }

// MemberOf gives for each of the objects, which are contacts or users, the ids of what it is a direct member of: groups,
// and units of the directory. For contacts it takes no more than OrgContact.Read.All: what the app may not read comes
// with its id (learn.microsoft.com/graph/api/orgcontact-list-memberof).
func (c *Client) MemberOf(ctx context.Context, from Collection, ids ...string) ([][]string, error) {
	query := url.Values{"$select": {"id"}, "$top": {strconv.Itoa(pageSize)}}
	paths := make([]string, len(ids))
	for i, id := range ids {
		paths[i] = batchPath("/"+string(from)+"/"+url.PathEscape(id)+"/memberOf", query)
	}
	answers, err := c.getAll(ctx, paths, nil)
	if err != nil {
		return nil, err
	}
	of := make([][]string, len(ids))
	for i, text := range answers {
		for group, err := range collectFrom[struct{ ID string }](ctx, c, c.getRequest("/"+string(from)+"/memberOf", nil), text) {
			if err != nil {
				return nil, err
			}
			of[i] = append(of[i], group.ID)
		}
	}
	return of, nil
}

// MemberCount is how many direct members a group has.
type MemberCount struct {
	All      int
	Contacts int // among them
}

// CountMembers counts the members of each group, of ten groups with a request.
func (c *Client) CountMembers(ctx context.Context, groupIDs ...string) ([]MemberCount, error) {
	query := url.Values{"$count": {"true"}, "$select": {"id"}, "$top": {"1"}}
	var paths []string
	for _, id := range groupIDs {
		members := "/groups/" + url.PathEscape(id) + "/members"
		// The second is a cast, which leaves members of other types out (learn.microsoft.com/graph/api/group-list-members).
		paths = append(paths, batchPath(members, query), batchPath(members+"/microsoft.graph.orgContact", query))
	}
	answers, err := c.getAll(ctx, paths, map[string]string{"ConsistencyLevel": "eventual"})
	if err != nil {
		return nil, err
	}
	counts := make([]MemberCount, len(groupIDs))
	for i, text := range answers {
		var answer counted
		if err := json.Unmarshal(text, &answer); err != nil || answer.Count == nil {
			return nil, unexpected(c.getRequest("/groups/members", nil), "the answer holds no count", err)
		}
		if i%2 == 0 {
			counts[i/2].All = *answer.Count
		} else {
			counts[i/2].Contacts = *answer.Count
		}
	}
	return counts, nil
}
