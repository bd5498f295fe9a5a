package onboard

import (
	"fmt"
	"strings"
	"sync"
)

// Field names an attribute of a contact, as the columns of an input do.
type Field string

// attribute is a field of a contact that can be brought up to date.
type attribute struct {
	field Field
	of    func(*Contact) *string
	// form is what makes two values the same to the directory.
	form func(string) string
	// needed: the directory takes no empty value.
	needed bool
}

// customAttributes is how many custom attributes Exchange has.
const customAttributes = 15

// FieldHidden is the one field that is not a text.
const FieldHidden Field = "hidden_from_address_lists"

// attributes lists the fields that are texts, in the order in which people like
// to read them. An empty manager makes Exchange refuse all of a command
// (documented: bulk-import-external-contacts), so it is never cleared.
var attributes = sync.OnceValue(func() []attribute {
	list := []attribute{
		{field: "display_name", of: func(c *Contact) *string { return &c.DisplayName }, needed: true},
		{field: "first_name", of: func(c *Contact) *string { return &c.FirstName }},
		{field: "last_name", of: func(c *Contact) *string { return &c.LastName }},
		{field: "initials", of: func(c *Contact) *string { return &c.Initials }},
		{field: "company", of: func(c *Contact) *string { return &c.Company }},
		{field: "title", of: func(c *Contact) *string { return &c.Title }},
		{field: "department", of: func(c *Contact) *string { return &c.Department }},
		{field: "office", of: func(c *Contact) *string { return &c.Office }},
		{field: "manager", of: func(c *Contact) *string { return &c.Manager }, needed: true},
		{field: "assistant", of: func(c *Contact) *string { return &c.Assistant }},
		{field: "phone", of: func(c *Contact) *string { return &c.Phone }, form: digits},
		{field: "mobile_phone", of: func(c *Contact) *string { return &c.MobilePhone }, form: digits},
		{field: "home_phone", of: func(c *Contact) *string { return &c.HomePhone }, form: digits},
		{field: "other_phone", of: func(c *Contact) *string { return &c.OtherPhone }, form: digits},
		{field: "fax", of: func(c *Contact) *string { return &c.Fax }, form: digits},
		{field: "pager", of: func(c *Contact) *string { return &c.Pager }, form: digits},
		{field: "street_address", of: func(c *Contact) *string { return &c.StreetAddress }},
		{field: "city", of: func(c *Contact) *string { return &c.City }},
		{field: "state_or_province", of: func(c *Contact) *string { return &c.StateOrProvince }},
		{field: "postal_code", of: func(c *Contact) *string { return &c.PostalCode }},
		{field: "country_or_region", of: func(c *Contact) *string { return &c.CountryOrRegion }, form: country},
		{field: "web_page", of: func(c *Contact) *string { return &c.WebPage }, form: page},
		{field: "notes", of: func(c *Contact) *string { return &c.Notes }},
		{field: "mail_tip", of: func(c *Contact) *string { return &c.MailTip }, form: tip},
	}
	for i := range customAttributes {
		list = append(list, attribute{field: CustomAttribute(i + 1), of: func(c *Contact) *string { return &c.CustomAttributes[i] }})
	}
	for i := range list {
		if list[i].form == nil {
			list[i].form = plainText
		}
	}
	return list
})

// CustomAttribute is the field of CustomAttribute1 to CustomAttribute15.
func CustomAttribute(n int) Field { return Field(fmt.Sprintf("custom_attribute_%d", n)) }

// Same reports whether two values of the field are the same to the directory,
// which writes some in its own way.
func (f Field) Same(a, b string) bool { return f.Form(a) == f.Form(b) }

// Form gives a value of the field in the one form that all values have which are
// the same to the directory.
func (f Field) Form(value string) string {
	for _, known := range attributes() {
		if known.field == f {
			return known.form(value)
		}
	}
	if f == FieldEmail {
		return strings.ToLower(value)
	}
	return value
}

// Text gives the value of a field that is a text, to be read or set; nil for
// any other name.
func (c *Contact) Text(f Field) *string {
	for _, a := range attributes() {
		if a.field == f {
			return a.of(c)
		}
	}
	if f == FieldEmail {
		return &c.Email
	}
	return nil
}
