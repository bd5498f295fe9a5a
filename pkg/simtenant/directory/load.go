package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// load fills an empty directory from a seed. All of it is one change, the first,
// and every view sees it at once.
func (d *Directory) load(seed *Seed) error {
	tenant, err := seed.tenant()
	if err != nil {
		return err
	}
	d.setTenant(tenant)
	if d.apps = slices.Clone(seed.Apps); len(d.apps) == 0 {
		d.apps = []App{DefaultApp()}
	}
	l := loader{d: d, at: stamp{change: 1}}
	contacts := make([]*Object, len(seed.Contacts))
	for i := range seed.Contacts {
		contacts[i] = l.contact(&seed.Contacts[i])
	}
	for i := range seed.Users {
		l.user(&seed.Users[i])
	}
	groups := make([]*Object, len(seed.Groups))
	for i := range seed.Groups {
		groups[i] = l.group(&seed.Groups[i])
	}
	for i, g := range groups {
		if l.err == nil {
			l.links(g, &seed.Groups[i])
		}
	}
	for i, c := range contacts {
		if l.err == nil {
			l.senders(c, &seed.Contacts[i])
		}
	}
	return l.err
}

// loader carries the first error through a load.
type loader struct {
	d   *Directory
	at  stamp
	err error
}

func (l *loader) fail(what string, err error) {
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("seed: %s: %w", what, err)
	}
}

func (l *loader) contact(c *SeedContact) *Object {
	o := Object{
		Kind: Contact, Alias: c.Alias, DisplayName: c.DisplayName,
		Name:    firstOf(c.Name, c.DisplayName, c.Email),
		Address: c.Email, External: c.Email, MoreProxies: moreProxies(c.ProxyAddresses, c.Email),
		Hidden: c.Hidden, Synced: c.Synced, SoftDeleted: c.SoftDeleted,
		RequireSenderAuthentication: c.RequireSenderAuthentication,
	}
	return l.insert("contact "+c.Email, o, c.ID, c.Attributes)
}

// senders resolves who may send to a contact, now that everybody is there.
func (l *loader) senders(o *Object, c *SeedContact) {
	if len(c.AllowedSenders)+len(c.RejectedSenders) == 0 {
		return
	}
	what := "contact " + c.Email
	o.Delivery = &Delivery{AcceptFrom: l.resolve(what, c.AllowedSenders), RejectFrom: l.resolve(what, c.RejectedSenders)}
}

func (l *loader) user(u *SeedUser) {
	what := "user " + u.Address
	kind, ok := KindOf(u.Kind)
	if !ok || !kind.Has(Users) {
		l.fail(what, fmt.Errorf("kind %q is none of mailbox, shared, room, mail_user, guest", u.Kind))
		return
	}
	o := Object{
		Kind: kind, Alias: u.Alias, DisplayName: u.DisplayName,
		Name:    firstOf(u.Name, u.DisplayName, u.Address),
		Address: u.Address, MoreProxies: moreProxies(u.ProxyAddresses, u.Address),
		Hidden: u.Hidden, Synced: u.Synced, SoftDeleted: u.SoftDeleted,
		RequireSenderAuthentication: u.RequireSenderAuthentication,
	}
	if kind.Has(MailUser | Guest) {
		o.External = u.Address
	}
	l.insert(what, o, u.ID, u.Attributes)
}

func (l *loader) group(g *SeedGroup) *Object {
	what := "group " + firstOf(g.Address, g.Name)
	kind, ok := KindOf(g.Kind)
	if !ok || !kind.Has(Groups) {
		l.fail(what, fmt.Errorf("kind %q is none of distribution, security, dynamic, microsoft365, room_list", g.Kind))
		return nil
	}
	alias, _, _ := strings.Cut(g.Address, "@")
	o := Object{
		Kind: kind, DisplayName: g.DisplayName,
		Alias:   firstOf(g.Alias, alias),
		Name:    firstOf(g.Name, g.DisplayName, g.Address),
		Address: g.Address, MoreProxies: moreProxies(g.ProxyAddresses, g.Address),
		Hidden: g.Hidden, Synced: g.Synced, CloudManaged: g.CloudManaged,
		RequireSenderAuthentication: g.RequireSenderAuthentication == nil || *g.RequireSenderAuthentication,
		Group: &Group{
			ReportToOriginator: g.ReportToOriginator == nil || *g.ReportToOriginator,
			ReportToManager:    g.ReportToManager,
			Description:        g.Description,
			Filter:             g.Filter,
		},
	}
	return l.insert(what, o, g.ID, g.Attributes)
}

func (l *loader) insert(what string, o Object, id string, attributes map[string]string) *Object {
	if l.err != nil {
		return nil
	}
	var err error
	if o.ID, err = parseID(what, id); err != nil {
		l.fail(what, err)
		return nil
	}
	if o.ID == uuid.Nil {
		o.ID = l.d.newID("seed", o.Kind.String(), o.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a, ok := AttributeOf(name)
		if !ok {
			l.fail(what, fmt.Errorf("no attribute is called %q", name))
			return nil
		}
		o.Set(a, attributes[name])
	}
	made, err := l.d.prepare(&o, l.at)
	if err != nil {
		l.fail(what, err)
		return nil
	}
	l.d.insert(made, l.at)
	return made
}

// links resolves a group's references, now that everybody is there.
func (l *loader) links(o *Object, g *SeedGroup) {
	what := "group " + firstOf(g.Address, g.Name)
	o.Group.ManagedBy = l.resolve(what, g.ManagedBy)
	delivery := Delivery{
		AcceptFrom:       l.resolve(what, g.AllowedSenders),
		RejectFrom:       l.resolve(what, g.RejectedSenders),
		Moderated:        g.Moderated,
		ModeratedBy:      l.resolve(what, g.ModeratedBy),
		BypassModeration: l.resolve(what, g.BypassModeration),
	}
	if delivery.Moderated || len(delivery.AcceptFrom)+len(delivery.RejectFrom)+
		len(delivery.ModeratedBy)+len(delivery.BypassModeration) > 0 {
		o.Delivery = &delivery
	}
	n := l.d.ids[o.ID]
	members := l.resolve(what, g.Members)
	m := l.d.slots[n].group
	m.expect(len(members))
	for _, id := range members {
		member := l.d.ids[id]
		if m.find(member) == nil && member != n {
			m.put(member, true, l.at, func(stamp) bool { return true })
		}
	}
}

func (l *loader) resolve(what string, references []string) []uuid.UUID {
	var ids []uuid.UUID
	truth := l.d.Truth().WithSoftDeleted()
	for _, ref := range references {
		found := truth.Find(ref, Recipients)
		if len(found) == 0 {
			found = truth.ByExternal(ref)
		}
		if len(found) == 0 {
			l.fail(what, fmt.Errorf("%q is nobody's address or id", ref))
			return nil
		}
		ids = append(ids, found[0].ID)
	}
	return ids
}

// moreProxies gives each proxy address a prefix and leaves the primary one out.
func moreProxies(proxies []string, primary string) []string {
	var more []string
	for _, p := range proxies {
		if AddressKey(p) == AddressKey(primary) {
			continue
		}
		prefix, rest, ok := strings.Cut(p, ":")
		if !ok {
			prefix, rest = "smtp", p
		}
		if strings.EqualFold(prefix, "smtp") {
			prefix = "smtp"
		}
		more = append(more, prefix+":"+rest)
	}
	return more
}

func parseID(what, id string) (uuid.UUID, error) {
	if id == "" {
		return uuid.Nil, nil
	}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return uuid.Nil, fmt.Errorf("seed: %s: id %q is not a GUID", what, id)
	}
	return parsed, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
