package graph

import (
	"strings"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph/odata"

	"github.com/google/uuid"
)

// readFilter parses $filter and refuses the conditions that the service doesn't
// support, or supports only in an advanced query.
func (q *query) readFilter(types []*entity) error {
	if q.raw.Get("$filter") == "" {
		return nil
	}
	filter, err := odata.Parse(q.raw.Get("$filter"))
	if err != nil {
		return badSyntax("Invalid filter clause: %s", err)
	}
	for _, leaf := range odata.Leaves(filter) {
		if err := q.checkLeaf(leaf, types); err != nil {
			return err
		}
	}
	q.filter = filter
	return nil
}

func (q *query) checkLeaf(leaf odata.Leaf, types []*entity) error {
	p, ok := sharedProperty(leaf.Property, types)
	if !ok {
		return badSyntax("Invalid filter clause: Could not find a property named '%s' on type 'microsoft.graph.%s'.", leaf.Property, commonType(types))
	}
	operation := leaf.Operation
	if leaf.Count {
		operation = "count"
	}
	switch {
	case !p.supports(operation, leaf.Lambda):
		return unsupportedFilter(p.name, types[0].title)
	case q.advanced():
		return nil
	case leaf.Negated:
		return needsAdvancedQuery("not")
	case len(types) > 1:
		// Collections of several types are filtered in advanced queries only
		// (Microsoft Learn, "List group members").
		return needsAdvancedQuery(operation)
	case !p.plain.has(operation):
		return refuseWithoutAdvanced(p, operation, types[0])
	}
	return nil
}

// supports tells whether an operation works on the property in any query. The
// values of a list are reached through any only; a list as a whole can be
// counted.
func (p *property) supports(operation string, lambda bool) bool {
	if !p.plain.has(operation) && !p.advanced.has(operation) {
		return false
	}
	if p.empty == "[]" {
		return lambda || counted.has(operation)
	}
	return !lambda
}

// refuseWithoutAdvanced answers a filter that only lacks the conditions of an
// advanced query. Operators are named; for a property that isn't indexed
// otherwise, the property is.
func refuseWithoutAdvanced(p *property, operation string, e *entity) error {
	if p.plain == nil {
		return unsupportedFilter(p.name, e.title)
	}
	return needsAdvancedQuery(operation)
}

// sharedProperty finds a property of one of the types. Members of a group may be
// filtered by a property that only some of them have.
func sharedProperty(name string, types []*entity) (*property, bool) {
	for _, e := range types {
		if p, ok := e.property(name); ok {
			return p, true
		}
	}
	return nil, false
}

// matches tells whether an object fulfils the filter and the search.
func (q *query) matches(dir *directory.Directory, e *entity, o *directory.Object) bool {
	if q.filter != nil && !odata.Match(q.filter, e.values(dir, o)) {
		return false
	}
	for _, term := range q.search {
		if !term.matches(dir, e, o) {
			return false
		}
	}
	return true
}

// candidates finds the objects that a filter can match without going through
// the whole directory, where the filter asks for ids or addresses. ok is false
// when it asks for something else.
func candidates(v directory.View, filter odata.Node) (found []*directory.Object, ok bool) {
	switch n := filter.(type) {
	case odata.Or:
		left, okLeft := candidates(v, n.Left)
		right, okRight := candidates(v, n.Right)
		return append(left, right...), okLeft && okRight
	case odata.And:
		if found, ok := candidates(v, n.Left); ok {
			return found, true
		}
		return candidates(v, n.Right)
	case odata.Compare:
		return equalTo(v, n.Property, n)
	case odata.In:
		return oneOf(v, n)
	case odata.Any:
		if inner, ok := n.Condition.(odata.Compare); ok && !n.All && inner.Property == n.Variable {
			return equalTo(v, n.Property, inner)
		}
	}
	return nil, false
}

func equalTo(v directory.View, property string, n odata.Compare) ([]*directory.Object, bool) {
	if n.Operator != odata.Eq || n.Count {
		return nil, false
	}
	return lookUp(v, property, n.Value)
}

func oneOf(v directory.View, n odata.In) (found []*directory.Object, ok bool) {
	for _, value := range n.Values {
		more, ok := lookUp(v, n.Property, value)
		if !ok {
			return nil, false
		}
		found = append(found, more...)
	}
	return found, true
}

// lookUp asks the directory's indexes.
func lookUp(v directory.View, property string, value odata.Value) ([]*directory.Object, bool) {
	given, ok := value.(string)
	if !ok {
		return nil, false
	}
	switch strings.ToLower(property) {
	case "id":
		id, err := uuid.Parse(given)
		if err != nil {
			return nil, true
		}
		if o, ok := byID(v, id); ok {
			return []*directory.Object{o}, true
		}
		return nil, true
	case "mail", "proxyaddresses":
		return v.ByAddress(given), true
	}
	return nil, false
}
