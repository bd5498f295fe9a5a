package exchange

import (
	"slices"

	"enlist/pkg/simtenant/directory"
)

func groupCmdlets() []cmdlet {
	return []cmdlet{
		{
			name: "Get-DistributionGroup", roles: readers,
			params: slices.Concat(listing, []param{
				{name: "ManagedBy"},
				{name: "RecipientTypeDetails", kind: listParam},
			}),
			list: lists(directory.DistributionGroups, (*call).putGroup),
		},
		{
			name: "New-DistributionGroup", roles: []string{roleGroups, roleSecurityGroups}, write: true,
			params: slices.Concat([]param{
				{name: "Name", required: true, max: directory.MaxName},
				{name: "Alias", kind: aliasParam, max: directory.MaxName},
				{name: "DisplayName", max: 256},
				{name: "PrimarySmtpAddress"},
				{name: "Type", oneOf: []string{"Distribution", "Security"}},
				{name: "RoomList", kind: switchParam},
				{name: "Members", kind: multiParam},
				{name: "OrganizationalUnit"},
				{name: "RequireSenderAuthenticationEnabled", kind: boolParam},
				{name: "ModerationEnabled", kind: boolParam},
				{name: "ModeratedBy", kind: multiParam},
			}, groupParams),
			run: (*call).newGroup,
		},
		{
			name: "Set-DistributionGroup", roles: []string{roleGroups, roleSecurityGroups}, write: true, form: emptyBody,
			params: slices.Concat([]param{identity, bypass, {name: "ForceUpgrade", kind: switchParam}},
				namingParams, addressParams, deliveryParams, customParams, groupParams),
			run: func(c *call) *cmdletError { return c.setObject(directory.DistributionGroups) },
		},
		{
			name: "Remove-DistributionGroup", roles: []string{roleGroups, roleSecurityGroups}, write: true,
			params: []param{identity, bypass},
			run:    func(c *call) *cmdletError { return c.removeObject(directory.DistributionGroups) },
		},
	}
}

// newGroup makes a distribution group, a mail-enabled security group or a room
// list. A new group takes mail from inside only, unless told otherwise.
func (c *call) newGroup() *cmdletError {
	kind, err := c.groupKind()
	if err != nil {
		return err
	}
	members, err := c.references("Members")
	if err != nil {
		return err
	}
	edit, err := c.edits()
	if err != nil {
		return err
	}
	o := directory.Object{Kind: kind, RequireSenderAuthentication: true, Group: &directory.Group{ReportToOriginator: true}}
	if err := edit(&o); err != nil {
		return c.failed(err, &o)
	}
	if o.Alias == "" {
		o.Alias = directory.AliasFrom(o.Name)
	}
	if o.Address == "" {
		o.Address = o.Alias + "@" + c.defaultDomain()
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	made, created := c.view.Create(o)
	if created != nil {
		return c.failed(created, &o)
	}
	if len(members.set) > 0 {
		if err := c.view.SetMembers(made.ID, members.set); err != nil {
			return c.memberFailed(err, "", made)
		}
	}
	c.putGroup(made)
	return nil
}

// groupKind reads Type and RoomList. Security groups need their own role.
func (c *call) groupKind() (directory.Kind, *cmdletError) {
	if c.params.flag("RoomList") {
		return directory.RoomList, nil
	}
	if c.params.text("Type") != "Security" {
		return directory.Distribution, nil
	}
	if !c.rights.any(roleSecurityGroups) {
		return 0, unknownParameters([]string{"Type"})
	}
	return directory.Security, nil
}

// defaultDomain is where new groups get their address: the first domain that
// is the organisation's own, or the initial one.
func (c *call) defaultDomain() string {
	t := c.dir().Tenant()
	for _, domain := range t.AcceptedDomains {
		if !equalFold(domain, t.Domain) {
			return domain
		}
	}
	return t.Domain
}
