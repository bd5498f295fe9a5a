package graph

import (
	"strings"

	"enlist/pkg/simtenant/directory"
)

// userEntity is Microsoft Learn's "user resource type": mailboxes, mail users
// and guests.
var userEntity = &entity{
	name: "user", title: "User", collection: "users",
	kinds: directory.Users, readers: userReaders,
	basic: []string{
		"id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone",
		"officeLocation", "preferredLanguage", "surname", "userPrincipalName",
	},
	properties: []property{
		{name: "id", read: readID, plain: equality},
		{name: "businessPhones", read: readBusinessPhones, empty: "[]"},
		{name: "displayName", read: text(displayName), plain: onText, advanced: inequality},
		{name: "givenName", read: attribute(directory.FirstName), plain: onText, advanced: inequality},
		{name: "jobTitle", read: attribute(directory.Title), plain: onText, advanced: inequality},
		{name: "mail", read: text(mail), plain: onText, advanced: endsToo},
		{name: "mobilePhone", read: attribute(directory.MobilePhone), plain: onText, advanced: inequality},
		{name: "officeLocation", read: attribute(directory.Office), advanced: allOnText},
		{name: "preferredLanguage"},
		{name: "surname", read: attribute(directory.LastName), plain: onText, advanced: inequality},
		{name: "userPrincipalName", read: readPrincipalName, plain: onText, advanced: endsToo},
		{name: "accountEnabled", read: constant(true), plain: equality, advanced: inequality},
		{name: "companyName", read: attribute(directory.Company), advanced: allOnText},
		{name: "createdDateTime", read: readCreated, plain: onTime},
		{name: "creationType", read: readCreationType, plain: equality, advanced: inequality},
		{name: "deletedDateTime"},
		{name: "department", read: attribute(directory.Department), plain: onText, advanced: inequality},
		{name: "externalUserState", read: readExternalState, plain: equality, advanced: inequality},
		{name: "externalUserStateChangeDateTime"},
		{name: "mailNickname", read: text(alias), plain: onText, advanced: inequality},
		{name: "onPremisesSyncEnabled", read: readSynced, plain: equality, advanced: inequality},
		{name: "otherMails", read: readOtherMails, plain: onList, advanced: append(operations{"endsWith"}, counted...), empty: "[]"},
		{name: "proxyAddresses", read: readProxies, plain: onList, advanced: append(operations{"endsWith"}, counted...), empty: "[]"},
		{name: "usageLocation", plain: onText, advanced: inequality},
		{name: "userType", read: readUserType, plain: equality, advanced: inequality},
	},
}

func readBusinessPhones(_ *directory.Directory, o *directory.Object) any {
	if number := o.Get(directory.Phone); number != "" {
		return []string{number}
	}
	return []string{}
}

// readPrincipalName gives a guest the name that the service makes of its
// address: "ana_partner.example#EXT#@contoso.onmicrosoft.com".
func readPrincipalName(dir *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Guest {
		return strings.ReplaceAll(o.External, "@", "_") + "#EXT#@" + dir.Tenant().Domain
	}
	if o.Kind != directory.MailUser && o.Address != "" {
		return o.Address
	}
	return o.Alias + "@" + dir.Tenant().Domain
}

func readUserType(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Guest {
		return "Guest"
	}
	return "Member"
}

func readCreationType(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Guest {
		return "Invitation"
	}
	return nil
}

func readExternalState(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Guest {
		return "PendingAcceptance"
	}
	return nil
}

func readOtherMails(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Guest && o.External != "" {
		return []string{o.External}
	}
	return []string{}
}
