package m365

import (
	"context"
	"strings"
	"sync"

	"enlist/pkg/m365/exchange"
	"enlist/pkg/onboard"
)

// CreateGroup creates the distribution group.
func (t *Tenant) CreateGroup(ctx context.Context, name string, n onboard.NewGroup) (onboard.Group, error) {
	if err := t.beginWriting(ctx); err != nil {
		return onboard.Group{}, err
	}
	created, err := t.exchange.NewDistributionGroup(ctx, exchange.NewGroup{
		Name:               cut16(n.Name, nameLimit),
		DisplayName:        n.Name,
		Alias:              cut16(n.Alias, nameLimit),
		PrimarySmtpAddress: n.Address,
		ManagedBy:          n.Owner,
	})
	if err != nil {
		return onboard.Group{}, exchangeError(err)
	}
	g := onboard.Group{
		ID:                firstOf(created.ExternalDirectoryObjectId, created.Guid, n.Address),
		Kind:              onboard.GroupDistribution,
		DisplayName:       n.Name,
		Address:           firstOf(created.PrimarySmtpAddress, n.Address),
		Ref:               firstOf(created.Guid, n.Address),
		InsideSendersOnly: true,
		New:               true,
	}
	t.made.keep(g, name, g.Address)
	return g, nil
}

// madeGroups are the groups that this run has created. Not every server shows
// them at once.
type madeGroups struct {
	mu     sync.RWMutex
	byName map[string]onboard.Group // in lower case
}

func (m *madeGroups) keep(g onboard.Group, names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byName == nil {
		m.byName = map[string]onboard.Group{}
	}
	for _, name := range names {
		m.byName[strings.ToLower(name)] = g
	}
}

func (m *madeGroups) find(name string) ([]onboard.Group, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	g, ok := m.byName[strings.ToLower(name)]
	if !ok {
		return nil, false
	}
	return []onboard.Group{g}, true
}
