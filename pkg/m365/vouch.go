package m365

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/m365/graph"
	"enlist/pkg/onboard"
)

// vouch tells whether a directory vouches for those whom it doesn't show: that
// they hold no address. One that goes on from the night before does, and so does
// one that was read just now, until Exchange refuses to create somebody and turns
// out to have had that person all along: Graph may lag behind a run that ended
// minutes ago, and from then on it is better to ask. Nobody refuses anything to a
// run that changes nothing, so there Exchange has to agree about a few addresses
// first. The zero value vouches for nobody.
type vouch struct {
	mayBeGiven, isGiven, isRefused atomic.Bool
	agreed                         atomic.Int32
	contradicted                   sync.Map // addresses in lower case
}

// enoughAgreement is about how many addresses Exchange has to agree: one
// command's worth.
const enoughAgreement = exchange.MaxAddresses

func (v *vouch) give()       { v.isGiven.Store(true) }
func (v *vouch) given() bool { return v.isGiven.Load() && !v.isRefused.Load() }

// begin is for a directory that was read just now, and a run that will change the
// tenant or not.
func (v *vouch) begin(changes bool) {
	v.mayBeGiven.Store(true)
	if changes {
		v.give()
	}
}

// contradict notes that Exchange took somebody's address for taken.
func (v *vouch) contradict(address string) { v.contradicted.Store(strings.ToLower(address), nil) }

// explain is told who holds an address in Exchange, which may be one that was
// contradicted. Where the directory goes on from the night before, somebody else
// was faster with this one, which says nothing about others.
func (v *vouch) explain(address string, holders []onboard.Recipient) {
	if len(holders) == 0 || !v.mayBeGiven.Load() {
		return
	}
	if _, contradicted := v.contradicted.LoadAndDelete(strings.ToLower(address)); contradicted {
		v.compare(holders)
	}
}

// compare is told who holds an address in Exchange that nobody holds in the
// directory. Some kinds of recipients are never there.
func (v *vouch) compare(holders []onboard.Recipient) {
	for _, r := range holders {
		switch r.Kind {
		case onboard.KindContact, onboard.KindGuest, onboard.KindMailUser, onboard.KindMailbox:
			v.isRefused.Store(true)
		}
	}
	if len(holders) == 0 && v.mayBeGiven.Load() && v.agreed.Add(1) >= enoughAgreement {
		v.give()
	}
}

// manyLookups is how many commands it is taken to cost to ask Exchange about the
// addresses of a run that are not known beforehand, since they are too many.
const manyLookups = 500

// readUnkept reads the directory for this run alone.
func (t *Tenant) readUnkept(ctx context.Context) error {
	t.directory.sought = t.seek(ctx, []graph.Collection{graph.Contacts})
	if _, err := t.readBooks(ctx, graph.Contacts); err != nil || t.directory.sought {
		return err
	}
	others := []graph.Collection{graph.Users, graph.Groups}
	if !t.readingPays(ctx, others) {
		return nil
	}
	denied, err := t.readBooks(ctx, others...)
	if denied != nil || err != nil {
		t.log.Debug("Exchange is asked about each address that is not a mail contact's", "denied", denied, "error", err)
		return nil
	}
	t.directory.vouch.begin(t.changes)
	return nil
}

// readingPays tells whether it takes fewer requests to read the collections than
// to ask Exchange about all addresses that are no contact's.
func (t *Tenant) readingPays(ctx context.Context, of []graph.Collection) bool {
	lookups := manyLookups
	if len(t.addresses) > 0 {
		strangers := 0
		for _, address := range t.addresses {
			if len(t.directory.contacts.Holders(address)) == 0 {
				strangers++
			}
		}
		lookups = (strangers + exchange.MaxAddresses - 1) / exchange.MaxAddresses
	}
	if lookups <= len(of) {
		return false // not worth the question how many pages there are
	}
	pages, err := t.pages(ctx, of)
	if err != nil {
		t.log.Debug("asking Exchange about strangers, since Microsoft Graph does not tell how many users and groups there are", "error", err)
		return false
	}
	costs := t.log.With("commands", lookups, "pages", pages)
	if pages >= lookups {
		costs.Debug("asking Exchange about strangers rather than reading all users and groups")
		return false
	}
	costs.Debug("reading all users and groups rather than asking Exchange about strangers")
	return true
}
