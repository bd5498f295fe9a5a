package onboard

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Update says that contacts that exist are brought to what the rows say.
type Update struct {
	// Fields are those that the input has columns for; others stay as they are.
	Fields []Field
	// Clear: an empty value clears the attribute; otherwise it leaves it. What
	// can't be empty is left in any case.
	Clear bool
}

// AttributeKeeper reads and changes the attributes of mail contacts.
type AttributeKeeper interface {
	// Attributes tells of the contact the given fields. It may answer from what
	// was read earlier only where all of them are as in like; what differs is as
	// the directory keeps it at this moment. A manager is told in the words of
	// like.Manager, if these mean the same recipient.
	Attributes(ctx context.Context, r Recipient, fields []Field, like Contact) (Contact, error)
	// UpdateContact gives the contact c's values of the fields; an empty one
	// clears the attribute. Repeating it is harmless.
	UpdateContact(ctx context.Context, r Recipient, fields []Field, c Contact) error
}

// ensureAttributes brings a contact that was there already to what the row says.
// Of several rows about a person the first one counts, or each run would change
// the contact to and fro.
func (w *worker) ensureAttributes(ctx context.Context) bool {
	if w.job.Update == nil || !w.seen.first(strings.ToLower(w.person.Address)) || w.contact.Action == ContactCreated || w.person.Kind != KindContact {
		return true
	}
	changes, err := w.update(ctx)
	if errors.Is(err, ErrRecipientNotFound) && w.person.Remembered {
		if !w.ensureContact(ctx, w.job.Tenant.CurrentHolders) {
			return false
		}
		if w.contact.Action == ContactCreated || w.person.Kind != KindContact {
			return true
		}
		changes, err = w.update(ctx)
	}
	if err != nil {
		w.contact.Problem = w.problem(err, "The contact's attributes could not be brought up to date")
		if _, known := errors.AsType[*Problem](err); !w.contact.Problem.deferrable() && !known {
			w.contact.Problem = newProblem(CodeAttributesNotUpdated, err, "The contact's attributes could not be brought up to date: %v", err)
		}
		return true
	}
	if w.contact.Changes = append(w.contact.Changes, changes...); len(changes) > 0 {
		w.contact.Action = ContactUpdated
	}
	return true
}

// update changes what differs, and tells from what to what.
func (w *worker) update(ctx context.Context) ([]Change, error) {
	wanted := w.row.Contact
	compared := w.job.Update.compared(wanted, w.job.Key)
	if len(compared) == 0 {
		return nil, nil
	}
	now, err := w.job.Tenant.Attributes(ctx, w.person, compared, wanted)
	if err != nil {
		return nil, err
	}
	if err := w.settleKey(ctx, now, &wanted); err != nil {
		return nil, err
	}
	fields, changes := w.job.Update.differences(now, wanted)
	if len(fields) == 0 {
		return nil, nil
	}
	return changes, w.job.Tenant.UpdateContact(ctx, w.person, fields, wanted)
}

// compared are the fields that have to be as wanted, or are the key: an empty
// value can leave a field as it is.
func (u Update) compared(wanted Contact, key Field) []Field {
	var fields []Field
	for _, a := range attributes() {
		if slices.Contains(u.Fields, a.field) && (a.field == key || !u.leaves(a, wanted)) {
			fields = append(fields, a.field)
		}
	}
	if wanted.HiddenFromAddressLists != nil && slices.Contains(u.Fields, FieldHidden) {
		fields = append(fields, FieldHidden)
	}
	return fields
}

func (u Update) leaves(a attribute, wanted Contact) bool {
	return strings.TrimSpace(*a.of(&wanted)) == "" && (!u.Clear || a.needed)
}

// differences tells which fields are to be changed.
func (u Update) differences(now, wanted Contact) (fields []Field, changes []Change) {
	for _, a := range attributes() {
		from, to := *a.of(&now), *a.of(&wanted)
		if u.leaves(a, wanted) || a.form(from) == a.form(to) || !slices.Contains(u.Fields, a.field) {
			continue
		}
		fields = append(fields, a.field)
		changes = append(changes, Change{What: string(a.field), From: from, To: to})
	}
	if to := wanted.HiddenFromAddressLists; to != nil && slices.Contains(u.Fields, FieldHidden) {
		from := now.HiddenFromAddressLists != nil && *now.HiddenFromAddressLists
		if from != *to {
			fields = append(fields, FieldHidden)
			changes = append(changes, Change{What: string(FieldHidden), From: strconv.FormatBool(from), To: strconv.FormatBool(*to)})
		}
	}
	return fields, changes
}

// seenSet knows which people rows have been about.
type seenSet struct {
	mu   sync.Mutex
	keys map[string]bool
}

// first reports whether the person is seen for the first time.
func (s *seenSet) first(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]bool{}
	}
	known := s.keys[key]
	s.keys[key] = true
	return !known
}
