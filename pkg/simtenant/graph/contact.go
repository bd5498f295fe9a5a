package graph

import "enlist/pkg/simtenant/directory"

// contactEntity is Microsoft Learn's "orgContact resource type".
var contactEntity = &entity{
	name: "orgContact", title: "OrgContact", collection: "contacts",
	kinds: directory.Contact, readers: contactReaders,
	properties: []property{
		{name: "id", read: readID, plain: equality},
		{name: "deletedDateTime"},
		{name: "companyName", read: attribute(directory.Company), plain: onText, advanced: inequality},
		{name: "department", read: attribute(directory.Department), plain: onText, advanced: inequality},
		{name: "displayName", read: text(displayName), plain: onText, advanced: inequality},
		{name: "givenName", read: attribute(directory.FirstName), plain: onText, advanced: inequality},
		{name: "jobTitle", read: attribute(directory.Title), plain: onText, advanced: inequality},
		{name: "mail", read: text(mail), plain: onText, advanced: inequality},
		{name: "mailNickname", read: text(alias), plain: onText, advanced: inequality},
		{name: "onPremisesLastSyncDateTime"},
		{name: "onPremisesSyncEnabled", read: readSynced, plain: equality, advanced: inequality},
		{name: "proxyAddresses", read: readProxies, plain: onList, advanced: counted, empty: "[]"},
		{name: "surname", read: attribute(directory.LastName), plain: onText, advanced: inequality},
		{name: "addresses", read: readAddresses, empty: "[]"},
		{name: "phones", read: readPhones, empty: "[]"},
		{name: "onPremisesProvisioningErrors", read: constant([]string{}), empty: "[]"},
		{name: "serviceProvisioningErrors", read: constant([]string{}), empty: "[]"},
	},
}

func displayName(o *directory.Object) string { return o.DisplayName }
func mail(o *directory.Object) string        { return o.Address }
func alias(o *directory.Object) string       { return o.Alias }

type physicalAddress struct {
	City            *string `json:"city"`
	CountryOrRegion *string `json:"countryOrRegion"`
	OfficeLocation  *string `json:"officeLocation"`
	PostalCode      *string `json:"postalCode"`
	State           *string `json:"state"`
	Street          *string `json:"street"`
}

func readAddresses(_ *directory.Directory, o *directory.Object) any {
	return []physicalAddress{{
		City:            optional(o.Get(directory.City)),
		CountryOrRegion: optional(o.Get(directory.CountryOrRegion)),
		OfficeLocation:  optional(o.Get(directory.Office)),
		PostalCode:      optional(o.Get(directory.PostalCode)),
		State:           optional(o.Get(directory.StateOrProvince)),
		Street:          optional(o.Get(directory.StreetAddress)),
	}}
}

type phone struct {
	Number *string `json:"number"`
	Type   string  `json:"type"`
}

// readPhones lists the three kinds of numbers that the service always lists.
func readPhones(_ *directory.Directory, o *directory.Object) any {
	return []phone{
		{optional(o.Get(directory.Fax)), "businessFax"},
		{optional(o.Get(directory.MobilePhone)), "mobile"},
		{optional(o.Get(directory.Phone)), "business"},
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
