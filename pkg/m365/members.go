package m365

import (
	"context"
	"errors"
	"strings"

	"enlist/pkg/m365/snapshot"
	"enlist/pkg/onboard"
)

// IsMember looks the recipient up among the members that Graph tells of and
// those that were added lately. Who was taken out of the group lately is told as
// no member, whatever Graph shows: adding somebody twice is harmless. Unless all of the directory is known, who is in
// neither is looked up among those that Exchange tells of, since Graph lags
// behind. The lists are read once for each group and run, unless they were at
// its start; a contact that this run has created needs none.
func (t *Tenant) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	if r.New || g.New {
		return t.written.hasJoined(g, r), nil
	}
	if t.written.hasJoined(g, r) {
		return true, nil
	}
	if t.written.hasLeft(g, r) {
		return false, nil
	}
	roster, err := t.roster(ctx, g)
	if err != nil {
		return false, err
	}
	id, isID := snapshot.ParseID(r.ID)
	if isID && roster.members.Has(id) {
		return true, nil
	}
	if t.directory.complete && roster.tellsOf(id) || g.Kind == onboard.GroupMicrosoft365 {
		return false, nil // of Microsoft 365 groups, Graph is the truth
	}
	return t.isInExchange(ctx, g, roster, r)
}

// AddMember adds the recipient to the group.
func (t *Tenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	if err := t.beginWriting(ctx); err != nil {
		return err
	}
	var err error
	if g.Kind == onboard.GroupMicrosoft365 {
		err = t.addGuest(ctx, g, r)
	} else {
		err = groupError(t.exchange.AddDistributionGroupMember(ctx, g.Ref, r.Ref))
	}
	if isRepeated(err) && errors.Is(err, onboard.ErrAlreadyMember) {
		err = errors.Join(err, onboard.ErrUncertain) // the first try may have done it
	}
	if err == nil || errors.Is(err, onboard.ErrAlreadyMember) {
		t.written.join(g, r, t.now())
	}
	return err
}

func (t *Tenant) exchangeMembers(ctx context.Context, g onboard.Group) (map[string]bool, error) {
	list, err := t.exchange.DistributionGroupMembers(ctx, g.Ref)
	if err != nil {
		return nil, groupError(err)
	}
	members := map[string]bool{}
	for _, m := range list {
		members[memberKey(m.ExternalDirectoryObjectId)] = true
		members[memberKey(m.PrimarySmtpAddress)] = true
	}
	delete(members, "")
	t.log.Debug("read the members of a group from Exchange", "members", len(list))
	return members, nil
}

// memberKey makes ids and addresses comparable. The two can't be mixed up,
// since only an address has an @.
func memberKey(idOrAddress string) string { return strings.ToLower(idOrAddress) }

// roster is who is in one group.
type roster struct {
	members  snapshot.Members  // as Graph tells
	shown    bool              // Graph knows the group
	about    *snapshot.Members // who was asked for, if not everybody
	exchange memberList
}

// tellsOf reports whether the roster says if somebody is in the group.
func (r *roster) tellsOf(id snapshot.ID) bool {
	return r.shown && (r.about == nil || r.about.Has(id))
}

// memberList is read once.
type memberList struct {
	once memo[map[string]bool]
}

func (l *memberList) get(read func() (map[string]bool, error)) (map[string]bool, error) {
	return l.once.get("", read)
}
