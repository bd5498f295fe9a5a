package exchange

import "enlist/pkg/simtenant/directory"

func organizationCmdlets() []cmdlet {
	return []cmdlet{
		{
			name: "Get-OrganizationConfig", roles: configReaders,
			run: (*call).organizationConfig,
		},
		{
			name: "Get-AcceptedDomain", roles: configReaders,
			params: []param{{name: "Identity"}, {name: "ResultSize", kind: sizeParam}},
			run:    (*call).acceptedDomains,
		},
	}
}

func (c *call) organizationConfig() *cmdletError {
	t := c.dir().Tenant()
	c.records.object(func(r *records) {
		r.text("Identity", t.Domain)
		r.text("Name", t.Domain)
		r.text("DisplayName", t.Domain)
		r.guid("Guid", t.ID)
		r.text("ExternalDirectoryOrganizationId", t.ID.String())
		r.bool("IsDehydrated", false)
		r.bool("IsMixedMode", false)
	})
	return nil
}

func (c *call) acceptedDomains() *cmdletError {
	t := c.dir().Tenant()
	wanted := directory.AddressKey(c.params.text("Identity"))
	for _, domain := range t.AcceptedDomains {
		if wanted != "" && !equalFold(wanted, domain) {
			continue
		}
		c.records.object(func(r *records) {
			r.text("Identity", domain)
			r.text("Name", domain)
			r.text("DomainName", domain)
			r.text("DomainType", "Authoritative")
			r.bool("Default", domain == c.defaultDomain())
			r.bool("InitialDomain", equalFold(domain, t.Domain))
			r.bool("MatchSubDomains", false)
		})
	}
	if wanted != "" && c.records.count == 0 {
		return identityNotFound(wanted, c.view.Server())
	}
	return nil
}
