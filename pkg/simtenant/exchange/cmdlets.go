package exchange

import (
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// readers may look at recipients and groups.
var readers = []string{roleViewRecipients, roleCreation, roleRecipients, roleGroups, roleSecurityGroups}

// configReaders may look at the organisation's settings.
var configReaders = append([]string{roleViewConfig}, readers...)

// commonParams go with every cmdlet.
var commonParams = []param{
	{name: "Confirm", kind: switchParam},
	{name: "WhatIf", kind: switchParam},
	{name: "ErrorAction"},
	{name: "WarningAction"},
	{name: "Verbose", kind: switchParam},
	{name: "Debug", kind: switchParam},
}

// bypass is the switch that lets somebody who does not manage a group change it.
var bypass = param{name: "BypassSecurityGroupManagerCheck", kind: switchParam, role: roleSecurityGroups}

// identity is the object that a cmdlet is about.
var identity = param{name: "Identity", required: true}

// listing is what all cmdlets take that list objects of one kind.
var listing = []param{
	{name: "Identity"},
	{name: "Filter"},
	{name: "Anr"},
	{name: "ResultSize", kind: sizeParam},
	{name: "SortBy"},
	{name: "OrganizationalUnit"},
}

// cmdletTable makes the cmdlets of this face, by their names in lower case.
func cmdletTable() map[string]*cmdlet {
	byName := map[string]*cmdlet{}
	for _, c := range slices.Concat(recipientCmdlets(), contactCmdlets(), groupCmdlets(), memberCmdlets(), organizationCmdlets(), retiredCmdlets()) {
		c.params = slices.Concat(c.params, commonParams)
		for i := range c.params {
			c.params[i].attribute, _ = directory.AttributeOf(c.params[i].name)
		}
		byName[strings.ToLower(c.name)] = &c
	}
	return byName
}
