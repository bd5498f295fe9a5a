package onboard

import (
	"context"
	"slices"
	"strings"
	"sync"
)

// DryRun is a tenant that passes every question on and notes the changes
// instead of making them, so that later questions are answered as if they had
// been made.
type DryRun struct {
	Tenant

	mu       sync.Mutex
	contacts map[string]Recipient // by address in lower case
	moved    map[string]Recipient // those with a new address, by that, as the tenant knows them
	members  map[membership]bool
	senders  map[membership]bool // on lists of allowed senders
	groups   map[string]Group    // by name in lower case
}

type membership struct{ group, recipient string }

// NewDryRun wraps a tenant.
func NewDryRun(t Tenant) *DryRun {
	return &DryRun{Tenant: t, contacts: map[string]Recipient{}, moved: map[string]Recipient{}, members: map[membership]bool{}, senders: map[membership]bool{}, groups: map[string]Group{}}
}

// Holders is the tenant's answer, or the contact that would exist by now.
func (d *DryRun) Holders(ctx context.Context, address string) ([]Recipient, error) {
	return d.plannedOr(ctx, address, d.Tenant.Holders)
}

// CurrentHolders is the tenant's answer, or the contact that would exist by now.
func (d *DryRun) CurrentHolders(ctx context.Context, address string) ([]Recipient, error) {
	return d.plannedOr(ctx, address, d.Tenant.CurrentHolders)
}

// plannedOr is who would hold the address by now, or else the tenant's answer.
func (d *DryRun) plannedOr(ctx context.Context, address string, ask holdersFunc) ([]Recipient, error) {
	if r, ok := d.planned(address); ok {
		return []Recipient{r}, nil
	}
	d.mu.Lock()
	r, ok := d.moved[strings.ToLower(address)]
	d.mu.Unlock()
	if ok {
		r.Address = address
		return []Recipient{r}, nil
	}
	return ask(ctx, address)
}

// known is the recipient as the tenant knows it, maybe by a former address.
func (d *DryRun) known(r Recipient) Recipient {
	d.mu.Lock()
	defer d.mu.Unlock()
	if was, ok := d.moved[strings.ToLower(r.Address)]; ok {
		return was
	}
	return r
}

// Attributes is the tenant's answer.
func (d *DryRun) Attributes(ctx context.Context, r Recipient, fields []Field, like Contact) (Contact, error) {
	return d.Tenant.Attributes(ctx, d.known(r), fields, like)
}

func (d *DryRun) planned(address string) (Recipient, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.contacts[strings.ToLower(address)]
	return r, ok
}

// CreateContact notes the contact. It has no id, since it does not exist.
func (d *DryRun) CreateContact(_ context.Context, c Contact) (Recipient, error) {
	r := Recipient{Kind: KindContact, DisplayName: c.DisplayName, Address: c.Email}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.contacts[c.key()] = r
	return r, nil
}

// InviteGuest notes the guest. It has no id, since it does not exist.
func (d *DryRun) InviteGuest(_ context.Context, c Contact) (Recipient, error) {
	r := Recipient{Kind: KindGuest, DisplayName: c.DisplayName, Address: c.Email}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.contacts[c.key()] = r
	return r, nil
}

// SetAttributes changes nothing.
func (d *DryRun) SetAttributes(context.Context, Recipient, Contact) error { return nil }

// UpdateContact notes a new address and changes nothing.
func (d *DryRun) UpdateContact(_ context.Context, r Recipient, fields []Field, c Contact) error {
	if slices.Contains(fields, FieldEmail) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.moved[c.key()] = r
	}
	return nil
}

// CreateGroup notes the group.
func (d *DryRun) CreateGroup(_ context.Context, name string, n NewGroup) (Group, error) {
	g := Group{ID: n.Address, Kind: GroupDistribution, DisplayName: n.Name, Address: n.Address, InsideSendersOnly: true, New: true}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range []string{name, n.Address} {
		d.groups[strings.ToLower(key)] = g
	}
	return g, nil
}

// Groups is the tenant's answer, or the group that would exist by now.
func (d *DryRun) Groups(ctx context.Context, name string) ([]Group, error) {
	d.mu.Lock()
	g, planned := d.groups[strings.ToLower(name)]
	d.mu.Unlock()
	if planned {
		return []Group{g}, nil
	}
	return d.Tenant.Groups(ctx, name)
}

// KnownMembers is the tenant's answer; a group that does not exist has none.
func (d *DryRun) KnownMembers(ctx context.Context, g Group) (MemberCount, error) {
	if g.New {
		return MemberCount{}, nil
	}
	return d.Tenant.KnownMembers(ctx, g)
}

// IsMember is the tenant's answer, or true for a membership that was noted.
func (d *DryRun) IsMember(ctx context.Context, g Group, r Recipient) (bool, error) {
	return d.notedOr(ctx, d.members, g, r, d.Tenant.IsMember)
}

// AddMember notes the membership.
func (d *DryRun) AddMember(_ context.Context, g Group, r Recipient) error {
	d.note(d.members, g, r)
	return nil
}

// AllowOutsideSenders changes nothing.
func (d *DryRun) AllowOutsideSenders(context.Context, Group) error { return nil }

// IsAllowedSender is the tenant's answer, or true for a sender that was noted.
func (d *DryRun) IsAllowedSender(ctx context.Context, g Group, r Recipient) (bool, error) {
	return d.notedOr(ctx, d.senders, g, r, d.Tenant.IsAllowedSender)
}

// AllowSender notes the sender.
func (d *DryRun) AllowSender(_ context.Context, g Group, r Recipient) error {
	d.note(d.senders, g, r)
	return nil
}

// ReportToOriginator changes nothing.
func (d *DryRun) ReportToOriginator(context.Context, Group) error { return nil }

// note notes that the recipient is in what is noted of the group.
func (d *DryRun) note(noted map[membership]bool, g Group, r Recipient) {
	d.mu.Lock()
	defer d.mu.Unlock()
	noted[membershipOf(g, r)] = true
}

// notedOr is true for what was noted, and else what the tenant says, which is
// not asked about people and groups that don't exist.
func (d *DryRun) notedOr(ctx context.Context, noted map[membership]bool, g Group, r Recipient, ask func(context.Context, Group, Recipient) (bool, error)) (bool, error) {
	d.mu.Lock()
	known := noted[membershipOf(g, r)]
	d.mu.Unlock()
	if _, planned := d.planned(r.Address); known || planned || g.New {
		return known, nil
	}
	return ask(ctx, g, d.known(r))
}

func membershipOf(g Group, r Recipient) membership {
	return membership{group: g.ID, recipient: strings.ToLower(r.Address)}
}
