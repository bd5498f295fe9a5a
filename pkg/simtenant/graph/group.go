package graph

import (
	"net/http"
	"time"

	"enlist/pkg/simtenant/directory"
)

// groupEntity is Microsoft Learn's "group resource type". Dynamic distribution
// groups are not among the kinds: the service doesn't list them.
var groupEntity = &entity{
	name: "group", title: "Group", collection: "groups",
	kinds: directory.Groups &^ directory.Dynamic, readers: groupReaders,
	properties: []property{
		{name: "id", read: readID, plain: equality},
		{name: "deletedDateTime"},
		{name: "classification"},
		{name: "createdDateTime", read: readCreated, advanced: onTime},
		{name: "description", read: text(description), advanced: allOnText},
		{name: "displayName", read: text(displayName), plain: onText, advanced: inequality},
		{name: "expirationDateTime"},
		{name: "groupTypes", read: readGroupTypes, plain: operations{"eq"}, advanced: counted, empty: "[]"},
		{name: "isAssignableToRole"},
		{name: "mail", read: text(mail), plain: onText, advanced: endsToo},
		{name: "mailEnabled", read: constant(true), plain: equality, advanced: inequality},
		{name: "mailNickname", read: text(alias), plain: onText, advanced: inequality},
		{name: "membershipRule"},
		{name: "membershipRuleProcessingState"},
		{name: "onPremisesDomainName"},
		{name: "onPremisesLastSyncDateTime"},
		{name: "onPremisesNetBiosName"},
		{name: "onPremisesSamAccountName"},
		{name: "onPremisesSecurityIdentifier"},
		{name: "onPremisesSyncEnabled", read: readSynced, plain: equality, advanced: inequality},
		{name: "preferredDataLocation"},
		{name: "preferredLanguage"},
		{name: "proxyAddresses", read: readProxies, plain: onList, advanced: append(operations{"endsWith"}, counted...), empty: "[]"},
		{name: "renewedDateTime", read: readCreated},
		{name: "resourceBehaviorOptions", read: constant([]string{}), empty: "[]"},
		{name: "resourceProvisioningOptions", read: constant([]string{}), empty: "[]"},
		{name: "securityEnabled", read: readSecurityEnabled, plain: equality, advanced: inequality},
		{name: "securityIdentifier"},
		{name: "theme"},
		{name: "uniqueName"},
		{name: "visibility", read: readVisibility},
		{name: "onPremisesProvisioningErrors", read: constant([]string{}), empty: "[]"},
		{name: "serviceProvisioningErrors", read: constant([]string{}), empty: "[]"},
		{name: "allowExternalSenders", read: readAllowExternalSenders, onlySelected: true, onlySingle: true},
		{name: "hideFromAddressLists", read: readHidden, onlySelected: true, onlySingle: true},
	},
}

func description(o *directory.Object) string {
	if o.Group == nil {
		return ""
	}
	return o.Group.Description
}

// seeded is the creation date of what the seed brought.
var seeded = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

func readCreated(_ *directory.Directory, o *directory.Object) any {
	if o.Created.IsZero() {
		return seeded
	}
	return o.Created.UTC().Truncate(time.Second)
}

func readGroupTypes(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Microsoft365 {
		return []string{"Unified"}
	}
	return []string{}
}

func readSecurityEnabled(_ *directory.Directory, o *directory.Object) any {
	return o.Kind == directory.Security
}

func readVisibility(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Microsoft365 {
		return "Private"
	}
	return nil
}

// readAllowExternalSenders is told of Microsoft 365 groups only.
func readAllowExternalSenders(_ *directory.Directory, o *directory.Object) any {
	if o.Kind == directory.Microsoft365 {
		return !o.RequireSenderAuthentication
	}
	return nil
}

func readHidden(_ *directory.Directory, o *directory.Object) any { return o.Hidden }

// groupSyncBehavior tells where the authority over a group is (Microsoft Learn,
// "onPremisesSyncBehavior resource type").
func groupSyncBehavior(c *call) error {
	o, err := c.find(groupEntity)
	if err != nil {
		return err
	}
	c.answer(http.StatusOK, appendJSON(nil, map[string]any{"id": o.ID, "isCloudManaged": o.CloudManaged}))
	return nil
}
