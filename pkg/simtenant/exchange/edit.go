package exchange

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// The parameters that several Set- cmdlets share.
var (
	namingParams = []param{
		{name: "Name", max: directory.MaxName},
		{name: "Alias", kind: aliasParam, max: directory.MaxName},
		{name: "DisplayName", max: 256},
		{name: "HiddenFromAddressListsEnabled", kind: boolParam},
	}
	addressParams = []param{
		{name: "EmailAddresses", kind: multiParam},
		{name: "ExternalEmailAddress"},
		{name: "PrimarySmtpAddress"},
		{name: "WindowsEmailAddress"},
	}
	deliveryParams = []param{
		{name: "AcceptMessagesOnlyFrom", kind: multiParam},
		{name: "AcceptMessagesOnlyFromDLMembers", kind: multiParam},
		{name: "AcceptMessagesOnlyFromSendersOrMembers", kind: multiParam},
		{name: "RejectMessagesFrom", kind: multiParam},
		{name: "RejectMessagesFromDLMembers", kind: multiParam},
		{name: "RejectMessagesFromSendersOrMembers", kind: multiParam},
		{name: "BypassModerationFromSendersOrMembers", kind: multiParam},
		{name: "ModeratedBy", kind: multiParam},
		{name: "ModerationEnabled", kind: boolParam},
		{name: "RequireSenderAuthenticationEnabled", kind: boolParam},
		{name: "SendModerationNotifications", oneOf: []string{"Never", "Internal", "Always"}},
		{name: "MailTip", max: 175},
	}
	groupParams = []param{
		{name: "ManagedBy", kind: multiParam},
		{name: "ReportToManagerEnabled", kind: boolParam},
		{name: "ReportToOriginatorEnabled", kind: boolParam},
		{name: "Description", max: 1024},
		{name: "Notes", max: 1024},
		{name: "MemberJoinRestriction", oneOf: []string{"Open", "Closed", "ApprovalRequired"}},
		{name: "MemberDepartRestriction", oneOf: []string{"Open", "Closed"}},
		{name: "SendOofMessageToOriginatorEnabled", kind: boolParam},
		{name: "IgnoreNamingPolicy", kind: switchParam},
	}
	formatParams = []param{
		{name: "MessageFormat", oneOf: []string{"Text", "Mime"}},
		{name: "MessageBodyFormat", oneOf: []string{"Text", "Html", "TextAndHtml"}},
		{name: "MacAttachmentFormat", oneOf: []string{"BinHex", "UuEncode", "AppleSingle", "AppleDouble"}},
		{name: "UsePreferMessageFormat", kind: boolParam},
	}
	customParams = customAttributeParams()
)

// personParams are what Set-Contact takes. The lengths are Active Directory's;
// the documentation gives none.
func personParams() []param {
	return []param{
		{name: "FirstName", max: 64}, {name: "LastName", max: 64}, {name: "Initials", max: 6},
		{name: "Company", max: 64}, {name: "Department", max: 64}, {name: "Title", max: 128}, {name: "Office", max: 128},
		{name: "Phone", max: 64}, {name: "MobilePhone", max: 64}, {name: "HomePhone", max: 64},
		{name: "OtherTelephone", max: 64}, {name: "Fax", max: 64}, {name: "Pager", max: 64},
		{name: "StreetAddress", max: 1024}, {name: "PostOfficeBox", max: 40}, {name: "City", max: 128},
		{name: "StateOrProvince", max: 128}, {name: "PostalCode", max: 40}, {name: "CountryOrRegion", kind: countryParam, countries: englishCountries()},
		{name: "Manager", kind: recipientParam}, {name: "AssistantName", max: 256}, {name: "Notes"},
		{name: "WebPage", max: 2048}, {name: "SeniorityIndex"}, {name: "PhoneticDisplayName", max: 256},
	}
}

func customAttributeParams() []param {
	list := make([]param, 15)
	for i := range list {
		list[i] = param{name: directory.CustomAttribute(i + 1).String(), max: 1024}
	}
	return list
}

// edit changes an object as a command's parameters ask.
type edit func(*directory.Object) error

// setObject is the work of the Set- cmdlets.
func (c *call) setObject(kinds directory.Kind) *cmdletError {
	o, err := c.one(c.params.text("Identity"), kinds)
	if err != nil {
		return err
	}
	if err := c.mayChange(o, c.firstChanged()); err != nil {
		return err
	}
	change, err := c.edits()
	if err != nil {
		return err
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	if _, err := c.view.Change(o.ID, change); err != nil {
		return c.failed(err, o)
	}
	return nil
}

// firstChanged names a property that the command is about to change.
func (c *call) firstChanged() string {
	for _, p := range c.cmdlet.params {
		if p.name != "Identity" && p.name != bypass.name && c.params.has(p.name) {
			return p.name
		}
	}
	return "Identity"
}

// edits prepares all changes that the parameters ask for. Whatever they refer
// to is looked up now, so that the change itself cannot fail half way.
func (c *call) edits() (edit, *cmdletError) {
	delivery, err := c.editDelivery()
	if err != nil {
		return nil, err
	}
	owners, err := c.owners()
	if err != nil {
		return nil, err
	}
	addresses, err := c.editAddresses()
	if err != nil {
		return nil, err
	}
	manager, err := c.manager()
	if err != nil {
		return nil, err
	}
	return func(o *directory.Object) error {
		c.editNames(o)
		c.editAttributes(o)
		delivery(o)
		if c.params.has("Manager") {
			o.Set(directory.Manager, manager)
		}
		if o.Group != nil {
			c.editGroup(o)
		}
		if err := owners(o); err != nil {
			return err
		}
		return addresses(o)
	}, nil
}

func (c *call) editNames(o *directory.Object) {
	set := func(name string, to *string) {
		if v := c.params.text(name); v != "" {
			*to = v
		}
	}
	set("Name", &o.Name)
	set("Alias", &o.Alias)
	set("DisplayName", &o.DisplayName)
	if c.params.has("HiddenFromAddressListsEnabled") {
		o.Hidden = c.params.flag("HiddenFromAddressListsEnabled")
	}
	if c.params.has("RequireSenderAuthenticationEnabled") {
		o.RequireSenderAuthentication = c.params.flag("RequireSenderAuthenticationEnabled")
	}
}

// editAttributes sets the texts whose parameter has the attribute's name. A
// flag is kept as "True" or nothing.
func (c *call) editAttributes(o *directory.Object) {
	for i := range c.cmdlet.params {
		p := &c.cmdlet.params[i]
		switch value := c.params[p.name].(type) {
		case string:
			if p.attribute != 0 && p.attribute != directory.Manager {
				o.Set(p.attribute, value)
			}
		case bool:
			if p.attribute != 0 {
				o.Set(p.attribute, strings.TrimPrefix(printed(value), "False"))
			}
		}
	}
}

func (c *call) editGroup(o *directory.Object) {
	if c.params.has("ReportToManagerEnabled") {
		o.Group.ReportToManager = c.params.flag("ReportToManagerEnabled")
	}
	if c.params.has("ReportToOriginatorEnabled") {
		o.Group.ReportToOriginator = c.params.flag("ReportToOriginatorEnabled")
	}
	if c.params.has("Description") {
		o.Group.Description = c.params.text("Description")
	}
}

// manager is the object id of the Manager parameter. A blank one is an error:
// documented for Set-Contact; null clears it.
func (c *call) manager() (string, *cmdletError) {
	if c.params["Manager"] == nil || c.cmdlet.param("Manager") == nil {
		return "", nil
	}
	o, err := c.value(c.params.text("Manager"))
	if err != nil {
		return "", err
	}
	return o.ID.String(), nil
}

// references are the recipients that a list parameter names.
type references struct {
	replaces    bool
	set         []uuid.UUID
	add, remove []uuid.UUID
}

func (c *call) references(name string) (references, *cmdletError) {
	m, ok := c.params[name].(multi)
	if !ok {
		return references{}, nil
	}
	refs := references{replaces: m.set}
	for _, list := range []struct {
		from []string
		to   *[]uuid.UUID
	}{{m.values, &refs.set}, {m.add, &refs.add}, {m.remove, &refs.remove}} {
		for _, id := range list.from {
			o, err := c.value(id)
			if err != nil {
				return references{}, err
			}
			*list.to = append(*list.to, o.ID)
		}
	}
	return refs, nil
}

// apply is the list after the change.
func (r references) apply(list []uuid.UUID) []uuid.UUID {
	if r.replaces {
		return r.set
	}
	for _, id := range r.add {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return slices.DeleteFunc(list, func(id uuid.UUID) bool { return slices.Contains(r.remove, id) })
}
