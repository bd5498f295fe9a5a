package exchange

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// PageSize is how many objects come with a command that lists them.
const PageSize = 1000

// ListedContact is a mail contact in a list, with the properties that were
// asked for.
type ListedContact struct {
	// ID is the object's id in Entra ID and Graph; empty where the cmdlet doesn't
	// tell it.
	ID string
	// Address is the primary address, as far as the cmdlet tells it.
	Address string
	// Values are the properties by name. What has no value is empty.
	Values map[string]string
}

// ListContacts streams all mail contacts with the named properties, of those
// that Get-Contact tells; with a time, only those that were created or changed
// after it. An error is the last element: a list without one is complete.
func (c *Client) ListContacts(ctx context.Context, changedAfter time.Time, names ...string) iter.Seq2[ListedContact, error] {
	return c.listContacts(ctx, "Get-Contact", "WindowsEmailAddress", changedAfter, names)
}

// ListMailContacts is ListContacts for what Get-MailContact tells.
func (c *Client) ListMailContacts(ctx context.Context, changedAfter time.Time, names ...string) iter.Seq2[ListedContact, error] {
	return c.listContacts(ctx, "Get-MailContact", "PrimarySmtpAddress", changedAfter, names)
}

func (c *Client) listContacts(ctx context.Context, cmdlet, address string, changedAfter time.Time, names []string) iter.Seq2[ListedContact, error] {
	cmd := Command{
		Name:       cmdlet,
		Parameters: Parameters{"ResultSize": "Unlimited"},
		Select:     append([]string{"ExternalDirectoryObjectId", address}, names...),
		Effect:     Read,
	}
	if !changedAfter.IsZero() {
		cmd.Parameters["Filter"] = changedSince(changedAfter)
	}
	return func(yield func(ListedContact, error) bool) {
		for p, err := range c.pages(ctx, cmd) {
			if err == nil && slices.ContainsFunc(p.warnings, isCutShort) {
				err = c.malformed(cmd, p.requestID, errCutShort)
			}
			if err != nil {
				yield(ListedContact{}, err)
				return
			}
			for _, value := range p.values {
				contact, err := listedContact(value, address, names)
				if err != nil {
					err = c.malformed(cmd, p.requestID, err)
				}
				if !yield(contact, err) || err != nil {
					return
				}
			}
		}
	}
}

// changedSince is the filter for objects that were created or changed after a
// time. Both cmdlets take it, with a time written like this (documented:
// filter-properties, WhenChangedUTC).
func changedSince(at time.Time) string {
	return "WhenChangedUTC -gt '" + at.UTC().Format("1/2/2006 3:04:05 PM") + "'"
}

func listedContact(value json.RawMessage, address string, names []string) (ListedContact, error) {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(value, &properties); err != nil {
		return ListedContact{}, err
	}
	contact := ListedContact{ID: textOf(properties["ExternalDirectoryObjectId"]), Address: textOf(properties[address]), Values: make(map[string]string, len(names))}
	for _, name := range names {
		contact.Values[name] = textOf(properties[name])
	}
	return contact, nil
}
