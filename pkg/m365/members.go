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

// IsMember looks the recipient up among the members that Graph tells of. Who
// is not there is looked up among those that Exchange tells of, since Graph
// lags behind. Both lists are read once for each group and run, when they are
// needed; a contact that this run has created needs neither.
func (t *Tenant) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	roster, err := t.roster(g)
	if err != nil {
		return false, err
	}
	if roster.addedByThisRun(r) {
		return true, nil
	}
	if r.New {
		return false, nil
	}
	for _, source := range []struct {
		list *memberList
		read func() (map[string]bool, error)
	}{
		{&roster.graph, func() (map[string]bool, error) { return t.graphMembers(ctx, g) }},
		{&roster.exchange, func() (map[string]bool, error) { return t.exchangeMembers(ctx, g) }},
	} {
		members, err := source.list.get(source.read)
		if err != nil {
			return false, err
		}
		if members[memberKey(r.ID)] || members[memberKey(r.Address)] {
			return true, nil
		}
	}
	return false, nil
}

// AddMember adds the recipient to the group.
func (t *Tenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	err := groupError(t.exchange.AddDistributionGroupMember(ctx, g.Ref, r.Ref))
	if err != nil && !errors.Is(err, onboard.ErrAlreadyMember) {
		return err
	}
	if roster, rosterErr := t.roster(g); rosterErr == nil {
		roster.add(r)
	}
	return err
}

func (t *Tenant) roster(g onboard.Group) (*roster, error) {
	return t.rosters.get(g.ID, func() (*roster, error) { return &roster{added: map[string]bool{}}, nil })
}

// graphMembers reads the members' ids. A group that Graph doesn't show yet has
// none there.
func (t *Tenant) graphMembers(ctx context.Context, g onboard.Group) (map[string]bool, error) {
	members := map[string]bool{}
	for m, err := range t.graph.GroupMembers(ctx, g.ID) {
		if errors.Is(err, graph.ErrNotFound) {
			return members, nil
		}
		if err != nil {
			return nil, graphError(err)
		}
		members[memberKey(m.ID)] = true
	}
	t.log.Debug("read the members of a group from Graph", "members", len(members))
	return members, nil
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
	graph    memberList
	exchange memberList

	mu    sync.Mutex
	added map[string]bool // by this run
}

func (r *roster) add(person onboard.Recipient) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added[memberKey(person.Address)] = true
}

func (r *roster) addedByThisRun(person onboard.Recipient) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.added[memberKey(person.Address)]
}

// memberList is read once.
type memberList struct {
	once memo[map[string]bool]
}

func (l *memberList) get(read func() (map[string]bool, error)) (map[string]bool, error) {
	return l.once.get("", read)
}

var _ Exchange = (*exchange.Client)(nil)
var _ Graph = (*graph.Client)(nil)
