package onboard_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"enlist/pkg/onboard"
)

// memory is a tenant in memory that does what it is told at once. Its hooks
// are asked before each change and can refuse it.
type memory struct {
	mu       sync.Mutex
	holders  map[string][]onboard.Recipient // by address in lower case
	groups   map[string][]onboard.Group     // by name in lower case
	members  map[string]bool                // group id + address
	listed   map[string]bool                // group id + address: allowed senders
	kept     map[string]onboard.Contact     // attributes, by address
	own      map[string]bool
	stale    map[string]bool // addresses whose remembered holders are gone
	commands []string
	nextID   int
	crowd    onboard.MemberCount // of each group
	crowdErr error

	restricted    map[string]onboard.Restriction // by address
	restrictedErr error

	onCreate func(c onboard.Contact) error
	onInvite func(c onboard.Contact) error
	onGroup  func(n onboard.NewGroup) error
	onUpdate func(c onboard.Contact) error
	onAdd    func(g onboard.Group, r onboard.Recipient) error
	onSet    func(c onboard.Contact) error
	onOpen   func(g onboard.Group) error
	onAllow  func(g onboard.Group, r onboard.Recipient) error
	onLook   func(address string) error
}

func newMemory(groups ...onboard.Group) *memory {
	m := &memory{
		holders: map[string][]onboard.Recipient{},
		groups:  map[string][]onboard.Group{},
		members: map[string]bool{},
		listed:  map[string]bool{},
		own:     map[string]bool{"contoso.example": true},
	}
	for _, g := range groups {
		m.addGroup(g.Address, g)
		m.addGroup(g.DisplayName, g)
	}
	return m
}

func (m *memory) addGroup(name string, g onboard.Group) {
	name = strings.ToLower(name)
	m.groups[name] = append(m.groups[name], g)
}

func (m *memory) hold(r onboard.Recipient, addresses ...string) {
	for _, a := range append(addresses, r.Address) {
		key := strings.ToLower(a)
		m.holders[key] = append(m.holders[key], r)
	}
}

func (m *memory) sent(prefix string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, c := range m.commands {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

func (m *memory) Holders(_ context.Context, address string) ([]onboard.Recipient, error) {
	if m.onLook != nil {
		if err := m.onLook(address); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.holders[strings.ToLower(address)], nil
}

func (m *memory) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	m.mu.Lock()
	stale := m.stale[strings.ToLower(address)]
	m.mu.Unlock()
	if stale {
		delete(m.holders, strings.ToLower(address))
	}
	return m.Holders(ctx, address)
}

func (m *memory) OwnDomain(_ context.Context, domain string) (bool, error) {
	return m.own[domain], nil
}

func (m *memory) CreateContact(_ context.Context, c onboard.Contact) (onboard.Recipient, error) {
	m.note("create " + strings.ToLower(c.Email))
	if m.onCreate != nil {
		if err := m.onCreate(c); err != nil {
			return onboard.Recipient{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.holders[strings.ToLower(c.Email)]) > 0 {
		return onboard.Recipient{}, onboard.ErrAlreadyExists
	}
	m.nextID++
	if m.kept != nil {
		m.kept[c.Email] = c
	}
	r := onboard.Recipient{ID: fmt.Sprint("id-", m.nextID), Kind: onboard.KindContact, DisplayName: c.DisplayName, Address: c.Email}
	m.hold(r)
	r.New = true
	return r, nil
}

func (m *memory) SetAttributes(_ context.Context, r onboard.Recipient, c onboard.Contact) error {
	if c.Company == "" {
		return nil
	}
	m.note("set " + strings.ToLower(r.Address))
	if m.onSet != nil {
		return m.onSet(c)
	}
	return nil
}

func (m *memory) Groups(_ context.Context, name string) ([]onboard.Group, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.groups[strings.ToLower(name)], nil
}

func (m *memory) IsMember(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.members[g.ID+r.Address], nil
}

func (m *memory) AddMember(_ context.Context, g onboard.Group, r onboard.Recipient) error {
	m.note("add " + g.Address + " " + strings.ToLower(r.Address))
	if m.onAdd != nil {
		if err := m.onAdd(g, r); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.members[g.ID+r.Address] {
		return onboard.ErrAlreadyMember
	}
	m.members[g.ID+r.Address] = true
	return nil
}

func (m *memory) AllowOutsideSenders(_ context.Context, g onboard.Group) error {
	m.note("open " + g.Address)
	if m.onOpen != nil {
		return m.onOpen(g)
	}
	return nil
}

func (m *memory) IsAllowedSender(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.listed[g.ID+r.Address], nil
}

func (m *memory) AllowSender(_ context.Context, g onboard.Group, r onboard.Recipient) error {
	m.note("allow " + g.Address + " " + strings.ToLower(r.Address))
	if m.onAllow != nil {
		if err := m.onAllow(g, r); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listed[g.ID+r.Address] = true
	return nil
}

func (m *memory) ReportToOriginator(_ context.Context, g onboard.Group) error {
	m.note("report " + g.Address)
	return nil
}

func (m *memory) InviteGuest(_ context.Context, c onboard.Contact) (onboard.Recipient, error) {
	m.note("invite " + strings.ToLower(c.Email))
	if m.onInvite != nil {
		if err := m.onInvite(c); err != nil {
			return onboard.Recipient{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nextID++
	r := onboard.Recipient{ID: fmt.Sprint("id-", m.nextID), Kind: onboard.KindGuest, DisplayName: c.DisplayName, Address: c.Email}
	m.hold(r)
	r.New = true
	return r, nil
}

func (m *memory) Attributes(_ context.Context, r onboard.Recipient, _ []onboard.Field, _ onboard.Contact) (onboard.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[r.Address], nil
}

func (m *memory) UpdateContact(_ context.Context, r onboard.Recipient, fields []onboard.Field, c onboard.Contact) error {
	m.note(fmt.Sprint("update ", strings.ToLower(r.Address), " ", fields))
	if m.onUpdate != nil {
		if err := m.onUpdate(c); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(fields, onboard.FieldEmail) {
		m.readdress(r.Address, c.Email)
		return nil
	}
	now := m.kept[r.Address]
	for _, f := range fields {
		if f == onboard.FieldHidden {
			now.HiddenFromAddressLists = c.HiddenFromAddressLists
		} else {
			*now.Text(f) = *c.Text(f)
		}
	}
	m.kept[r.Address] = now
	return nil
}

// readdress gives a contact another address; its memberships stay.
func (m *memory) readdress(from, to string) {
	holder := m.holders[strings.ToLower(from)][0]
	holder.Address = to
	delete(m.holders, strings.ToLower(from))
	m.holders[strings.ToLower(to)] = []onboard.Recipient{holder}
	m.kept[to] = m.kept[from]
	delete(m.kept, from)
	for member := range m.members {
		if group, ok := strings.CutSuffix(member, from); ok {
			delete(m.members, member)
			m.members[group+to] = true
		}
	}
}

func (m *memory) KeyHolders(_ context.Context, attribute onboard.Field, key string) ([]onboard.Recipient, error) {
	m.note("look for " + key)
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []onboard.Recipient
	for address, c := range m.kept {
		if strings.EqualFold(*c.Text(attribute), key) {
			found = append(found, m.holders[strings.ToLower(address)]...)
		}
	}
	return found, nil
}

func (m *memory) KnownMembers(context.Context, onboard.Group) (onboard.MemberCount, error) {
	return m.crowd, m.crowdErr
}

func (m *memory) Restriction(_ context.Context, r onboard.Recipient) (onboard.Restriction, error) {
	return m.restricted[r.Address], m.restrictedErr
}

func (m *memory) CreateGroup(_ context.Context, name string, n onboard.NewGroup) (onboard.Group, error) {
	m.note("create group " + n.Address + " of " + n.Owner)
	if m.onGroup != nil {
		if err := m.onGroup(n); err != nil {
			return onboard.Group{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	g := onboard.Group{ID: "new " + n.Address, Kind: onboard.GroupDistribution, DisplayName: n.Name, Address: n.Address, InsideSendersOnly: true, New: true}
	m.addGroup(name, g)
	if !strings.EqualFold(name, g.Address) {
		m.addGroup(g.Address, g)
	}
	return g, nil
}

func (m *memory) note(command string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.commands = append(m.commands, command)
}

// Groups that the tests use.
var (
	partners = onboard.Group{ID: "g-1", Kind: onboard.GroupDistribution, DisplayName: "Partners", Address: "partners@contoso.example", InsideSendersOnly: true}
	news     = onboard.Group{ID: "g-2", Kind: onboard.GroupDistribution, DisplayName: "News", Address: "news@contoso.example"}
	dynamic  = onboard.Group{ID: "g-3", Kind: onboard.GroupDynamic, DisplayName: "Everyone", Address: "everyone@contoso.example"}
	modern   = onboard.Group{ID: "g-4", Kind: onboard.GroupMicrosoft365, DisplayName: "Project", Address: "project@contoso.example"}
	rooms    = onboard.Group{ID: "g-5", Kind: onboard.GroupRoomList, DisplayName: "Rooms", Address: "rooms@contoso.example"}
	synced   = onboard.Group{ID: "g-6", Kind: onboard.GroupDistribution, DisplayName: "Old", Address: "old@contoso.example", OnPremisesSynced: true}
	twin     = onboard.Group{ID: "g-7", Kind: onboard.GroupDistribution, DisplayName: "News", Address: "news2@contoso.example"}
)

func row(line int, email string, groups ...string) onboard.Row {
	return onboard.Row{Line: line, Contact: onboard.Contact{Email: email, DisplayName: email}, Groups: groups}
}
