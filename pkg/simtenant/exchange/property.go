package exchange

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// property reads the values that a filter compares.
type property func(directory.View, *directory.Object) []string

// properties are the filterable properties that this face has, by their names
// in lower case.
var properties = filterableProperties()

func filterableProperties() map[string]property {
	table := map[string]property{
		"emailaddresses":     func(_ directory.View, o *directory.Object) []string { return o.Proxies() },
		"primarysmtpaddress": addressesOf,
		"managedby":          ownersOf,
		"memberofgroup":      groupsOf,
		"members":            membersOf,
	}
	for name, read := range senderLists() {
		table[name] = read
	}
	for name, read := range singleProperties() {
		table[name] = func(v directory.View, o *directory.Object) []string { return []string{read(v, o)} }
	}
	for a := directory.FirstName; a <= directory.CustomAttribute(15); a++ {
		table[strings.ToLower(a.String())] = func(_ directory.View, o *directory.Object) []string { return []string{o.Get(a)} }
	}
	return table
}

// addressesOf are the proxy addresses with their prefix and without: documented,
// a filter on PrimarySmtpAddress searches EmailAddresses too.
func addressesOf(_ directory.View, o *directory.Object) []string {
	values := o.Proxies()
	for _, p := range o.Proxies() {
		values = append(values, directory.AddressKey(p))
	}
	return values
}

func ownersOf(v directory.View, o *directory.Object) []string {
	if o.Group == nil {
		return nil
	}
	return names(v, o.Group.ManagedBy)
}

func groupsOf(v directory.View, o *directory.Object) []string {
	var dns []string
	for _, g := range v.MemberOf(o.ID) {
		dns = append(dns, v.Directory().DN(g))
	}
	return dns
}

func membersOf(v directory.View, o *directory.Object) []string {
	if o.Group == nil {
		return nil
	}
	var dns []string
	for m := range v.Members(o.ID) {
		dns = append(dns, v.Directory().DN(m))
	}
	return dns
}

// singleProperties are those of one value at most.
func singleProperties() map[string]func(directory.View, *directory.Object) string {
	name := func(_ directory.View, o *directory.Object) string { return o.Name }
	created := func(_ directory.View, o *directory.Object) string { return sortable(o.Created) }
	changed := func(_ directory.View, o *directory.Object) string { return sortable(o.Changed) }
	closed := func(_ directory.View, o *directory.Object) string { return printed(o.RequireSenderAuthentication) }
	return map[string]func(directory.View, *directory.Object) string{
		"name": name, "identity": name, "id": name,
		"alias":                              func(_ directory.View, o *directory.Object) string { return o.Alias },
		"displayname":                        func(_ directory.View, o *directory.Object) string { return o.DisplayName },
		"guid":                               func(_ directory.View, o *directory.Object) string { return o.GUID.String() },
		"externaldirectoryobjectid":          func(_ directory.View, o *directory.Object) string { return o.ID.String() },
		"externalemailaddress":               func(_ directory.View, o *directory.Object) string { return external(o) },
		"windowsemailaddress":                func(_ directory.View, o *directory.Object) string { return o.Address },
		"recipienttype":                      func(_ directory.View, o *directory.Object) string { return o.Kind.RecipientType() },
		"recipienttypedetails":               func(_ directory.View, o *directory.Object) string { return o.Kind.RecipientTypeDetails() },
		"distinguishedname":                  func(v directory.View, o *directory.Object) string { return v.Directory().DN(o) },
		"legacyexchangedn":                   func(v directory.View, o *directory.Object) string { return v.Directory().LegacyDN(o) },
		"hiddenfromaddresslistsenabled":      func(_ directory.View, o *directory.Object) string { return printed(o.Hidden) },
		"isdirsynced":                        func(_ directory.View, o *directory.Object) string { return printed(o.Synced) },
		"requireallsendersareauthenticated":  closed,
		"requiresenderauthenticationenabled": closed,
		"whencreated":                        created,
		"whencreatedutc":                     created,
		"whenchanged":                        changed,
		"whenchangedutc":                     changed,
	}
}

// senderLists are who may send to an object, and who may not: people, and members
// of groups.
func senderLists() map[string]property {
	list := func(of func(*directory.Delivery) []uuid.UUID, groups bool) property {
		return func(v directory.View, o *directory.Object) []string {
			if o.Delivery == nil {
				return nil
			}
			var dns []string
			for _, id := range of(o.Delivery) {
				if m, ok := v.ByID(id); ok && m.Kind.Has(directory.Groups) == groups {
					dns = append(dns, v.Directory().DN(m))
				}
			}
			return dns
		}
	}
	accepted := func(d *directory.Delivery) []uuid.UUID { return d.AcceptFrom }
	rejected := func(d *directory.Delivery) []uuid.UUID { return d.RejectFrom }
	return map[string]property{
		"acceptmessagesonlyfrom":          list(accepted, false),
		"acceptmessagesonlyfromdlmembers": list(accepted, true),
		"rejectmessagesfrom":              list(rejected, false),
		"rejectmessagesfromdlmembers":     list(rejected, true),
	}
}

// isTime tells whether a property is a time. That those without UTC in their name
// are in UTC, too, is our choice.
func isTime(property string) bool {
	switch strings.ToLower(property) {
	case "whencreated", "whencreatedutc", "whenchanged", "whenchangedutc":
		return true
	}
	return false
}

// timeForms are the ways to write a time in a filter. The first one is
// documented ("Filterable properties", WhenChangedUTC); PowerShell scripts
// write the others.
var timeForms = []string{"1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "1/2/2006", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"}

// readTime reads a time in a filter.
func readTime(text string) (time.Time, bool) {
	for _, form := range timeForms {
		if at, err := time.Parse(form, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// sortable is a time whose order as text is its order in time.
func sortable(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// external is the external address as Exchange writes it.
func external(o *directory.Object) string {
	if o.External == "" {
		return ""
	}
	return "SMTP:" + o.External
}

// names resolves references to the Names of those who are still there.
func names(v directory.View, ids []uuid.UUID) []string {
	list := make([]string, 0, len(ids))
	for _, id := range ids {
		if o, ok := v.ByID(id); ok {
			list = append(list, o.Name)
		}
	}
	return list
}
