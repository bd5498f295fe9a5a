package graph

import (
	"errors"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"

	"github.com/google/uuid"
)

// maxLinks is how many members one PATCH may add (Microsoft Learn, "Add members").
const maxLinks = 20

// writableGroup finds the group in the path and refuses what Graph never
// changes: it changes Microsoft 365 groups only, of those in this tenant.
func (c *call) writableGroup() (*directory.Object, error) {
	group, err := c.find(groupEntity)
	if err != nil {
		return nil, err
	}
	if group.Kind != directory.Microsoft365 {
		return nil, mailEnabledGroup()
	}
	return group, nil
}

// createGroup answers POST /groups. Graph makes no mail-enabled groups but
// Microsoft 365 groups (observed: microsoft-graph-docs-contrib#3748).
func createGroup(c *call) error {
	var body struct {
		MailEnabled bool     `json:"mailEnabled"`
		GroupTypes  []string `json:"groupTypes"`
	}
	if err := c.readJSON(&body); err != nil {
		return err
	}
	if body.MailEnabled && !slices.Contains(body.GroupTypes, "Unified") {
		return badRequest("The service does not currently support writes of mail-enabled groups.")
	}
	return notSimulated("the creation of groups")
}

// addMember answers POST /groups/{id}/members/$ref.
func addMember(c *call) error {
	var body struct {
		Object string `json:"@odata.id"`
	}
	if err := c.readJSON(&body); err != nil {
		return err
	}
	group, err := c.writableGroup()
	if err != nil {
		return err
	}
	return c.addMembers(group, []string{body.Object})
}

// addMembers puts the objects behind the links in the group, all or none.
func (c *call) addMembers(group *directory.Object, links []string) error {
	ids := make([]uuid.UUID, 0, len(links))
	for _, link := range links {
		id, err := c.linked(link)
		if err != nil {
			return err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	err := c.view.AddMembers(group.ID, ids)
	switch {
	case errors.Is(err, directory.ErrMemberExists):
		return badRequest("One or more added object references already exist for the following modified properties: 'members'.")
	case errors.Is(err, directory.ErrMemberKind), errors.Is(err, directory.ErrMemberSelf):
		// The text is not captured; that contacts and groups are refused is
		// documented ("Groups: allowed member types").
		return badRequest("An invalid operation was included in the following modified references: 'members'.")
	case errors.Is(err, directory.ErrNotFound):
		return notFound(group.ID.String())
	case err != nil:
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// linked is the id of the object that a link such as
// "https://graph.microsoft.com/v1.0/directoryObjects/{id}" leads to. An object
// that exists but that Graph doesn't see yet gets the answer that the service
// gives during its replication.
func (c *call) linked(link string) (uuid.UUID, error) {
	name := path.Base(link)
	id, err := uuid.Parse(name)
	if err != nil {
		return uuid.Nil, badRequest("Invalid object identifier '%s'.", name)
	}
	if _, ok := byID(c.view, id); ok {
		return id, nil
	}
	if _, ok := byID(c.api.Directory.Truth(), id); ok {
		return uuid.Nil, badRequest("The source resource object or one of the objects being referenced do not exist.")
	}
	return uuid.Nil, notFound(name)
}

// removeMember answers DELETE /groups/{id}/members/{member}/$ref.
func removeMember(c *call) error {
	group, err := c.writableGroup()
	if err != nil {
		return err
	}
	given := c.r.PathValue("member")
	id, err := uuid.Parse(given)
	if err != nil {
		return badRequest("Invalid object identifier '%s'.", given)
	}
	switch err := c.view.RemoveMember(group.ID, id); {
	case errors.Is(err, directory.ErrNotFound), errors.Is(err, directory.ErrNotMember):
		return notFound(given)
	case err != nil:
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteUser answers DELETE /users/{id}. The service keeps the user for 30 days to
// be restored; here it is gone (Microsoft Learn, "Delete a user").
func deleteUser(c *call) error {
	user, err := c.find(userEntity)
	if err != nil {
		return err
	}
	if err := c.view.Remove(user.ID); err != nil {
		return notFound(c.r.PathValue("id"))
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

const boundMembers = "members@odata.bind"

// patchGroup answers PATCH /groups/{id}: it adds members, or changes the display
// name or the description of a Microsoft 365 group.
func patchGroup(c *call) error {
	var body map[string]any
	if err := c.readJSON(&body); err != nil {
		return err
	}
	group, err := c.find(groupEntity)
	if err != nil {
		return err
	}
	if err := checkGroupProperties(body); err != nil {
		return err
	}
	if group.Kind != directory.Microsoft365 {
		return mailEnabledGroup()
	}
	if _, asked := body["allowExternalSenders"]; asked {
		// Applications are refused whatever their permissions (observed:
		// microsoft-graph-docs#2510).
		return refuse(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
	}
	if bound, asked := body[boundMembers]; asked {
		return c.bindMembers(group, bound, len(body))
	}
	if !c.caller.HasRole(groupWriters...) {
		return denied()
	}
	return c.changeGroup(group, body)
}

// checkGroupProperties refuses unknown and unchangeable properties.
func checkGroupProperties(body map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if name == boundMembers {
			continue
		}
		_, known := groupEntity.property(name)
		switch {
		case !known:
			return badRequest("Invalid property '%s'.", name)
		case slices.Contains([]string{"id", "mail", "proxyAddresses", "createdDateTime", "onPremisesSyncEnabled"}, name):
			return badRequest("Property '%s' is read-only and cannot be set.", name)
		}
	}
	return nil
}

func (c *call) bindMembers(group *directory.Object, bound any, properties int) error {
	list, ok := bound.([]any)
	if !ok || len(list) == 0 {
		return badSyntax("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if properties > 1 {
		return notSimulated("members together with other properties")
	}
	if len(list) > maxLinks {
		return badRequest("A resource cannot contain more than %d link changes", maxLinks)
	}
	links := make([]string, len(list))
	for i := range list {
		links[i], _ = list[i].(string)
	}
	return c.addMembers(group, links)
}

func (c *call) changeGroup(group *directory.Object, body map[string]any) error {
	for name := range body {
		if !strings.EqualFold(name, "displayName") && !strings.EqualFold(name, "description") {
			return notSimulated("a change of " + name)
		}
	}
	_, err := c.view.Change(group.ID, func(o *directory.Object) error {
		if name, ok := body["displayName"].(string); ok {
			o.DisplayName = name
		}
		if description, ok := body["description"].(string); ok && o.Group != nil {
			o.Group.Description = description
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
