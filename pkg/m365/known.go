package m365

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// part is the attributes that one cmdlet tells.
type part struct {
	cmdlet string
	fields []onboard.Field // all of them
	list   func(ctx context.Context, changedAfter time.Time, names ...string) iter.Seq2[exchange.ListedContact, error]
}

// allParts are those of all attributes.
func allParts(e Exchange) []part {
	contact, mail := split(allFields())
	return []part{{"Get-Contact", sortedFields(contact), e.ListContacts}, {"Get-MailContact", sortedFields(mail), e.ListMailContacts}}
}

// partsOf are those that have one of the fields; false when there is a field in
// none of them.
func (t *Tenant) partsOf(fields []onboard.Field) ([]part, bool) {
	for _, f := range fields {
		if !slices.ContainsFunc(t.parts, func(p part) bool { return slices.Contains(p.fields, f) }) {
			return nil, false
		}
	}
	return slices.DeleteFunc(slices.Clone(t.parts), func(p part) bool {
		return !slices.ContainsFunc(fields, func(f onboard.Field) bool { return slices.Contains(p.fields, f) })
	}), true
}

func sortedFields(properties map[onboard.Field]string) []onboard.Field {
	var fields []onboard.Field
	for f := range properties {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	return fields
}

// isKnownToHave tells whether it is known that the fields of the contact are as
// in like. If not, they may be so all the same.
func (t *Tenant) isKnownToHave(ctx context.Context, r onboard.Recipient, fields []onboard.Field, like onboard.Contact) bool {
	id, isID := snapshot.ParseID(r.ID)
	parts, ok := t.partsOf(fields)
	if !ok || !isID || r.New || t.touched.has(id) {
		return false
	}
	prints := make([]*snapshot.Prints, len(parts))
	var reading errgroup.Group
	for i, p := range parts {
		reading.Go(func() (err error) {
			prints[i], err = t.prints.get(p.cmdlet, func() (*snapshot.Prints, error) { return t.readPrints(ctx, p), nil })
			return err
		})
	}
	_ = reading.Wait() // none of them fails
	for i, p := range parts {
		if prints[i] == nil {
			return false
		}
		print, ok := prints[i].Get(id)
		if !ok || !t.printFits(ctx, print, p, fields, like) {
			return false
		}
	}
	return true
}

func (t *Tenant) printFits(ctx context.Context, print string, p part, fields []onboard.Field, like onboard.Contact) bool {
	for _, f := range fields {
		switch {
		case !slices.Contains(p.fields, f):
		case f == fieldManager:
			if !t.isManager(ctx, managerIn(print), strings.TrimSpace(like.Manager)) {
				return false
			}
		case !hasValue(print, f, valueOf(like, f)):
			return false
		}
	}
	return true
}

// idSet is a set of directory objects.
type idSet struct{ ids sync.Map }

func (s *idSet) has(id snapshot.ID) bool {
	_, ok := s.ids.Load(id)
	return ok
}

// add takes an id in any form; what is none is left out.
func (s *idSet) add(id string) {
	if id, ok := snapshot.ParseID(id); ok {
		s.ids.Store(id, nil)
	}
}

// isManager tells whether two references, of which there are few among many
// contacts, mean the same recipient.
func (t *Tenant) isManager(ctx context.Context, a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	same, err := t.managers.get(strings.ToLower(a+"\x00"+b), func() (bool, error) { return t.sameRecipient(ctx, a, b) })
	return err == nil && same
}

// changesOverlap is from how long before they were last read on attributes are
// read that have changed: other servers may show a change later, and clocks
// differ.
const changesOverlap = time.Hour

// readPrints reads the attributes of all contacts; nil when it costs less to ask
// for those of each row, or when they can't be read.
func (t *Tenant) readPrints(ctx context.Context, p part) *snapshot.Prints {
	began := t.now()
	prints, mark := t.keptPrints(ctx, p)
	if !t.printsPay(p, prints != nil) {
		return nil
	}
	since, err := time.Parse(time.RFC3339, mark)
	if prints == nil || err != nil {
		prints, since = snapshot.NewPrints(), time.Time{}
	}
	read, err := t.listInto(ctx, p, prints, since)
	if !since.IsZero() && (errors.Is(err, exchange.ErrInvalidParameter) || errors.Is(err, errUnidentified)) {
		t.log.Debug("Exchange does not tell which contacts have changed, so all are read", "command", p.cmdlet, "error", err)
		prints, since = snapshot.NewPrints(), time.Time{}
		read, err = t.listInto(ctx, p, prints, since)
	}
	if err != nil {
		t.log.Warn("the attributes of all contacts could not be read together, so each row's are asked for", "command", p.cmdlet, "error", exchangeError(err))
		return nil
	}
	log := t.log
	if !since.IsZero() {
		log = log.With("changed since", since)
	}
	log.Debug("read attributes of contacts from Exchange", "command", p.cmdlet, "contacts", read, "known", prints.Len())
	t.keepPrints(ctx, p, prints, began)
	return prints
}

func (t *Tenant) keptPrints(ctx context.Context, p part) (*snapshot.Prints, string) {
	if t.store == nil {
		return nil, ""
	}
	prints, mark, err := t.store.Prints(ctx, p.cmdlet)
	if err != nil {
		t.log.Warn("the kept attributes can't be read; all are read anew", "command", p.cmdlet, "error", err)
		return nil, ""
	}
	return prints, mark
}

func (t *Tenant) keepPrints(ctx context.Context, p part, prints *snapshot.Prints, began time.Time) {
	if t.store == nil {
		return
	}
	t.keep(t.store.KeepPrints(ctx, p.cmdlet, prints, began.UTC().Format(time.RFC3339)))
	if contacts := t.directory.contacts; !t.directory.sought && contacts != nil && prints.Len() > contacts.Len() {
		t.keep(t.store.DropPrintsOfStrangers(ctx, p.cmdlet, string(graph.Contacts)))
	}
}

// manyRows is how many rows a run is taken to have when that is not known
// beforehand, since they are too many.
const manyRows = 5000

// printsPay tells whether it takes fewer commands to read the attributes of all
// contacts than of each row's. What is kept serves many nights.
func (t *Tenant) printsPay(p part, kept bool) bool {
	contacts := t.directory.counted
	if !t.directory.sought && t.directory.contacts != nil {
		contacts = t.directory.contacts.Len()
	}
	if contacts == 0 {
		return false // not known, as when nothing was read beforehand
	}
	rows, pages, worth := len(t.addresses), contacts/exchange.PageSize+1, 1
	if rows == 0 {
		rows = manyRows
	}
	switch {
	case kept:
		pages = 1
	case t.store != nil:
		worth = nights
	}
	costs := t.log.With("command", p.cmdlet, "rows", rows, "pages", pages, "kept", kept)
	if rows*worth <= pages {
		costs.Debug("reading the attributes of each row's contact rather than of all contacts")
		return false
	}
	costs.Debug("reading the attributes of all contacts rather than of each row's")
	return true
}

// errUnidentified: a contact has changed, and it is not known which one, so what
// is kept of it can't be told from what still is so.
var errUnidentified = errors.New("a contact that has changed can't be identified")

// listInto reads what all contacts have, or those that have changed, and counts
// them. Where all are read, those that can't be identified are left out.
func (t *Tenant) listInto(ctx context.Context, p part, prints *snapshot.Prints, since time.Time) (int, error) {
	if !since.IsZero() {
		since = since.Add(-changesOverlap)
	}
	properties, mail := split(p.fields)
	for f, name := range mail {
		properties[f] = name
	}
	read := 0
	for listed, err := range p.list(ctx, since, names(properties)...) {
		if err != nil {
			return read, err
		}
		read++
		id, ok := t.idOf(listed)
		if !ok && !since.IsZero() {
			return read, errUnidentified
		}
		if !ok {
			continue
		}
		var c onboard.Contact
		for f, name := range properties {
			fill(&c, f, listed.Values[name])
		}
		prints.Put(id, printOf(c, p.fields))
	}
	return read, nil
}

// idOf is the contact's id in Graph. That Get-Contact tells it is not
// documented, so the address can stand in for it.
func (t *Tenant) idOf(c exchange.ListedContact) (snapshot.ID, bool) {
	if id, ok := snapshot.ParseID(c.ID); ok {
		return id, true
	}
	if t.directory.contacts == nil {
		return snapshot.ID{}, false
	}
	if holders := t.directory.contacts.Holders(c.Address); len(holders) == 1 {
		return holders[0].ID, true
	}
	return snapshot.ID{}, false
}
