package smtp

import (
	"iter"
	"strings"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange/opath"
)

// members goes through the members of a group; those of a dynamic one are the
// recipients that its filter fits.
func members(view directory.View, group *directory.Object) iter.Seq[*directory.Object] {
	if !group.Kind.Has(directory.Dynamic) {
		return view.Members(group.ID)
	}
	filter, err := opath.Parse(group.Group.Filter)
	if err != nil {
		return func(func(*directory.Object) bool) {} // a filter that nobody can read fits nobody
	}
	return func(yield func(*directory.Object) bool) {
		for o := range view.All(directory.Contact | directory.Users) {
			if filter.Match(filterable{o}) && !yield(o) {
				return
			}
		}
	}
}

// fits tells whether the filter of a dynamic group takes the object in.
func fits(group, o *directory.Object) bool {
	filter, err := opath.Parse(group.Group.Filter)
	return err == nil && o.Kind.Has(directory.Contact|directory.Users) && filter.Match(filterable{o})
}

// filterable shows a filter the properties that dynamic groups are commonly made with.
type filterable struct{ object *directory.Object }

// Property implements [opath.Object].
func (f filterable) Property(name string) []string {
	o := f.object
	value := ""
	switch attribute, ok := directory.AttributeOf(name); {
	case ok:
		value = o.Get(attribute)
	default:
		switch strings.ToLower(name) {
		case "recipienttypedetails":
			value = o.Kind.RecipientTypeDetails()
		case "recipienttype":
			value = o.Kind.RecipientType()
		case "name":
			value = o.Name
		case "alias":
			value = o.Alias
		case "displayname":
			value = o.DisplayName
		case "emailaddresses":
			return o.Proxies()
		}
	}
	if value == "" {
		return nil
	}
	return []string{value}
}
