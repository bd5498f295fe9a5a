package directory

import (
	"slices"
	"strconv"
	"strings"
)

// Attribute names one of the many text properties that an object may have and
// mostly has not. They are kept as a short list, so that an object pays only for
// those it has.
type Attribute uint8

// The attributes, named after Exchange's properties.
const (
	FirstName Attribute = iota + 1
	LastName
	Initials
	Company
	Department
	Title
	Office
	Phone
	MobilePhone
	HomePhone
	OtherTelephone
	Fax
	Pager
	StreetAddress
	PostOfficeBox
	City
	StateOrProvince
	PostalCode
	CountryOrRegion
	Manager // object id
	AssistantName
	Notes
	WebPage
	SeniorityIndex
	PhoneticDisplayName
	MailTip
	MessageFormat
	MessageBodyFormat
	MacAttachmentFormat
	UsePreferMessageFormat // "true" or nothing
	SendModerationNotifications
	OrganizationalUnit
	// The fifteen custom attributes follow one another; see [CustomAttribute].
	CustomAttribute1
)

const customAttributes = 15

var attributeNames = []string{
	"", "FirstName", "LastName", "Initials", "Company", "Department", "Title", "Office",
	"Phone", "MobilePhone", "HomePhone", "OtherTelephone", "Fax", "Pager",
	"StreetAddress", "PostOfficeBox", "City", "StateOrProvince", "PostalCode", "CountryOrRegion",
	"Manager", "AssistantName", "Notes", "WebPage", "SeniorityIndex", "PhoneticDisplayName",
	"MailTip", "MessageFormat", "MessageBodyFormat", "MacAttachmentFormat",
	"UsePreferMessageFormat", "SendModerationNotifications", "OrganizationalUnit",
}

// CustomAttribute is the nth custom attribute, n from 1 to 15.
func CustomAttribute(n int) Attribute { return CustomAttribute1 + Attribute(n-1) }

// String is the attribute's name in Exchange.
func (a Attribute) String() string {
	if a >= CustomAttribute1 {
		return "CustomAttribute" + strconv.Itoa(int(a-CustomAttribute1)+1)
	}
	return attributeNames[a]
}

// AttributeOf finds an attribute by its name, in any letter case.
func AttributeOf(name string) (Attribute, bool) {
	for a := FirstName; a < CustomAttribute1+customAttributes; a++ {
		if strings.EqualFold(a.String(), name) {
			return a, true
		}
	}
	return 0, false
}

// Attributes is a set of attributes with their values, ordered by attribute.
type Attributes []AttributeValue

// AttributeValue is one attribute that is set.
type AttributeValue struct {
	Attribute Attribute
	Value     string
}

func (as Attributes) find(a Attribute) (int, bool) {
	return slices.BinarySearchFunc(as, a, func(v AttributeValue, a Attribute) int {
		return int(v.Attribute) - int(a)
	})
}

func (as Attributes) get(a Attribute) string {
	if i, ok := as.find(a); ok {
		return as[i].Value
	}
	return ""
}

func (as Attributes) with(a Attribute, value string) Attributes {
	i, ok := as.find(a)
	switch {
	case ok && value == "":
		return slices.Delete(as, i, i+1)
	case ok:
		as[i].Value = value
		return as
	case value == "":
		return as
	}
	return slices.Insert(as, i, AttributeValue{a, value})
}
