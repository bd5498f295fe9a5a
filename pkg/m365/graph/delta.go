package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// ErrResync means that Graph can't tell what changed since a delta link was given out: the link is too old, of another
// tenant, or was damaged. All has to be read anew (learn.microsoft.com/graph/delta-query-overview: 410 resyncRequired
// and 400 syncStateNotFound; a link that can't be read is 400 as well).
var ErrResync = errors.New("the changes can't be told any more; all has to be read anew")

// Link is the place from which changes are told. It is opaque, and good for days at most. It leaves out the server, so
// that a link that was kept never leads a token anywhere else.
type Link string

// Optional is a property of a changed object: Graph may leave out those that did not change.
type Optional[T any] struct {
	Set   bool
	Value T // the zero value for null
}

// UnmarshalJSON is called for null, too, and not for a property that is absent.
func (o *Optional[T]) UnmarshalJSON(text []byte) error {
	o.Set = true
	return json.Unmarshal(text, &o.Value)
}

// Change is what became of an object of a collection.
type Change struct {
	ID string `json:"id"`
	// Removed objects come with nothing but their id. Its content tells the reason.
	Removed        *struct{}          `json:"@removed"`
	DisplayName    Optional[string]   `json:"displayName"`
	Mail           Optional[string]   `json:"mail"`
	ProxyAddresses Optional[[]string] `json:"proxyAddresses"`
	UserType       Optional[string]   `json:"userType"`
}

// MemberChange says that a member joined a group, or left it.
type MemberChange struct {
	ID      string    `json:"id"`
	Removed *struct{} `json:"@removed"`
}

// GroupChange is what became of a group and its members.
type GroupChange struct {
	ID string `json:"id"`
	// Removed: the group was deleted.
	Removed *struct{} `json:"@removed"`
	// Members are the changes in the order in which Graph tells them: the last one to an id counts.
	Members []MemberChange `json:"members@delta"`
}

// Latest gives the link for changes of a collection from now on. Taken before the collection is read, it misses none.
func (c *Client) Latest(ctx context.Context, of Collection) (Link, error) {
	return c.latest(ctx, of, url.Values{"$select": {of.properties()}})
}

// MaxGroups is how many groups a link of [Client.LatestMembers] can be about
// (learn.microsoft.com/graph/api/group-delta: $filter takes up to 50 ids).
const MaxGroups = 50

// LatestMembers gives one link for changes among the members of all these groups from now on. That Graph takes several
// ids together with $deltatoken=latest is not documented; an error that matches [ErrBadRequest] says that it doesn't.
func (c *Client) LatestMembers(ctx context.Context, groupIDs ...string) (Link, error) {
	clauses := make([]string, len(groupIDs))
	for i, id := range groupIDs {
		clauses[i] = "id eq " + quote(id)
	}
	return c.latest(ctx, Groups, url.Values{"$select": {"members"}, "$filter": {strings.Join(clauses, " or ")}})
}

func (c *Client) latest(ctx context.Context, of Collection, query url.Values) (Link, error) {
	query.Set("$deltatoken", "latest")
	_, link, err := changes[Change](ctx, c, c.getRequest("/"+string(of)+"/delta", query))
	return link, err
}

// Changes tells what changed since the link was given out, and the link for the time after. An error that matches
// [ErrResync] means that the link is of no use any more.
func (c *Client) Changes(ctx context.Context, since Link) ([]Change, Link, error) {
	request, err := c.since(since)
	if err != nil {
		return nil, "", err
	}
	found, next, err := changes[Change](ctx, c, request)
	return found, next, resync(err)
}

// MemberChanges is Changes for a link of [Client.LatestMembers]: it tells of each group in which something changed, once.
func (c *Client) MemberChanges(ctx context.Context, since Link) ([]GroupChange, Link, error) {
	request, err := c.since(since)
	if err != nil {
		return nil, "", err
	}
	found, next, err := changes[GroupChange](ctx, c, request)
	if err != nil {
		return nil, "", resync(err)
	}
	// The members of one group can be spread over several pages, each time with the group.
	var groups []GroupChange
	places := map[string]int{}
	for _, g := range found {
		place, ok := places[g.ID]
		if !ok {
			places[g.ID] = len(groups)
			groups = append(groups, g)
			continue
		}
		groups[place].Members = append(groups[place].Members, g.Members...)
		if g.Removed != nil {
			groups[place].Removed = g.Removed
		}
	}
	return groups, next, nil
}

// changes reads a round of a delta query: its pages follow one another, and the last one has the link for the next
// round.
func changes[T any](ctx context.Context, c *Client, request *abs.RequestInformation) ([]T, Link, error) {
	var found []T
	seen := map[string]bool{}
	for {
		p, err := fetch[T](ctx, c, request)
		if err != nil {
			return nil, "", err
		}
		found = append(found, *p.Value...)
		if p.Next == "" {
			link, err := c.linkOf(request, p.Delta)
			return found, link, err
		}
		if request, err = c.follow(request, p.Next, seen); err != nil {
			return nil, "", err
		}
	}
}

// linkOf keeps a delta link without its server.
func (c *Client) linkOf(request *abs.RequestInformation, deltaLink string) (Link, error) {
	u, err := url.Parse(deltaLink)
	if err != nil || u.Host != c.base.Host || u.Path == "" {
		return "", unexpected(request, "the answer holds no link for later changes", err)
	}
	return Link(u.RequestURI()), nil
}

// since is the request for what happened after a link was given out.
func (c *Client) since(link Link) (*abs.RequestInformation, error) {
	u, err := url.Parse(string(link))
	if err != nil || u.Host != "" || u.Path == "" {
		return nil, ErrResync
	}
	u.Scheme, u.Host = c.base.Scheme, c.base.Host
	return getURL(*u), nil
}

// resync adds to Graph's refusal that the link is of no use any more.
func resync(err error) error {
	refusal, ok := errors.AsType[*Error](err)
	if ok && (refusal.Status == http.StatusGone || refusal.Status == http.StatusBadRequest) {
		return errors.Join(ErrResync, err)
	}
	return err
}

// getRequest is a request of the API's own, without a builder of the SDK: those for delta queries don't know
// $deltatoken.
func (c *Client) getRequest(path string, query url.Values) *abs.RequestInformation {
	u := *c.base
	u.Path += path
	u.RawQuery = query.Encode()
	return getURL(u)
}

func getURL(u url.URL) *abs.RequestInformation {
	request := abs.NewRequestInformation()
	request.Method = abs.GET
	request.SetUri(u)
	return request
}
