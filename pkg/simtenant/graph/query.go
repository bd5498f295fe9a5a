package graph

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"enlist/pkg/simtenant/graph/odata"
)

// Page sizes of directory collections (Microsoft Learn, "List groups").
const (
	defaultPage = 100
	maxPage     = 999
)

// query is what the query options of a request ask for.
type query struct {
	selected []string // lower case; nil selects the defaults
	filter   odata.Node
	search   []searchTerm
	order    *ordering
	top      int
	// count asks for @odata.count. The service ignores it without an advanced query.
	count bool
	// eventual says that the request has the header "ConsistencyLevel: eventual".
	eventual bool
	from     position
	// raw are the options as they came, for the next link.
	raw url.Values
}

// advanced tells whether the conditions of an advanced query are met.
func (q *query) advanced() bool { return q.eventual && q.count }

type ordering struct {
	property   string
	descending bool
}

// readQuery reads the options for collections of the given types. Without
// types only $select is read.
func (c *call) readQuery(types ...*entity) (*query, error) {
	raw, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, badSyntax("The query specified in the URI is not valid.")
	}
	q := &query{raw: raw, top: defaultPage, eventual: strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual")}
	if err := q.refuseUnsupported(); err != nil {
		return nil, err
	}
	for _, read := range []func([]*entity) error{q.readToken, q.readSelect, q.readCount, q.readTop, q.readFilter, q.readSearch, q.readOrder} {
		if err := read(types); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (q *query) refuseUnsupported() error {
	switch {
	case q.raw.Has("$skip"):
		return badRequest("'$skip' is not supported by the service.")
	case q.raw.Has("$expand"):
		return notSimulated("$expand")
	}
	return nil
}

func (q *query) readSelect(types []*entity) error {
	for name := range strings.SplitSeq(q.raw.Get("$select"), ",") {
		name = strings.TrimSpace(name)
		if name == "" || name == "*" {
			continue
		}
		if !slices.ContainsFunc(types, func(e *entity) bool { _, ok := e.property(name); return ok }) {
			return badSyntax("Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.%s'.", name, commonType(types))
		}
		q.selected = append(q.selected, strings.ToLower(name))
	}
	return nil
}

// commonType is the name of the type that all of the types are.
func commonType(types []*entity) string {
	if len(types) == 1 {
		return types[0].name
	}
	return "directoryObject"
}

func (q *query) readCount([]*entity) error {
	switch q.raw.Get("$count") {
	case "", "false":
	case "true":
		q.count = true
	default:
		return badSyntax("Invalid value '%s' for $count query option found. Valid values are true and false.", q.raw.Get("$count"))
	}
	return nil
}

func (q *query) readTop([]*entity) error {
	if !q.raw.Has("$top") {
		return nil
	}
	given := q.raw.Get("$top")
	top, err := strconv.Atoi(given)
	if err != nil {
		return badSyntax("Invalid value '%s' for $top query option found. The $top query option requires a non-negative integer value.", given)
	}
	if top < 1 || top > maxPage {
		return unsupportedQuery("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", top, maxPage)
	}
	q.top = top
	return nil
}

func (q *query) readOrder(types []*entity) error {
	if !q.raw.Has("$orderby") {
		return nil
	}
	name, direction, _ := strings.Cut(strings.TrimSpace(q.raw.Get("$orderby")), " ")
	// Sorting together with a filter or a search needs an advanced query; by
	// other properties than the name it isn't offered for every type.
	if (q.filter != nil || q.search != nil) && !q.advanced() {
		return unsupportedQuery("Sorting not supported for current query.")
	}
	if !strings.EqualFold(name, "displayName") || len(types) != 1 {
		return unsupportedQuery("Unsupported sort property '%s' for '%s'.", name, types[0].title)
	}
	q.order = &ordering{property: "displayName", descending: strings.EqualFold(strings.TrimSpace(direction), "desc")}
	return nil
}
