package m365

import (
	"context"
	"slices"
	"strings"
	"sync"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// AllowOutsideSenders lifts the group's sender restriction.
func (t *Tenant) AllowOutsideSenders(ctx context.Context, g onboard.Group) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	if err := t.open(ctx, g); err != nil {
		return groupError(err)
	}
	t.settled.note(g, func(g *onboard.Group) { g.InsideSendersOnly = false })
	return nil
}

// ReportToOriginator gives the group's mail a return path.
func (t *Tenant) ReportToOriginator(ctx context.Context, g onboard.Group) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	if err := t.exchange.ReportToOriginator(ctx, g.Ref, true); err != nil {
		return groupError(err)
	}
	t.settled.note(g, func(g *onboard.Group) { g.Delivery.NoReports = false })
	return nil
}

// IsAllowedSender answers from the group's list, which is read once in a run.
func (t *Tenant) IsAllowedSender(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	list, err := t.senders(ctx, g)
	if err != nil {
		return false, err
	}
	return list.has(r), nil
}

// AllowSender adds the recipient to the list, together with all others that
// wait to be added to it.
func (t *Tenant) AllowSender(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	list, err := t.senders(ctx, g)
	if err != nil {
		return err
	}
	err = list.joint.add(ctx, r.Ref, func(refs []string) error { return t.allow(ctx, g, refs) })
	if err != nil {
		return groupError(err)
	}
	list.keep(1, r.ID, r.Ref, r.Address)
	return nil
}

// senders gives who is on the group's list, which is read once.
func (t *Tenant) senders(ctx context.Context, g onboard.Group) (*senderList, error) {
	return t.senderLists.get(g.ID, func() (*senderList, error) { return t.readSenders(ctx, g) })
}

// readSenders reads who is on the group's list. The group names them as it
// likes, so they are looked up, to be known by whatever a recipient is known by.
func (t *Tenant) readSenders(ctx context.Context, g onboard.Group) (*senderList, error) {
	list := &senderList{known: map[string]bool{}, joint: newJointAdd()}
	if g.New {
		return list, nil
	}
	settings, err := t.settings(ctx, g)
	if err != nil {
		return nil, groupError(err)
	}
	for names := range slices.Chunk(settings.Senders(), exchange.MaxReferences) {
		found, err := t.exchange.Referenced(ctx, names...)
		if err != nil {
			return nil, exchangeError(err)
		}
		for _, name := range names {
			if r, ok := referenced(found, name); ok {
				list.keep(0, append(r.Addresses(), r.ExternalDirectoryObjectId, r.Guid)...)
			}
		}
	}
	list.entries = len(settings.Senders())
	return list, nil
}

// referenced finds who is meant by the name. A display name that several have
// means none of them for sure.
func referenced(found []exchange.Recipient, name string) (exchange.Recipient, bool) {
	var perhaps []exchange.Recipient
	for _, r := range found {
		surely, maybe := r.IsReferencedBy(name)
		if surely {
			return r, true
		}
		if maybe {
			perhaps = append(perhaps, r)
		}
	}
	if len(perhaps) == 1 {
		return perhaps[0], true
	}
	return exchange.Recipient{}, false
}

// senderList is who a group takes mail from.
type senderList struct {
	joint *jointAdd

	mu      sync.Mutex
	entries int
	known   map[string]bool // ids and addresses in lower case
}

func (l *senderList) has(r onboard.Recipient) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.knows(r)
}

func (l *senderList) knows(r onboard.Recipient) bool {
	return l.known[strings.ToLower(r.ID)] || l.known[strings.ToLower(r.Ref)] || l.known[strings.ToLower(r.Address)]
}

func (l *senderList) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries
}

// drop notes that the recipient is not on the list any more, if it was.
func (l *senderList) drop(r onboard.Recipient) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.knows(r) {
		return
	}
	l.entries--
	for _, key := range []string{r.ID, r.Ref, r.Address} {
		delete(l.known, strings.ToLower(key))
	}
}

// unlistEverywhere notes that the recipient is gone, and with it its entries on
// lists.
func (t *Tenant) unlistEverywhere(r onboard.Recipient) {
	for _, list := range t.senderLists.all() {
		list.drop(r)
	}
}

// keep notes whom the list knows by the keys, with so many entries more.
func (l *senderList) keep(more int, keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries += more
	for _, key := range keys {
		if key != "" {
			l.known[strings.ToLower(key)] = true
		}
	}
}
