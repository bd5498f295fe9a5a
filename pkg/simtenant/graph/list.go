package graph

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// source goes through objects from a place onwards, like [directory.View.List].
type source func(from directory.Cursor, visit func(*directory.Object) bool) (next directory.Cursor, end bool)

// collection is a list that a client can page through.
type collection struct {
	types   []*entity
	objects source
	// name is what @odata.context calls it.
	name string
	// whole says that it has every object of its types, so that an index of the
	// directory can be asked instead.
	whole bool
	// typed says that its objects come with their @odata.type.
	typed bool
}

// all is the collection of every object of a type.
func (c *call) all(e *entity) collection {
	return collection{types: []*entity{e}, name: e.collection, whole: true, objects: func(from directory.Cursor, visit func(*directory.Object) bool) (directory.Cursor, bool) {
		return c.view.List(e.kinds, from, visit)
	}}
}

// fixed is a source of objects that are at hand.
func fixed(objects []*directory.Object) source {
	return func(from directory.Cursor, visit func(*directory.Object) bool) (directory.Cursor, bool) {
		for i := min(int(from), len(objects)); i < len(objects); i++ {
			if !visit(objects[i]) {
				return directory.Cursor(i + 1), i+1 == len(objects)
			}
		}
		return directory.Cursor(len(objects)), true
	}
}

// list answers with a page of the collection.
func (c *call) list(col collection) error {
	q, err := c.readQuery(col.types...)
	if err != nil {
		return err
	}
	if err := q.refuseSingle(col.types); err != nil {
		return err
	}
	p := newPage()
	p.context = contextOf(col.name, q)
	objects := c.matching(col, q)
	if q.count && q.eventual && q.from.Cursor == 0 {
		p.count = 0
		objects(0, func(*directory.Object) bool { p.count++; return true })
	}
	shapes := c.shapes(col, q)
	room := q.top
	next, end := objects(q.from.Cursor, func(o *directory.Object) bool {
		p.items = shapes[entityOf(o.Kind)].append(p.add(), c.api.Directory, o, "")
		room--
		return room > 0
	})
	if !end {
		// Where the page ends with the last object, the service doesn't know it
		// yet either: the next page may be empty.
		p.next = c.nextLink(q, position{Cursor: next, Eventual: q.eventual})
	}
	return c.answerPage(p)
}

// contextOf is the fragment of @odata.context: the collection, and what was
// selected of it, as it was given.
func contextOf(name string, q *query) string {
	if q.selected == nil {
		return name
	}
	return name + "(" + strings.ReplaceAll(q.raw.Get("$select"), " ", "") + ")"
}

// refuseSingle refuses properties that only a single object has.
func (q *query) refuseSingle(types []*entity) error {
	for _, name := range q.selected {
		if p, ok := sharedProperty(name, types); ok && p.onlySingle {
			return unsupportedQuery("The request is currently not supported on the targeted entity set")
		}
	}
	return nil
}

func (c *call) shapes(col collection, q *query) map[*entity]shape {
	shapes := make(map[*entity]shape, len(col.types))
	for _, e := range col.types {
		shapes[e] = c.shapeOf(e, q, col.typed)
	}
	return shapes
}

// matching is the source of the objects that the query asks for.
func (c *call) matching(col collection, q *query) source {
	dir := c.api.Directory
	fits := func(o *directory.Object) bool {
		e := entityOf(o.Kind)
		return slices.Contains(col.types, e) && q.matches(dir, e, o)
	}
	if found, ok := candidates(c.view, q.filter); ok && col.whole {
		col.objects = fixed(distinct(found))
	}
	if q.order != nil {
		return fixed(sorted(col.objects, q.order, fits))
	}
	return func(from directory.Cursor, visit func(*directory.Object) bool) (directory.Cursor, bool) {
		return col.objects(from, func(o *directory.Object) bool { return !fits(o) || visit(o) })
	}
}

// distinct leaves out what comes a second time.
func distinct(objects []*directory.Object) []*directory.Object {
	var found []*directory.Object
	for _, o := range objects {
		if !slices.Contains(found, o) {
			found = append(found, o)
		}
	}
	return found
}

func sorted(objects source, order *ordering, fits func(*directory.Object) bool) []*directory.Object {
	var found []*directory.Object
	objects(0, func(o *directory.Object) bool {
		if fits(o) {
			found = append(found, o)
		}
		return true
	})
	slices.SortStableFunc(found, func(a, b *directory.Object) int {
		result := cmp.Compare(strings.ToLower(a.DisplayName), strings.ToLower(b.DisplayName))
		if order.descending {
			return -result
		}
		return result
	})
	return found
}

// countOf answers /$count, which works in advanced queries only.
func (c *call) countOf(col collection) error {
	q, err := c.readQuery(col.types...)
	if err != nil {
		return err
	}
	if !q.eventual {
		return badRequest("$count is not currently supported.")
	}
	n := 0
	c.matching(col, q)(0, func(*directory.Object) bool { n++; return true })
	c.answerText(strconv.Itoa(n))
	return nil
}
