package exchange

import (
	"errors"
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
)

func contactCmdlets() []cmdlet {
	return []cmdlet{
		{
			name: "Get-MailContact", roles: readers,
			params: slices.Concat(listing, []param{{name: "RecipientTypeDetails", kind: listParam}}),
			list:   lists(directory.Contact, (*call).putMailContact),
		},
		{
			name: "New-MailContact", roles: []string{roleCreation}, write: true,
			params: slices.Concat([]param{
				{name: "Name", required: true, max: directory.MaxName},
				{name: "ExternalEmailAddress", required: true},
				{name: "Alias", kind: aliasParam, max: directory.MaxName},
				{name: "DisplayName", max: 256},
				{name: "FirstName", max: 64},
				{name: "LastName", max: 64},
				{name: "Initials", max: 6},
				{name: "OrganizationalUnit"},
				{name: "ModerationEnabled", kind: boolParam},
				{name: "ModeratedBy", kind: multiParam},
				{name: "SendModerationNotifications", oneOf: []string{"Never", "Internal", "Always"}},
			}, formatParams),
			run: (*call).newMailContact,
		},
		{
			name: "Set-MailContact", roles: []string{roleRecipients}, write: true,
			params: slices.Concat([]param{identity, {name: "ForceUpgrade", kind: switchParam}},
				namingParams, addressParams, deliveryParams, customParams, formatParams),
			run: func(c *call) *cmdletError { return c.setObject(directory.Contact) },
		},
		{
			name: "Remove-MailContact", roles: []string{roleCreation}, write: true, form: emptyBody,
			params: []param{identity},
			run:    func(c *call) *cmdletError { return c.removeObject(directory.Contact) },
		},
		{
			name: "Get-Contact", roles: readers,
			params: slices.Concat(listing, []param{{name: "RecipientTypeDetails", kind: listParam}}),
			list:   lists(directory.Contact, (*call).putContact),
		},
		{
			name: "Set-Contact", roles: []string{roleRecipients}, write: true, form: emptyBody,
			params: slices.Concat([]param{identity, {name: "Name", max: directory.MaxName}, {name: "DisplayName", max: 256},
				{name: "WindowsEmailAddress"}}, personParams()),
			run: func(c *call) *cmdletError { return c.setObject(directory.Contact) },
		},
	}
}

// newMailContact makes a contact. Its external address becomes its primary
// SMTP address.
func (c *call) newMailContact() *cmdletError {
	address, err := c.externalAddress()
	if err != nil {
		return err
	}
	edit, err := c.edits()
	if err != nil {
		return err
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	o := directory.Object{Kind: directory.Contact}
	if err := edit(&o); err != nil {
		return c.failed(err, &o)
	}
	o.Address, o.External = address, address
	made, created := c.view.Create(o)
	if created != nil {
		return c.failed(created, &o)
	}
	c.putNewContact(made)
	return nil
}

// externalAddress reads ExternalEmailAddress, which must be outside the
// organisation.
func (c *call) externalAddress() (string, *cmdletError) {
	given := c.params.text("ExternalEmailAddress")
	address := given
	if prefix, rest, ok := strings.Cut(given, ":"); ok && strings.EqualFold(prefix, "smtp") {
		address = rest
	}
	if !isSMTP(address) {
		return "", notSMTP(given)
	}
	if domain := directory.Domain(address); c.dir().IsAcceptedDomain(domain) {
		return "", acceptedDomain(address, domain)
	}
	return address, nil
}

// failed turns a refusal of the directory into the service's words. o is the
// object as it was to be.
func (c *call) failed(err error, o *directory.Object) *cmdletError {
	var conflict *directory.ConflictError
	var already *cmdletError
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &conflict):
		return c.conflict(conflict)
	case errors.Is(err, directory.ErrCreationQuota):
		return creationQuota()
	case errors.Is(err, directory.ErrAcceptedDomain):
		return acceptedDomain(o.External, directory.Domain(o.External))
	case errors.Is(err, directory.ErrNotFound):
		return identityNotFound(o.Name, c.view.Server())
	}
	return internalError(err)
}

// conflict: a holder that this domain controller cannot see yet gives another
// text than one that it can. Guests are made in Entra, the others here.
func (c *call) conflict(conflict *directory.ConflictError) *cmdletError {
	holder := conflict.Holder
	_, seen := c.view.ByID(holder.ID)
	switch {
	case !seen && holder.Kind == directory.Guest:
		return heldInEntra("User_"+holder.ID.String(), c.face.requestID(c.request))
	case !seen:
		return notReturnedFromGraph()
	case conflict.Field == directory.FieldAddress:
		return proxyInUse(conflict.Value, holder.Name)
	}
	return notUnique(conflict.Value)
}

// removeObject deletes an object of the given kinds.
func (c *call) removeObject(kinds directory.Kind) *cmdletError {
	id := c.params.text("Identity")
	o, err := c.one(id, kinds)
	if err != nil {
		return err
	}
	if err := c.mayChange(o, "Identity"); err != nil {
		return err
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	if err := c.view.Remove(o.ID); err != nil {
		return identityNotFound(id, c.view.Server())
	}
	return nil
}

// mayChange refuses what only the on-premises directory may change, and groups
// that the caller neither manages nor may bypass the managers of. An app is
// nobody's manager.
func (c *call) mayChange(o *directory.Object, property string) *cmdletError {
	if o.Synced && !o.CloudManaged {
		return synced(o.Name, c.cmdlet.name, property, o.Name)
	}
	if !o.Kind.Has(directory.DistributionGroups) || c.params.flag(bypass.name) {
		return nil
	}
	if o.Kind == directory.Security {
		return notInOrganization()
	}
	return notManager()
}
