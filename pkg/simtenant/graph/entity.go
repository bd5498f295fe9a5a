package graph

import (
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/graph/odata"
)

// entity is a type of the service with what it takes to show and to find it.
type entity struct {
	name       string // "orgContact"
	title      string // as refusals write it: "OrgContact"
	collection string // "contacts"
	kinds      directory.Kind
	// readers are the permissions that show more than type and id.
	readers    []string
	properties []property
	// basic are the properties that come without $select; nil means all but
	// those that are onlySelected.
	basic []string
}

// property is one property of an entity.
type property struct {
	name string
	// read gives the value: nil, string, bool, int64, time.Time, []string, or
	// something that encoding/json writes in the service's form. A nil func
	// stands for a property that is always null.
	read func(*directory.Directory, *directory.Object) any
	// plain and advanced are the filter operations that work by default, and
	// those that need an advanced query besides.
	plain, advanced operations
	// onlySelected properties come only when they are named in $select,
	// onlySingle ones besides of one object only, not of a collection.
	onlySelected, onlySingle bool
	// empty is what a caller sees who may not read it: "null" or "[]".
	empty string
}

// operations is a set of filter operations, named as in [odata.Leaf].
type operations []string

func (ops operations) has(operation string) bool { return slices.Contains(ops, operation) }

// Sets of filter operations, after the tables in "Advanced query capabilities
// on Microsoft Entra ID objects".
var (
	equality   = operations{"eq", "in"}
	inequality = operations{"ne"}
	onText     = operations{"eq", "in", "startsWith", "ge", "le"}
	onList     = operations{"eq", "startsWith", "ge", "le"}
	allOnText  = operations{"eq", "ne", "in", "startsWith", "ge", "le"}
	onTime     = operations{"eq", "ne", "in", "ge", "le", "gt", "lt"}
	endsToo    = operations{"ne", "endsWith"}
	counted    = operations{"any", "count"}
)

func (e *entity) odataType() string { return "#microsoft.graph." + e.name }

// property finds a property by name, in any letter case.
func (e *entity) property(name string) (*property, bool) {
	for i := range e.properties {
		if strings.EqualFold(e.properties[i].name, name) {
			return &e.properties[i], true
		}
	}
	return nil, false
}

// defaults lists the properties that come without $select.
func (e *entity) defaults() []*property {
	var found []*property
	for i := range e.properties {
		p := &e.properties[i]
		if p.onlySelected || (e.basic != nil && !slices.Contains(e.basic, p.name)) {
			continue
		}
		found = append(found, p)
	}
	return found
}

// values gives an object's properties to a filter.
func (e *entity) values(dir *directory.Directory, o *directory.Object) func(string) odata.Value {
	return func(name string) odata.Value {
		if p, ok := e.property(name); ok && p.read != nil {
			return p.read(dir, o)
		}
		return nil
	}
}

// entityOf is the type that an object has in Graph; nil for what Graph doesn't
// show at all, which is a dynamic distribution group.
func entityOf(kind directory.Kind) *entity {
	for _, e := range []*entity{contactEntity, groupEntity, userEntity} {
		if kind.Has(e.kinds) {
			return e
		}
	}
	return nil
}

// text makes the reader of a property that is null when it is empty.
func text(read func(*directory.Object) string) func(*directory.Directory, *directory.Object) any {
	return func(_ *directory.Directory, o *directory.Object) any {
		if s := read(o); s != "" {
			return s
		}
		return nil
	}
}

// attribute makes the reader of a property that Exchange keeps as an attribute.
func attribute(a directory.Attribute) func(*directory.Directory, *directory.Object) any {
	return text(func(o *directory.Object) string { return o.Get(a) })
}

// constant makes the reader of a property that is the same for all.
func constant(value any) func(*directory.Directory, *directory.Object) any {
	return func(*directory.Directory, *directory.Object) any { return value }
}

func readID(_ *directory.Directory, o *directory.Object) any { return o.ID.String() }

func readProxies(_ *directory.Directory, o *directory.Object) any {
	return append([]string{}, o.Proxies()...)
}

// readSynced is true for a synced object, false for one that was synced and is
// managed in the cloud now, and null for one that never was synced.
func readSynced(_ *directory.Directory, o *directory.Object) any {
	if o.Synced {
		return !o.CloudManaged
	}
	return nil
}
