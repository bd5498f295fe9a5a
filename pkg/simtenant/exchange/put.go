package exchange

import (
	"strings"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// putBase writes the properties that all recipients have.
func (c *call) putBase(r *records, o *directory.Object) {
	r.text("Identity", o.Name)
	r.text("Id", o.Name)
	r.text("Name", o.Name)
	r.text("Alias", o.Alias)
	r.text("DisplayName", o.DisplayName)
	r.text("PrimarySmtpAddress", o.Address)
	r.list("EmailAddresses", o.Proxies)
	r.textOrNull("ExternalEmailAddress", external(o))
	r.text("RecipientType", o.Kind.RecipientType())
	r.text("RecipientTypeDetails", o.Kind.RecipientTypeDetails())
	r.guid("Guid", o.GUID)
	r.text("ExternalDirectoryObjectId", o.ID.String())
	if r.wants("DistinguishedName") {
		r.text("DistinguishedName", c.dir().DN(o))
	}
	if r.wants("LegacyExchangeDN") {
		r.text("LegacyExchangeDN", c.dir().LegacyDN(o))
	}
	r.bool("IsDirSynced", o.Synced)
	r.time("WhenCreated", o.Created)
	r.time("WhenChanged", o.Changed)
	for a := directory.CustomAttribute(1); a <= directory.CustomAttribute(15); a++ {
		if v := o.Get(a); v != "" || len(r.wanted) > 0 {
			r.text(a.String(), v)
		}
	}
}

// putPerson writes the properties of people.
func (c *call) putPerson(r *records, o *directory.Object) {
	for a := directory.FirstName; a <= directory.PhoneticDisplayName; a++ {
		if a != directory.Manager {
			r.text(a.String(), o.Get(a))
		}
	}
	manager := ""
	if id, err := uuid.Parse(o.Get(directory.Manager)); err == nil {
		if m, ok := c.view.ByID(id); ok {
			manager = m.Name
		}
	}
	r.textOrNull("Manager", manager)
}

// putDelivery writes who may send to an object. References come as Names.
func (c *call) putDelivery(r *records, o *directory.Object) {
	d := o.Delivery
	if d == nil {
		d = &directory.Delivery{}
	}
	some := func(ids []uuid.UUID, groups bool) func() []string {
		return func() []string {
			var list []uuid.UUID
			for _, id := range ids {
				if m, ok := c.view.ByID(id); ok && m.Kind.Has(directory.Groups) == groups {
					list = append(list, id)
				}
			}
			return names(c.view, list)
		}
	}
	every := func(ids []uuid.UUID) func() []string {
		return func() []string { return names(c.view, ids) }
	}
	r.list("AcceptMessagesOnlyFrom", some(d.AcceptFrom, false))
	r.list("AcceptMessagesOnlyFromDLMembers", some(d.AcceptFrom, true))
	r.list("AcceptMessagesOnlyFromSendersOrMembers", every(d.AcceptFrom))
	r.list("RejectMessagesFrom", some(d.RejectFrom, false))
	r.list("RejectMessagesFromDLMembers", some(d.RejectFrom, true))
	r.list("RejectMessagesFromSendersOrMembers", every(d.RejectFrom))
	r.bool("ModerationEnabled", d.Moderated)
	r.list("ModeratedBy", every(d.ModeratedBy))
	r.list("BypassModerationFromSendersOrMembers", every(d.BypassModeration))
	r.bool("RequireSenderAuthenticationEnabled", o.RequireSenderAuthentication)
	r.textOrNull("MailTip", htmlTip(o.Get(directory.MailTip)))
}

// htmlTip is a mail tip with the tags that are added to a text (documented:
// Set-MailContact, MailTip).
func htmlTip(text string) string {
	if text == "" || strings.Contains(strings.ToLower(text), "<html>") {
		return text
	}
	return "<html>\r\n<body>\r\n" + text + "\r\n</body>\r\n</html>\r\n"
}

// putRecipient is an object as Get-Recipient shows it. The hidden flag comes as
// text: some booleans do, next to real ones (observed on another cmdlet).
func (c *call) putRecipient(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		r.boolText("HiddenFromAddressListsEnabled", o.Hidden)
		for a := directory.FirstName; a <= directory.CountryOrRegion; a++ {
			if v := o.Get(a); v != "" || len(r.wanted) > 0 {
				r.text(a.String(), v)
			}
		}
		if o.Group != nil {
			r.list("ManagedBy", c.managers(o))
		}
	})
}

func (c *call) putMailContact(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		c.putDelivery(r, o)
		r.bool("HiddenFromAddressListsEnabled", o.Hidden)
		r.bool("EmailAddressPolicyEnabled", false)
		r.text("MessageFormat", orDefault(o.Get(directory.MessageFormat), "Mime"))
		r.text("MessageBodyFormat", orDefault(o.Get(directory.MessageBodyFormat), "TextAndHtml"))
		r.text("MacAttachmentFormat", orDefault(o.Get(directory.MacAttachmentFormat), "BinHex"))
		r.bool("UsePreferMessageFormat", o.Get(directory.UsePreferMessageFormat) != "")
	})
}

// putNewContact is a contact as it comes back from its creation: without a
// distinguished name (observed for new objects).
func (c *call) putNewContact(o *directory.Object) {
	c.records.object(func(r *records) {
		r.text("Identity", o.Name)
		r.text("Id", o.Name)
		r.text("Name", o.Name)
		r.text("Alias", o.Alias)
		r.text("DisplayName", o.DisplayName)
		r.text("PrimarySmtpAddress", o.Address)
		r.text("ExternalEmailAddress", external(o))
		r.list("EmailAddresses", o.Proxies)
		r.guid("Guid", o.GUID)
		r.text("ExternalDirectoryObjectId", o.ID.String())
		r.text("DistinguishedName", "")
		r.text("RecipientType", o.Kind.RecipientType())
		r.text("RecipientTypeDetails", o.Kind.RecipientTypeDetails())
	})
}

func (c *call) putContact(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		c.putPerson(r, o)
		r.text("WindowsEmailAddress", o.Address)
	})
}

func (c *call) putGroup(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		c.putDelivery(r, o)
		r.text("GroupType", groupType(o.Kind))
		r.text("Description", o.Group.Description)
		r.list("ManagedBy", c.managers(o))
		r.bool("HiddenFromAddressListsEnabled", o.Hidden)
		r.bool("ReportToManagerEnabled", o.Group.ReportToManager)
		r.bool("ReportToOriginatorEnabled", o.Group.ReportToOriginator)
		r.bool("SendOofMessageToOriginatorEnabled", false)
		r.text("MemberJoinRestriction", "Closed")
		r.text("MemberDepartRestriction", "Open")
	})
}

func (c *call) putUnifiedGroup(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		c.putDelivery(r, o)
		r.list("ManagedBy", c.managers(o))
		r.bool("HiddenFromAddressListsEnabled", o.Hidden)
		r.text("AccessType", "Private")
		if r.wants("GroupMemberCount") {
			r.int32("GroupMemberCount", c.view.MemberCount(o.ID))
		}
	})
}

func (c *call) putDynamicGroup(o *directory.Object) {
	c.records.object(func(r *records) {
		c.putBase(r, o)
		c.putDelivery(r, o)
		r.list("ManagedBy", c.managers(o))
		r.bool("HiddenFromAddressListsEnabled", o.Hidden)
		r.text("RecipientFilter", o.Group.Filter)
		r.bool("ReportToManagerEnabled", o.Group.ReportToManager)
		r.bool("ReportToOriginatorEnabled", o.Group.ReportToOriginator)
	})
}

// managers lists a group's owners as GUIDs, as was observed for cloud groups.
func (c *call) managers(o *directory.Object) func() []string {
	return func() []string {
		list := make([]string, len(o.Group.ManagedBy))
		for i, id := range o.Group.ManagedBy {
			list[i] = id.String()
		}
		return list
	}
}

func groupType(k directory.Kind) string {
	if k == directory.Security {
		return "Universal, SecurityEnabled"
	}
	return "Universal"
}

func orDefault(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
