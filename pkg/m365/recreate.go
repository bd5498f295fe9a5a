package m365

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// Portrait asks Exchange for what a mail contact is to be created anew by: its
// Name, its LegacyExchangeDN and all its attributes.
func (t *Tenant) Portrait(ctx context.Context, r onboard.Recipient) (onboard.Portrait, error) {
	own, err := t.exchange.MailContactAttributes(ctx, r.Ref, "Name", "LegacyExchangeDN", "ExternalEmailAddress")
	if err != nil {
		return onboard.Portrait{}, exchangeError(err)
	}
	contact, err := t.currentAttributes(ctx, r, allFields(), onboard.Contact{})
	if err != nil {
		return onboard.Portrait{}, err
	}
	contact.Email = firstOf(withoutPrefix(own["ExternalEmailAddress"]), r.Address)
	return onboard.Portrait{Name: own["Name"], LegacyExchangeDN: own["LegacyExchangeDN"], Contact: contact}, nil
}

// allFields are all that Attributes knows.
func allFields() []onboard.Field {
	fields := []onboard.Field{"mail_tip", onboard.FieldHidden}
	for f := range contactProperties {
		fields = append(fields, f)
	}
	for i := range len(onboard.Contact{}.CustomAttributes) {
		fields = append(fields, onboard.CustomAttribute(i+1))
	}
	slices.Sort(fields)
	return fields
}

func withoutPrefix(proxy string) string {
	if _, address, ok := strings.Cut(proxy, ":"); ok {
		return address
	}
	return proxy
}

// Recreate creates a mail contact as it once was, save its attributes and its
// former LegacyExchangeDN: see Complete.
func (t *Tenant) Recreate(ctx context.Context, p onboard.Portrait) (onboard.Recipient, error) {
	if err := t.beginWriting(ctx); err != nil {
		return onboard.Recipient{}, err
	}
	created, err := t.newMailContact(ctx, p.Contact, p.Name)
	if errors.Is(err, exchange.ErrNameInUse) {
		return t.CreateContact(ctx, p.Contact)
	}
	if err != nil {
		return onboard.Recipient{}, exchangeError(err)
	}
	return t.newcomer(p.Contact, created), nil
}

// Complete gives a contact that was created anew its former attributes, and its
// former LegacyExchangeDN as an X500 address: Outlook remembers by that whom
// somebody has written to, and without it replies come back (documented:
// OfficeDocs-Support, "IMCEAEX non-delivery report"). Repeating it is harmless.
func (t *Tenant) Complete(ctx context.Context, r onboard.Recipient, p onboard.Portrait) error {
	if err := t.SetAttributes(ctx, r, p.Contact); err != nil || p.LegacyExchangeDN == "" {
		return err
	}
	has, err := t.exchange.MailContactAttributes(ctx, r.Ref, "EmailAddresses")
	if err != nil {
		return exchangeError(err)
	}
	proxy := fmt.Sprint("X500:", p.LegacyExchangeDN)
	if strings.Contains(strings.ToLower(has["EmailAddresses"]), strings.ToLower(proxy)) {
		return nil
	}
	return exchangeError(t.exchange.AddMailContactAddresses(ctx, r.Ref, proxy))
}
