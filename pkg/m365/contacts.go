package m365

import (
	"context"
	"errors"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// Holders answers from what was written and what was read. Whoever is in
// neither holds nothing if the directory vouches for that, and is asked for in
// Exchange if not; so are several who hold the same address.
func (t *Tenant) Holders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	if c, ok := t.written.contact(address); ok {
		return []onboard.Recipient{c.contact}, nil
	}
	known := t.written.without(address, t.directory.holders(address))
	if len(known) == 1 || len(known) == 0 && t.directory.vouch.given() {
		return known, nil
	}
	found, err := t.CurrentHolders(ctx, address)
	if err == nil && len(known) == 0 {
		t.directory.vouch.compare(found)
	}
	return found, err
}

// CurrentHolders asks Exchange.
func (t *Tenant) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	found, err := t.lookups.holders(ctx, address)
	if err != nil {
		return nil, exchangeError(err)
	}
	holders := make([]onboard.Recipient, len(found))
	for i, r := range found {
		holders[i] = recipient(r)
	}
	t.directory.vouch.explain(address, holders)
	if len(found) == 0 {
		// Not every server shows at once what this run has created.
		if c, ok := t.written.contact(address); ok && !c.earlier {
			return []onboard.Recipient{c.contact}, nil
		}
		t.written.forget(address)
		return nil, nil
	}
	return holders, nil
}

// CreateContact creates the mail contact under a Name that is made from its
// address.
func (t *Tenant) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	if err := t.beginWriting(ctx); err != nil {
		return onboard.Recipient{}, err
	}
	created, err := t.newMailContact(ctx, c, contactName(c.Email))
	if errors.Is(err, exchange.ErrNameInUse) {
		// Something else may go by this Name. If it is the contact itself,
		// its address is taken as well, and the second try says so.
		created, err = t.newMailContact(ctx, c, hashedName(c.Email))
	}
	if errors.Is(err, exchange.ErrAddressInUse) && !isRepeated(err) {
		t.directory.vouch.contradict(c.Email)
	}
	if err != nil {
		return onboard.Recipient{}, exchangeError(err)
	}
	return t.newcomer(c, created), nil
}

// newcomer notes the contact that was created, and tells it as the job's.
func (t *Tenant) newcomer(c onboard.Contact, created exchange.Recipient) onboard.Recipient {
	r := recipient(created)
	r.Kind, r.New = onboard.KindContact, true
	if r.Address == "" {
		r.Address = c.Email
	}
	if r.Ref == "" {
		r.Ref = c.Email
	}
	t.written.create(c.Email, r, t.now())
	return r
}

func (t *Tenant) newMailContact(ctx context.Context, c onboard.Contact, name string) (exchange.Recipient, error) {
	return t.exchange.NewMailContact(ctx, exchange.NewContact{
		Name:                 name,
		ExternalEmailAddress: c.Email,
		DisplayName:          c.DisplayName,
		FirstName:            c.FirstName,
		LastName:             c.LastName,
	})
}

// SetAttributes sets what New-MailContact doesn't take, with one command for
// the person and one for the mail settings, each only if there is need.
func (t *Tenant) SetAttributes(ctx context.Context, r onboard.Recipient, c onboard.Contact) error {
	if err := t.exchange.SetContact(ctx, r.Ref, details(c)); err != nil {
		return exchangeError(err)
	}
	return exchangeError(t.exchange.SetMailContact(ctx, r.Ref, exchange.MailSettings{
		MailTip:                       c.MailTip,
		HiddenFromAddressListsEnabled: c.HiddenFromAddressLists,
		CustomAttributes:              c.CustomAttributes,
	}))
}

func details(c onboard.Contact) exchange.ContactDetails {
	return exchange.ContactDetails{
		Initials:        c.Initials,
		Company:         c.Company,
		Department:      c.Department,
		Title:           c.Title,
		Office:          c.Office,
		Assistant:       c.Assistant,
		Phone:           c.Phone,
		MobilePhone:     c.MobilePhone,
		HomePhone:       c.HomePhone,
		OtherTelephone:  c.OtherPhone,
		Fax:             c.Fax,
		Pager:           c.Pager,
		StreetAddress:   c.StreetAddress,
		City:            c.City,
		StateOrProvince: c.StateOrProvince,
		PostalCode:      c.PostalCode,
		CountryOrRegion: c.CountryOrRegion,
		WebPage:         c.WebPage,
		Notes:           c.Notes,
		Manager:         c.Manager,
	}
}

// recipient tells one of Exchange's recipients as the job's.
func recipient(r exchange.Recipient) onboard.Recipient {
	address := r.PrimarySmtpAddress
	if all := r.Addresses(); address == "" && len(all) > 0 {
		address = all[0]
	}
	ref := r.Guid
	if ref == "" {
		ref = address
	}
	return onboard.Recipient{
		ID:          r.ExternalDirectoryObjectId,
		Kind:        recipientKind(r.RecipientTypeDetails),
		DisplayName: r.DisplayName,
		Address:     address,
		Ref:         ref,
	}
}
