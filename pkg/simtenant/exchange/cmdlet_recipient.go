package exchange

import (
	"slices"

	"enlist/pkg/simtenant/directory"
)

func recipientCmdlets() []cmdlet {
	return []cmdlet{
		{
			name: "Get-Recipient", roles: readers,
			params: slices.Concat(listing, []param{
				{name: "RecipientType", kind: listParam},
				{name: "RecipientTypeDetails", kind: listParam},
				{name: "IncludeSoftDeletedRecipients", kind: switchParam},
				{name: "Properties", kind: listParam},
				{name: "PropertySet"},
			}),
			list: lists(directory.Recipients, (*call).putRecipient),
		},
		{
			name: "Get-UnifiedGroup", roles: readers,
			params: slices.Concat(listing, []param{{name: "IncludeAllProperties", kind: switchParam}}),
			list:   lists(directory.Microsoft365, (*call).putUnifiedGroup),
		},
		{
			name: "Set-UnifiedGroup", roles: []string{roleRecipients}, write: true, form: emptyBody,
			params: slices.Concat([]param{identity}, namingParams, deliveryParams),
			run:    func(c *call) *cmdletError { return c.setObject(directory.Microsoft365) },
		},
		{
			name: "Get-DynamicDistributionGroup", roles: readers,
			params: listing,
			list:   lists(directory.Dynamic, (*call).putDynamicGroup),
		},
	}
}

// lister puts out at most size objects from a place onwards. more says that
// there are others, from next onwards.
type lister func(c *call, from directory.Cursor, size int) (next directory.Cursor, more bool, err *cmdletError)

// lists makes the lister of a Get- cmdlet: the object of the Identity
// parameter, or those that pass the Filter.
func lists(kinds directory.Kind, put func(*call, *directory.Object)) lister {
	return func(c *call, from directory.Cursor, size int) (directory.Cursor, bool, *cmdletError) {
		if c.params.flag("IncludeSoftDeletedRecipients") {
			c.view = c.view.WithSoftDeleted()
		}
		if id := c.params.text("Identity"); id != "" {
			return c.listIdentity(id, kinds, put)
		}
		kinds, err := c.narrow(kinds)
		if err != nil {
			return 0, false, err
		}
		filter, err := c.filter()
		if err != nil {
			return 0, false, err
		}
		match := func(o *directory.Object) bool { return o.Kind.Has(kinds) && filter.match(o) }
		if found, ok := filter.candidates(match); ok && len(found) <= size {
			for _, o := range found {
				put(c, o)
			}
			return 0, false, nil
		}
		next, more := c.scan(kinds, from, size, match, put)
		return next, more, nil
	}
}

// listIdentity puts out the objects that an identity fits. Several are no error
// for a Get- cmdlet.
func (c *call) listIdentity(id string, kinds directory.Kind, put func(*call, *directory.Object)) (directory.Cursor, bool, *cmdletError) {
	found := c.view.Find(id, kinds)
	if len(found) == 0 {
		return 0, false, identityNotFound(id, c.view.Server())
	}
	for _, o := range found {
		put(c, o)
	}
	return 0, false, nil
}

// scan goes through the directory.
func (c *call) scan(kinds directory.Kind, from directory.Cursor, size int, match func(*directory.Object) bool, put func(*call, *directory.Object)) (directory.Cursor, bool) {
	count := 0
	next, end := c.view.List(kinds, from, func(o *directory.Object) bool {
		if !match(o) {
			return true
		}
		if count == size {
			return false
		}
		count++
		put(c, o)
		return true
	})
	if end {
		return 0, false
	}
	return next - 1, true
}

// narrow applies the RecipientType and RecipientTypeDetails parameters.
func (c *call) narrow(kinds directory.Kind) (directory.Kind, *cmdletError) {
	for _, name := range []string{"RecipientTypeDetails", "RecipientType"} {
		wanted := c.params.list(name)
		if len(wanted) == 0 {
			continue
		}
		var allowed directory.Kind
		for _, value := range wanted {
			kind := kindsOfType(name, value)
			if kind == 0 {
				return 0, transformation(name, "Unable to match the identifier name "+value+" to a valid enumerator name.")
			}
			allowed |= kind
		}
		kinds &= allowed
	}
	return kinds, nil
}

// kindsOfType lists the kinds that have a RecipientType or RecipientTypeDetails.
func kindsOfType(property, value string) directory.Kind {
	var kinds directory.Kind
	for kind := directory.Contact; kind <= directory.Microsoft365; kind <<= 1 {
		name := kind.RecipientTypeDetails()
		if property == "RecipientType" {
			name = kind.RecipientType()
		}
		if equalFold(name, value) {
			kinds |= kind
		}
	}
	return kinds
}

// one finds the single object that a command is about.
func (c *call) one(id string, kinds directory.Kind) (*directory.Object, *cmdletError) {
	switch found := c.view.Find(id, kinds); len(found) {
	case 0:
		return nil, identityNotFound(id, c.view.Server())
	case 1:
		return found[0], nil
	}
	return nil, notUnique(id)
}

// value finds the recipient that a parameter names.
func (c *call) value(id string) (*directory.Object, *cmdletError) {
	switch found := c.view.Find(id, directory.Recipients); len(found) {
	case 0:
		return nil, valueNotFound(id)
	case 1:
		return found[0], nil
	}
	return nil, notUnique(id)
}
