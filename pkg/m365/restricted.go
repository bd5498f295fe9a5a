package m365

import (
	"context"

	"enlist/pkg/onboard"
)

// Restriction answers from the few contacts that have one, which are read with one
// command in a run, when somebody asks first. That Exchange doesn't tell keeps
// nobody from being added.
func (t *Tenant) Restriction(ctx context.Context, r onboard.Recipient) (onboard.Restriction, error) {
	restricted, err := t.restricted.get("", func() (map[string]onboard.Restriction, error) {
		return t.readRestricted(ctx), ctx.Err()
	})
	if found, ok := restricted[memberKey(r.ID)]; ok {
		return found, err
	}
	return restricted[memberKey(r.Address)], err
}

// readRestricted gives the restrictions by the contacts' ids and addresses.
func (t *Tenant) readRestricted(ctx context.Context) map[string]onboard.Restriction {
	restricted := map[string]onboard.Restriction{}
	contacts, err := t.exchange.RestrictedContacts(ctx)
	if err != nil {
		t.log.Warn("Exchange does not tell which mail contacts refuse mail from outside; the report can't tell of them", "error", err)
		return restricted
	}
	for _, c := range contacts {
		for _, key := range append(c.Addresses(), c.ExternalDirectoryObjectId, c.Guid) {
			restricted[memberKey(key)] = onboard.Restriction{
				InsideSendersOnly: bool(c.RequireSenderAuthenticationEnabled),
				Accepts:           len(c.AcceptMessagesOnlyFromSendersOrMembers),
				Rejects:           len(c.RejectMessagesFromSendersOrMembers),
			}
		}
	}
	delete(restricted, "")
	t.log.Debug("read which mail contacts refuse mail from Exchange", "contacts", len(contacts))
	return restricted
}
