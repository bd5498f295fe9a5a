package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph/odata"

	"github.com/google/uuid"
)

// How much a page of changes holds, and for how long one can go on from it.
// Microsoft Learn, "Use delta query to track changes"; the sizes are observed.
const (
	deltaObjects         = 200
	deltaLinks           = 500
	maxDeltaIDs          = 50
	defaultDeltaLifetime = 7 * 24 * time.Hour
)

// deltaState is where a client stands. It travels in $skiptoken in the middle of
// a round and in $deltatoken between rounds, so nothing needs to be remembered
// here, and a restart loses nothing.
type deltaState struct {
	// Since is the change after which this round's changes begin; 0 for the
	// first round, which lists what there is.
	Since uint64 `json:"s"`
	// Until is where the next round begins.
	Until uint64 `json:"u,omitempty"`
	// Cursor is the object at which the next page begins, Link the last of its
	// members that the client was told of.
	Cursor directory.Cursor `json:"c,omitempty"`
	Link   string           `json:"l,omitempty"`
	// Issued is when the round began, in seconds since 1970.
	Issued int64 `json:"t"`
	// Select and IDs repeat the options of the first request.
	Select string   `json:"q,omitempty"`
	IDs    []string `json:"i,omitempty"`
}

func contactsDelta(c *call) error { return c.delta(contactEntity) }
func groupsDelta(c *call) error   { return c.delta(groupEntity) }
func usersDelta(c *call) error    { return c.delta(userEntity) }

func (c *call) delta(e *entity) error {
	raw, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return badSyntax("The query specified in the URI is not valid.")
	}
	state, err := c.readDelta(raw)
	if err != nil {
		return err
	}
	d, err := c.newDeltaPage(e, state)
	if err != nil {
		return err
	}
	if raw.Get("$deltatoken") == "latest" {
		state.Since = state.Until
		d.finish()
		return c.answerPage(d.page)
	}
	next, end := c.view.Changes(state.Since, e.kinds, state.Cursor, d.add)
	switch {
	case d.broken:
		state.Cursor, state.Link = next-1, d.link
		d.next = c.deltaLink("$skiptoken", state)
	case !end:
		state.Cursor, state.Link = next, ""
		d.next = c.deltaLink("$skiptoken", state)
	default:
		d.finish()
	}
	return c.answerPage(d.page)
}

// readDelta reads where the client stands: nowhere yet, or at a token.
func (c *call) readDelta(raw url.Values) (*deltaState, error) {
	state := &deltaState{}
	skip, delta := raw.Get("$skiptoken"), raw.Get("$deltatoken")
	switch {
	case skip != "":
		if !decodeToken(skip, state) {
			return nil, badRequest("Badly formed token.")
		}
	case delta != "" && delta != "latest":
		if !decodeToken(delta, state) {
			return nil, badRequest("Badly formed token.")
		}
		state.Cursor, state.Link = 0, ""
	default:
		state.Select = raw.Get("$select")
		ids, err := filteredIDs(raw.Get("$filter"))
		if err != nil {
			return nil, err
		}
		state.IDs = ids
	}
	if skip == "" {
		state.Until = c.view.Latest()
	}
	if state.Issued == 0 {
		state.Issued = c.api.Now().Unix()
	}
	return state, c.checkDelta(state, skip == "")
}

// checkDelta refuses a token that is too old, and one of another directory's
// history: there the client has to begin anew.
func (c *call) checkDelta(state *deltaState, newRound bool) error {
	now := c.api.Now()
	if now.Sub(time.Unix(state.Issued, 0)) > c.api.DeltaLifetime {
		return refuse(http.StatusBadRequest, "syncStateNotFound",
			"The sync state generation is not found. The delta token is expired and data must be synchronized again.")
	}
	if !newRound {
		return nil
	}
	if state.Since > 0 && state.Since > c.api.Directory.Truth().Latest() {
		refusal := refuse(http.StatusGone, "resyncRequired", "Resync required. Replace any local items with the server's version.")
		refusal.Header = http.Header{"Location": {"https://" + c.r.Host + c.r.URL.Path + "?$deltatoken="}}
		return refusal
	}
	state.Issued = now.Unix()
	return nil
}

// filteredIDs reads the one filter that delta queries take: "id eq '…' or …".
func filteredIDs(filter string) ([]string, error) {
	if filter == "" {
		return nil, nil
	}
	n, err := odata.Parse(filter)
	if err != nil {
		return nil, badSyntax("Invalid filter clause: %s", err)
	}
	ids, ok := equalIDs(n)
	if !ok {
		return nil, unsupportedQuery("Unsupported query: only filters on 'id' are supported for change tracking.")
	}
	if len(ids) > maxDeltaIDs {
		return nil, unsupportedQuery("Unsupported query: at most %d ids are supported for change tracking.", maxDeltaIDs)
	}
	return ids, nil
}

func equalIDs(n odata.Node) ([]string, bool) {
	switch n := n.(type) {
	case odata.Or:
		left, okLeft := equalIDs(n.Left)
		right, okRight := equalIDs(n.Right)
		return append(left, right...), okLeft && okRight
	case odata.Compare:
		id, ok := n.Value.(string)
		return []string{strings.ToLower(id)}, ok && strings.EqualFold(n.Property, "id") && n.Operator == odata.Eq && !n.Count
	}
	return nil, false
}

func (c *call) deltaLink(option string, state *deltaState) string {
	return c.link(url.Values{option: {encodeToken(state)}})
}

// deltaPage is a page of changes, being written.
type deltaPage struct {
	*page
	call    *call
	state   *deltaState
	shape   shape
	members bool // members@delta is wanted

	objects, links int    // room that is left
	broken         bool   // the page ended amid a group's members
	link           string // the last member written
}

func (c *call) newDeltaPage(e *entity, state *deltaState) (*deltaPage, error) {
	q := &query{raw: url.Values{"$select": {state.Select}}}
	names := slices.DeleteFunc(strings.Split(state.Select, ","), func(name string) bool {
		return strings.EqualFold(strings.TrimSpace(name), "members")
	})
	withMembers := e == groupEntity && (state.Select == "" || len(names) < len(strings.Split(state.Select, ",")))
	if withMembers && state.Select != "" {
		// The id comes whatever else was asked for.
		q.raw.Set("$select", strings.Join(append(names, "id"), ","))
	}
	if err := q.readSelect([]*entity{e}); err != nil {
		return nil, err
	}
	if q.selected != nil && !slices.Contains(q.selected, "id") {
		q.selected = append(q.selected, "id")
	}
	d := &deltaPage{
		page: newPage(), call: c, state: state, members: withMembers,
		shape: c.shapeOf(e, q, false), objects: deltaObjects, links: deltaLinks,
	}
	d.context = e.collection + "/$delta"
	if state.Select != "" {
		d.context = fmt.Sprintf("%s(%s)/$delta", e.collection, state.Select)
	}
	return d, nil
}

// finish ends the round: the next one begins where this one looked.
func (d *deltaPage) finish() {
	next := deltaState{Since: d.state.Until, Issued: d.state.Issued, Select: d.state.Select, IDs: d.state.IDs}
	d.delta = d.call.deltaLink("$deltatoken", &next)
}

// add writes what became of one object. It is false when the page is full.
func (d *deltaPage) add(change directory.Change) bool {
	id := change.Object.ID.String()
	switch {
	case len(d.state.IDs) > 0 && !slices.Contains(d.state.IDs, id):
		return true
	case entityOf(change.Object.Kind) != d.shape.entity:
		return true // a dynamic distribution group
	case change.Removed:
		d.items = appendJSON(d.page.add(), removedObject(change.Object))
	case change.Properties || d.state.Since == 0 || d.members:
		d.items = d.shape.append(d.page.add(), d.call.api.Directory, change.Object, "")
		if d.members {
			d.addMembers(change)
		}
	default:
		return true // only members changed, and nobody asked for them
	}
	d.objects--
	return !d.broken && d.objects > 0 && d.links > 0
}

// removedObject tells of an object that is gone. Users and Microsoft 365 groups
// can be restored for a while, which the reason "changed" says.
func removedObject(o *directory.Object) map[string]any {
	reason := "deleted"
	if o.Kind.Has(directory.Users | directory.Microsoft365) {
		reason = "changed"
	}
	return map[string]any{"id": o.ID, "@removed": map[string]string{"reason": reason}}
}

// memberLink is one element of members@delta.
type memberLink struct {
	Type    string            `json:"@odata.type"`
	ID      uuid.UUID         `json:"id"`
	Removed map[string]string `json:"@removed,omitempty"`
}

// addMembers writes as many of a group's changed members as there is room for,
// from where the page before ended, into the group that was just written.
func (d *deltaPage) addMembers(change directory.Change) {
	links := make([]memberLink, 0, len(change.Joined)+len(change.Left))
	for _, o := range change.Joined {
		links = appendLink(links, o, nil)
	}
	for _, o := range change.Left {
		links = appendLink(links, o, map[string]string{"reason": "deleted"})
	}
	links = links[d.resumeAt(links):]
	d.state.Link = ""
	if len(links) > d.links {
		links, d.broken = links[:d.links], true
	}
	d.links -= len(links)
	if len(links) == 0 {
		return
	}
	d.link = linkKey(links[len(links)-1])
	d.items = d.items[:len(d.items)-1] // the group's closing brace
	d.items = appendJSON(appendName(d.items, "members@delta"), links)
	d.items = append(d.items, '}')
}

func appendLink(links []memberLink, o *directory.Object, removed map[string]string) []memberLink {
	e := entityOf(o.Kind)
	if e == nil {
		return links // a dynamic distribution group as a member
	}
	return append(links, memberLink{e.odataType(), o.ID, removed})
}

// linkKey names a link so that it can be found again, as joined or as left.
func linkKey(l memberLink) string {
	if l.Removed != nil {
		return "-" + l.ID.String()
	}
	return "+" + l.ID.String()
}

// resumeAt is the place after the last link of the page before. Where that link
// is no longer among the changes, the group is told from the beginning: told
// twice is better than never.
func (d *deltaPage) resumeAt(links []memberLink) int {
	if d.state.Link == "" {
		return 0
	}
	return 1 + slices.IndexFunc(links, func(l memberLink) bool { return linkKey(l) == d.state.Link })
}
