package onboard

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

// KeyFinder finds people by what they keep when their address changes.
type KeyFinder interface {
	// KeyHolders tells which recipients, of whatever kind, have the key in a
	// custom attribute at this moment, letter case aside.
	KeyHolders(ctx context.Context, attribute Field, key string) ([]Recipient, error)
}

// FieldEmail is the external email address, which only the key of a row changes.
const FieldEmail Field = "email"

// keyed gives the row with its key among the contact's attributes.
func (j *Job) keyed(row Row) Row {
	if row.Key != "" {
		*row.Contact.Text(j.Key) = row.Key
	}
	return row
}

// keyed gives the update with the attribute of the keys among its fields, if
// there is one, and without the address, which only a key changes.
func (u Update) keyed(key Field) *Update {
	u.Fields = slices.DeleteFunc(slices.Clone(u.Fields), func(f Field) bool { return f == FieldEmail })
	if key != "" {
		u.Fields = append(u.Fields, key)
	}
	return &u
}

// readdress gives the contact that has the row's key the row's address, which
// nobody holds, and reports whether there is such a contact.
func (w *worker) readdress(ctx context.Context) (done bool, err error) {
	if w.job.Key == "" || w.row.Key == "" {
		return false, nil
	}
	found, err := w.job.Tenant.KeyHolders(ctx, w.job.Key, w.row.Key)
	if err != nil || len(found) == 0 {
		return false, err
	}
	email, contact := w.row.Contact.Email, found[0]
	switch {
	case len(found) > 1:
		return false, newProblem(CodeKeyAmbiguous, nil, "Nobody holds %s, and %d recipients have the employee id %q: %s.", email, len(found), w.row.Key, describe(found))
	case contact.Kind != KindContact:
		return false, newProblem(CodeKeyNotOfContact, nil, "Nobody holds %s, and the employee id %q belongs to %s, which is no mail contact.", email, w.row.Key, describe(found))
	case strings.EqualFold(contact.Address, email):
		w.settle(contact, ContactFound) // the directories did not agree on that yet
		return true, nil
	}
	if line, named := w.claims.leave(contact.Address, w.row.Line); named {
		return false, newProblem(CodeKeyOfOtherRow, nil, "The contact with the employee id %q has the address %s, which line %d is about.", w.row.Key, contact.Address, line)
	}
	err = w.untilKnown(ctx, func() error {
		return w.job.Tenant.UpdateContact(ctx, contact, []Field{FieldEmail}, w.row.Contact)
	})
	if errors.Is(err, ErrOnPremisesSynced) || errors.Is(err, ErrRefused) {
		err = newProblem(CodeAddressNotChanged, err, "The contact with the employee id %q has the address %s, which could not be changed to %s: %v", w.row.Key, contact.Address, email, err)
	}
	if err != nil {
		return false, err
	}
	former := contact.Address
	contact.Address = email
	w.settle(contact, ContactUpdated)
	w.contact.Changes = []Change{{What: string(FieldEmail), From: former, To: email}}
	w.note = fmt.Sprintf("The contact with the employee id %q has a new address, from %s to %s.", w.row.Key, former, email)
	return true, nil
}

// freed says why nobody is to get an address that another row has just taken
// from a contact: until the directories agree, it may still be found there.
func (w *worker) freed() error {
	if line, ok := w.claims.leftBy(w.row.Contact.Email); ok {
		return newProblem(CodeKeyOfOtherRow, nil, "%s was the address of a contact to which line %d gives another one, by the employee id.", w.row.Contact.Email, line)
	}
	return nil
}

// keyNote says what a person should know of a row without a key.
func (w *worker) keyNote() string {
	if w.job.Key == "" || w.row.Key != "" {
		return ""
	}
	return "The row has no employee id, so it goes by its address alone: a new address of this person would make a second contact. Add the id to the input."
}

// settleKey compares the key that a contact has with that of the row, before
// the contact's attributes are changed. The row's wanted attributes then have
// the key that the contact is to have.
func (w *worker) settleKey(ctx context.Context, now Contact, wanted *Contact) error {
	if w.job.Key == "" {
		return nil
	}
	has, key := strings.TrimSpace(*now.Text(w.job.Key)), w.row.Key
	switch {
	case key == "", strings.EqualFold(has, key):
		*wanted.Text(w.job.Key) = has
		return nil
	case has != "":
		return newProblem(CodeKeyDiffers, nil, "The contact %s has the employee id %q, and the row has %q, so its attributes were left as they are.", w.person.Address, has, key)
	}
	others, err := w.job.Tenant.KeyHolders(ctx, w.job.Key, key)
	if err != nil {
		return err
	}
	for _, o := range others {
		if !strings.EqualFold(o.Address, w.person.Address) {
			return newProblem(CodeKeyElsewhere, nil, "The contact %s has no employee id, and %q belongs to %s, so its attributes were left as they are.", w.person.Address, key, describe([]Recipient{o}))
		}
	}
	return nil
}

// claims knows which addresses the rows are about and which ones contacts have
// left, so that no two rows get hold of one contact. Of an address it keeps a
// hash, since an input can have a million.
type claims struct {
	seed maphash.Seed

	mu    sync.Mutex
	named map[uint64]int // the line of the first row about an address
	left  map[string]int // the line of the row that took the contact's address from it
}

func newClaims() *claims {
	return &claims{seed: maphash.MakeSeed(), named: map[uint64]int{}, left: map[string]int{}}
}

// name notes what a row is about.
func (c *claims) name(address string, line int) {
	hash := maphash.String(c.seed, strings.ToLower(address))
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.named[hash]; !ok {
		c.named[hash] = line
	}
}

// leave notes that the row on a line takes a contact's address from it, unless
// a row is about that address.
func (c *claims) leave(address string, line int) (by int, named bool) {
	address = strings.ToLower(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	if by, named = c.named[maphash.String(c.seed, address)]; !named {
		c.left[address] = line
	}
	return by, named
}

// recall notes the address that a row took from a contact in the run that is gone
// on with.
func (c *claims) recall(row Row) {
	if row.Known == nil {
		return
	}
	for _, change := range row.Known.Contact.Changes {
		if change.What == string(FieldEmail) {
			c.leave(change.From, row.Line)
		}
	}
}

func (c *claims) leftBy(address string) (line int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	line, ok = c.left[strings.ToLower(address)]
	return line, ok
}
