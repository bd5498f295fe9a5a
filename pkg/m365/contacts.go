package m365

import (
	"context"
	"errors"
	"strings"
	"sync"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// Holders answers from the contacts that were read at the start and from what
// this run has done; whoever is in neither is asked for in Exchange.
func (t *Tenant) Holders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	if known := t.contacts.holders(address); len(known) > 0 {
		return known, nil
	}
	return t.CurrentHolders(ctx, address)
}

// CurrentHolders asks Exchange.
func (t *Tenant) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	found, err := t.exchange.RecipientsByAddress(ctx, address)
	if err != nil {
		return nil, exchangeError(err)
	}
	if len(found) == 0 {
		// Not every server shows at once what this run has created.
		if mine, ok := t.contacts.madeByThisRun(address); ok {
			return []onboard.Recipient{mine}, nil
		}
		return nil, nil
	}
	holders := make([]onboard.Recipient, len(found))
	for i, r := range found {
		holders[i] = recipient(r)
	}
	return holders, nil
}

// CreateContact creates the mail contact under a Name that is made from its
// address.
func (t *Tenant) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	created, err := t.newMailContact(ctx, c, contactName(c.Email))
	if errors.Is(err, exchange.ErrNameInUse) {
		// Something else may go by this Name. If it is the contact itself,
		// its address is taken as well, and the second try says so.
		created, err = t.newMailContact(ctx, c, hashedName(c.Email))
	}
	if err != nil {
		return onboard.Recipient{}, exchangeError(err)
	}
	r := recipient(created)
	r.Kind, r.New = onboard.KindContact, true
	if r.Address == "" {
		r.Address = c.Email
	}
	if r.Ref == "" {
		r.Ref = c.Email
	}
	t.contacts.add(c.Email, r)
	return r, nil
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

// contactBook knows mail contacts by address: those that were read at the
// start, and those that this run has created.
type contactBook struct {
	mu       sync.RWMutex
	contacts []onboard.Recipient
	read     map[string][]int32 // places in contacts, by address in lower case
	made     map[string]onboard.Recipient
}

func newContactBook() *contactBook {
	return &contactBook{read: map[string][]int32{}, made: map[string]onboard.Recipient{}}
}

// remember keeps a contact that Graph told of.
func (b *contactBook) remember(c graph.Contact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	place := int32(len(b.contacts))
	b.contacts = append(b.contacts, onboard.Recipient{
		ID:          c.ID,
		Kind:        onboard.KindContact,
		DisplayName: c.DisplayName,
		Address:     c.Mail,
		Ref:         c.ID,
		Remembered:  true,
	})
	for _, address := range smtpAddresses(c) {
		b.read[address] = append(b.read[address], place)
	}
}

// smtpAddresses are all addresses of the contact, in lower case, each once.
func smtpAddresses(c graph.Contact) []string {
	var addresses []string
	seen := map[string]bool{"": true}
	keep := func(address string) {
		address = strings.ToLower(address)
		if !seen[address] {
			seen[address] = true
			addresses = append(addresses, address)
		}
	}
	keep(c.Mail)
	for _, proxy := range c.ProxyAddresses {
		if kind, address, ok := strings.Cut(proxy, ":"); ok && strings.EqualFold(kind, "smtp") {
			keep(address)
		}
	}
	return addresses
}

// add keeps a contact that this run has created.
func (b *contactBook) add(address string, r onboard.Recipient) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made[strings.ToLower(address)] = r
}

func (b *contactBook) holders(address string) []onboard.Recipient {
	if r, ok := b.madeByThisRun(address); ok {
		return []onboard.Recipient{r}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	var holders []onboard.Recipient
	for _, place := range b.read[strings.ToLower(address)] {
		holders = append(holders, b.contacts[place])
	}
	return holders
}

func (b *contactBook) madeByThisRun(address string) (onboard.Recipient, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	r, ok := b.made[strings.ToLower(address)]
	return r, ok
}

func (b *contactBook) addresses() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.read)
}
