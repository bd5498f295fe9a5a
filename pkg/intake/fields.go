package intake

import (
	"fmt"
	"slices"
	"sync"
)

// Names of the fields that have a part of their own in the code.
const (
	fieldEmail       = "email"
	fieldDisplayName = "display_name"
	fieldFirstName   = "first_name"
	fieldLastName    = "last_name"
	fieldGroups      = "groups"
	fieldNotes       = "notes"
	fieldHidden      = "hidden_from_address_lists"
	fieldEmployeeID  = "employee_id"
	fieldCountry     = "country_or_region"

	// fieldIgnore, in a mapping, leaves a column out.
	fieldIgnore = "ignore"
)

// field is one thing that a column can tell about a person.
type field struct {
	name string
	// limit is the most characters that Exchange Online keeps; 0 without one.
	limit int
}

// fields gives all of them. The limits of display_name, mail_tip and the
// custom attributes are those of the cmdlets' reference (New-MailContact,
// Set-MailContact); the reference is silent on the others, for which the
// directory's schema sets the upper bounds here (givenName, sn, l and so on).
// A value beyond its limit makes the whole cmdlet fail. An employee id is kept in
// a custom attribute.
var fields = sync.OnceValue(func() []field {
	all := []field{
		{fieldEmail, 320}, {fieldDisplayName, 256}, {fieldFirstName, 64}, {fieldLastName, 64}, {fieldGroups, maxGroup}, {"initials", 6},
		{"company", 64}, {"title", 128}, {"department", 64}, {"office", 128}, {"manager", 256}, {"assistant", 256},
		{"phone", 64}, {"mobile_phone", 64}, {"home_phone", 64}, {"other_phone", 64}, {"fax", 64}, {"pager", 64},
		{"street_address", 1024}, {"city", 128}, {"state_or_province", 128}, {"postal_code", 40}, {fieldCountry, 0},
		{"web_page", 2048}, {fieldNotes, 1024}, {"mail_tip", 175}, {fieldHidden, 0}, {fieldEmployeeID, 1024},
	}
	for n := 1; n <= 15; n++ {
		all = append(all, field{fmt.Sprintf("custom_attribute_%d", n), 1024})
	}
	return all
})

// Fields gives the names that a mapping can lead to.
func Fields() []string {
	var names []string
	for _, f := range fields() {
		names = append(names, f.name)
	}
	return append(names, fieldIgnore)
}

// fieldIndex gives the place of a field among fields(), or -1.
func fieldIndex(name string) int {
	return slices.IndexFunc(fields(), func(f field) bool { return f.name == name })
}
