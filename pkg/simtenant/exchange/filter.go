package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange/opath"
)

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// filter is a cmdlet's -Filter and -Anr, ready to be applied.
type filter struct {
	view directory.View
	expr opath.Expr // nil: everything passes
	anr  string     // in lower case
	// owner is who must manage the group; uuid.Nil for anybody.
	owner uuid.UUID
}

// filter reads the parameters that choose among objects.
func (c *call) filter() (*filter, *cmdletError) {
	f := &filter{view: c.view, anr: strings.ToLower(c.params.text("Anr"))}
	if id := c.params.text("ManagedBy"); id != "" {
		owner, err := c.value(id)
		if err != nil {
			return nil, err
		}
		f.owner = owner.ID
	}
	text := c.params.text("Filter")
	if text == "" {
		return f, nil
	}
	expr, err := opath.Parse(text)
	var syntax *opath.SyntaxError
	if errors.As(err, &syntax) {
		return nil, badFilter(syntax.Error())
	}
	var unknown, noTime *opath.Compare
	opath.Walk(expr, func(c *opath.Compare) {
		if unknown == nil && properties[strings.ToLower(c.Property)] == nil {
			unknown = c
		}
		if isTime(c.Property) && !c.Value.Null {
			at, ok := readTime(c.Value.Text)
			if !ok {
				noTime = c
			}
			c.Value.Text = sortable(at)
		}
		addPrefix(c)
	})
	if noTime != nil {
		return nil, badFilter(fmt.Sprintf("The value of %q can't be converted to a date and time.", noTime.Property))
	}
	if unknown != nil {
		return nil, badFilter(fmt.Sprintf("%q is not a recognized filterable property. For a complete list of filterable properties see the command help.\n%q at position %d.",
			unknown.Property, text, unknown.Pos))
	}
	f.expr = expr
	return f, nil
}

// addPrefix completes a full address that is compared without its prefix; a
// wildcard needs the prefix from the user.
// Source: "Filterable properties", EmailAddresses.
func addPrefix(c *opath.Compare) {
	switch strings.ToLower(c.Property) {
	case "emailaddresses", "externalemailaddress":
		if (c.Op == opath.Equal || c.Op == opath.NotEqual) && !c.Value.Null && !strings.Contains(c.Value.Text, ":") {
			c.Value.Text = "smtp:" + c.Value.Text
		}
	}
}

func (f *filter) match(o *directory.Object) bool {
	if f.anr != "" && !resolvesName(o, f.anr) {
		return false
	}
	if f.owner != uuid.Nil && (o.Group == nil || !slices.Contains(o.Group.ManagedBy, f.owner)) {
		return false
	}
	return f.expr == nil || f.expr.Match(filtered{f.view, o})
}

// resolvesName is ambiguous name resolution: one of the object's names begins so.
func resolvesName(o *directory.Object, anr string) bool {
	for _, name := range []string{o.Name, o.Alias, o.DisplayName, o.Address, o.Get(directory.FirstName), o.Get(directory.LastName)} {
		if strings.HasPrefix(strings.ToLower(name), anr) {
			return true
		}
	}
	return false
}

// candidates finds the objects that match through an index, where the filter
// asks for particular addresses or names only.
func (f *filter) candidates(match func(*directory.Object) bool) ([]*directory.Object, bool) {
	keys, ok := opath.Keys(f.expr, func(property string) bool { return f.look(property) != nil })
	if !ok {
		return nil, false
	}
	var found []*directory.Object
	seen := map[uuid.UUID]bool{} // not by pointer: an object that is changed meanwhile gets another one
	for _, key := range keys {
		for _, o := range f.look(key.Property)(key.Value.Text) {
			if !seen[o.ID] && match(o) {
				seen[o.ID] = true
				found = append(found, o)
			}
		}
	}
	return found, true
}

// look is the index of a property; nil where there is none.
func (f *filter) look(property string) func(string) []*directory.Object {
	switch strings.ToLower(property) {
	case "emailaddresses", "primarysmtpaddress":
		return f.view.ByAddress
	case "externalemailaddress":
		return f.view.ByExternal
	case "name", "alias", "displayname", "guid", "externaldirectoryobjectid", "distinguishedname":
		return func(value string) []*directory.Object { return f.view.Find(value, directory.Recipients) }
	}
	return nil
}

// filtered is an object under a filter.
type filtered struct {
	view directory.View
	*directory.Object
}

// Property implements opath.Object.
func (o filtered) Property(name string) []string {
	values := properties[strings.ToLower(name)](o.view, o.Object)
	if len(values) == 1 && values[0] == "" {
		return nil
	}
	return values
}
