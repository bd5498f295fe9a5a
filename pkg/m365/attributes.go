package m365

import (
	"context"
	"slices"
	"strings"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// contactProperties and mailProperties are Exchange's names of the fields, as
// Get-Contact and Set-Contact, Get-MailContact and Set-MailContact have them.
var contactProperties = map[onboard.Field]string{
	"display_name": "DisplayName", "first_name": "FirstName", "last_name": "LastName", "initials": "Initials",
	"company": "Company", "title": "Title", "department": "Department", "office": "Office",
	"manager": "Manager", "assistant": "AssistantName",
	"phone": "Phone", "mobile_phone": "MobilePhone", "home_phone": "HomePhone", "other_phone": "OtherTelephone",
	"fax": "Fax", "pager": "Pager",
	"street_address": "StreetAddress", "city": "City", "state_or_province": "StateOrProvince",
	"postal_code": "PostalCode", "country_or_region": "CountryOrRegion",
	"web_page": "WebPage", "notes": "Notes",
}

func mailProperty(f onboard.Field) (string, bool) {
	switch {
	case f == "mail_tip":
		return "MailTip", true
	case f == onboard.FieldHidden:
		return "HiddenFromAddressListsEnabled", true
	case f == onboard.FieldEmail:
		return "ExternalEmailAddress", true
	}
	n, ok := strings.CutPrefix(string(f), "custom_attribute_")
	return "CustomAttribute" + n, ok
}

// split tells which properties the fields are, by the cmdlets that have them.
func split(fields []onboard.Field) (contact, mail map[onboard.Field]string) {
	contact, mail = map[onboard.Field]string{}, map[onboard.Field]string{}
	for _, f := range fields {
		if name, ok := contactProperties[f]; ok {
			contact[f] = name
		} else if name, ok := mailProperty(f); ok {
			mail[f] = name
		}
	}
	return contact, mail
}

// Attributes answers from what is known of all contacts, where all is as in
// like. Otherwise it asks Exchange.
func (t *Tenant) Attributes(ctx context.Context, r onboard.Recipient, fields []onboard.Field, like onboard.Contact) (onboard.Contact, error) {
	if t.isKnownToHave(ctx, r, fields, like) {
		return like, nil
	}
	return t.currentAttributes(ctx, r, fields, like)
}

// currentAttributes asks Exchange, with one command for the person and one for
// the mail settings, each only if there is need.
func (t *Tenant) currentAttributes(ctx context.Context, r onboard.Recipient, fields []onboard.Field, like onboard.Contact) (onboard.Contact, error) {
	contact, mail := split(fields)
	var now onboard.Contact
	for _, part := range []struct {
		properties map[onboard.Field]string
		get        func(ctx context.Context, identity string, names ...string) (map[string]string, error)
	}{{contact, t.exchange.ContactAttributes}, {mail, t.exchange.MailContactAttributes}} {
		if len(part.properties) == 0 {
			continue
		}
		values, err := part.get(ctx, r.Ref, names(part.properties)...)
		if err != nil {
			return onboard.Contact{}, exchangeError(err)
		}
		for field, name := range part.properties {
			fill(&now, field, values[name])
		}
	}
	if same, err := t.sameRecipient(ctx, now.Manager, like.Manager); err != nil {
		return onboard.Contact{}, err
	} else if same {
		now.Manager = like.Manager
	}
	return now, nil
}

func names(properties map[onboard.Field]string) []string {
	var list []string
	for _, name := range properties {
		list = append(list, name)
	}
	return list
}

func fill(c *onboard.Contact, f onboard.Field, value string) {
	if f == onboard.FieldHidden {
		hidden := strings.EqualFold(value, "true")
		c.HiddenFromAddressLists = &hidden
		return
	}
	switch f {
	case onboard.FieldEmail:
		value = withoutPrefix(value)
	case "mail_tip":
		value = plainTip(value)
	}
	if to := c.Text(f); to != nil {
		*to = value
	}
}

// plainTip is a mail tip without the HTML that Exchange puts around a text
// (documented: Set-MailContact, MailTip). Given back as it was read, it would
// come out wrapped twice, and too long.
func plainTip(tip string) string {
	return strings.TrimSpace(strings.NewReplacer("<html>", "", "</html>", "", "<body>", "", "</body>", "").Replace(tip))
}

// sameRecipient tells whether two references, neither of them empty, mean one
// recipient. What differs as a text is looked up.
func (t *Tenant) sameRecipient(ctx context.Context, a, b string) (bool, error) {
	if a == "" || b == "" || strings.EqualFold(a, b) {
		return strings.EqualFold(a, b), nil
	}
	found, err := t.exchange.Referenced(ctx, a, b)
	if err != nil {
		return false, exchangeError(err)
	}
	first, ok := referenced(found, a)
	second, also := referenced(found, b)
	return ok && also && exchange.Same(first, second), nil
}

// UpdateContact sends what is to be changed, with one command for the person
// and one for the mail settings, each only if there is need.
func (t *Tenant) UpdateContact(ctx context.Context, r onboard.Recipient, fields []onboard.Field, c onboard.Contact) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	t.touched.add(r.ID)
	contact, mail := split(fields)
	if len(contact) > 0 {
		if err := t.exchange.ChangeContact(ctx, r.Ref, values(contact, c)); err != nil {
			return exchangeError(err)
		}
	}
	if len(mail) > 0 {
		if err := t.exchange.ChangeMailContact(ctx, r.Ref, values(mail, c)); err != nil {
			return exchangeError(err)
		}
	}
	if slices.Contains(fields, onboard.FieldEmail) {
		t.written.move(r, c.Email, t.now())
	}
	return nil
}

// values are the new values of the properties; nil clears.
func values(properties map[onboard.Field]string, c onboard.Contact) map[string]any {
	list := map[string]any{}
	for field, name := range properties {
		switch text := c.Text(field); {
		case field == onboard.FieldHidden:
			list[name] = c.HiddenFromAddressLists != nil && *c.HiddenFromAddressLists
		case text == nil || strings.TrimSpace(*text) == "":
			list[name] = nil
		default:
			list[name] = strings.TrimSpace(*text)
		}
	}
	return list
}
