package directory

import (
	"slices"

	"github.com/google/uuid"
)

// Export describes the organisation as it is in truth, in the seed's form and in
// the order in which things were made. Apps are left out, for their secrets.
func (d *Directory) Export() *Seed {
	t := d.tenant
	seed := &Seed{
		Tenant:   SeedTenant{ID: t.ID.String(), Domain: t.Domain, AcceptedDomains: t.AcceptedDomains},
		Contacts: []SeedContact{}, Users: []SeedUser{}, Groups: []SeedGroup{},
	}
	truth := d.Truth().WithSoftDeleted()
	for o := range truth.All(Recipients) {
		switch {
		case o.Kind == Contact:
			seed.Contacts = append(seed.Contacts, truth.exportContact(o))
		case o.Kind.Has(Users):
			seed.Users = append(seed.Users, exportUser(o))
		default:
			seed.Groups = append(seed.Groups, truth.exportGroup(o))
		}
	}
	return seed
}

func (v View) exportContact(o *Object) SeedContact {
	c := SeedContact{
		ID: o.ID.String(), Name: o.Name, DisplayName: o.DisplayName, Alias: o.Alias, Email: o.External,
		ProxyAddresses: o.MoreProxies, Hidden: o.Hidden, Synced: o.Synced, SoftDeleted: o.SoftDeleted, Attributes: exportAttributes(o),
		RequireSenderAuthentication: o.RequireSenderAuthentication,
	}
	if d := o.Delivery; d != nil {
		c.AllowedSenders, c.RejectedSenders = v.references(d.AcceptFrom), v.references(d.RejectFrom)
	}
	return c
}

func exportUser(o *Object) SeedUser {
	return SeedUser{
		ID: o.ID.String(), Kind: o.Kind.String(), Name: o.Name, DisplayName: o.DisplayName, Alias: o.Alias,
		Address: firstOf(o.Address, o.External), ProxyAddresses: o.MoreProxies,
		Hidden: o.Hidden, Synced: o.Synced, SoftDeleted: o.SoftDeleted, Attributes: exportAttributes(o),
		RequireSenderAuthentication: o.RequireSenderAuthentication,
	}
}

func (v View) exportGroup(o *Object) SeedGroup {
	authenticated, report := o.RequireSenderAuthentication, o.Group.ReportToOriginator
	g := SeedGroup{
		ID: o.ID.String(), Kind: o.Kind.String(), Name: o.Name, DisplayName: o.DisplayName, Alias: o.Alias,
		Address: o.Address, ProxyAddresses: o.MoreProxies, Description: o.Group.Description,
		Members: []string{}, AllowedSenders: []string{},
		RequireSenderAuthentication: &authenticated,
		ReportToOriginator:          &report, ReportToManager: o.Group.ReportToManager,
		Synced: o.Synced, CloudManaged: o.CloudManaged, Hidden: o.Hidden, Filter: o.Group.Filter,
		ManagedBy: v.references(o.Group.ManagedBy), Attributes: exportAttributes(o),
	}
	for m := range v.Members(o.ID) {
		g.Members = append(g.Members, reference(m))
	}
	if d := o.Delivery; d != nil {
		g.AllowedSenders, g.RejectedSenders = v.set(d.AcceptFrom), v.set(d.RejectFrom)
		g.Moderated, g.ModeratedBy = d.Moderated, v.references(d.ModeratedBy)
		g.BypassModeration = v.references(d.BypassModeration)
	}
	return g
}

// references names others by their address, those that are gone left out.
func (v View) references(ids []uuid.UUID) []string {
	names := []string{}
	for _, id := range ids {
		if o, ok := v.ByID(id); ok {
			names = append(names, reference(o))
		}
	}
	return names
}

// set is references for a property that has no order in the service.
func (v View) set(ids []uuid.UUID) []string {
	names := v.references(ids)
	slices.Sort(names)
	return names
}

func reference(o *Object) string { return firstOf(o.Address, o.ID.String()) }

func exportAttributes(o *Object) map[string]string {
	if len(o.Attributes) == 0 {
		return nil
	}
	values := make(map[string]string, len(o.Attributes))
	for _, a := range o.Attributes {
		values[a.Attribute.String()] = a.Value
	}
	return values
}
