package graph

import (
	"net/http"
	"strings"

	"enlist/pkg/simtenant/directory"

	"github.com/google/uuid"
)

func listContacts(c *call) error  { return c.list(c.all(contactEntity)) }
func listGroups(c *call) error    { return c.list(c.all(groupEntity)) }
func listUsers(c *call) error     { return c.list(c.all(userEntity)) }
func countContacts(c *call) error { return c.countOf(c.all(contactEntity)) }
func countGroups(c *call) error   { return c.countOf(c.all(groupEntity)) }
func countUsers(c *call) error    { return c.countOf(c.all(userEntity)) }
func getContact(c *call) error    { return c.get(contactEntity) }
func getGroup(c *call) error      { return c.get(groupEntity) }
func getUser(c *call) error       { return c.get(userEntity) }

// find looks up the object that the path's {id} names: by object id, users
// also by their principal name.
func (c *call) find(e *entity) (*directory.Object, error) {
	given := c.r.PathValue("id")
	id, err := uuid.Parse(given)
	if err != nil && e == userEntity {
		return c.findUser(given)
	}
	if err != nil {
		return nil, badRequest("Invalid object identifier '%s'.", given)
	}
	if o, ok := byID(c.view, id); ok && entityOf(o.Kind) == e {
		return o, nil
	}
	return nil, notFound(given)
}

// byID finds what Graph knows under an id. Exchange's own ids mean nothing to it.
func byID(v directory.View, id uuid.UUID) (*directory.Object, bool) {
	o, ok := v.ByID(id)
	if !ok || o.ID != id || entityOf(o.Kind) == nil {
		return nil, false
	}
	return o, true
}

func (c *call) findUser(principalName string) (*directory.Object, error) {
	for o := range c.view.All(userEntity.kinds) {
		if name, ok := readPrincipalName(c.api.Directory, o).(string); ok && strings.EqualFold(name, principalName) {
			return o, nil
		}
	}
	return nil, notFound(principalName)
}

// get answers with one object.
func (c *call) get(e *entity) error {
	o, err := c.find(e)
	if err != nil {
		return err
	}
	return c.answerObject(http.StatusOK, e, o)
}

func (c *call) answerObject(status int, e *entity, o *directory.Object) error {
	q, err := c.readQuery(e)
	if err != nil {
		return err
	}
	context := c.contextMember(contextOf(e.collection, q) + "/$entity")
	c.answer(status, c.shapeOf(e, q, false).append(nil, c.api.Directory, o, context))
	return nil
}

// contextMember is @odata.context as the first member of an object, or nothing
// where the client wants none.
func (c *call) contextMember(fragment string) string {
	if c.bare {
		return ""
	}
	return string(appendText([]byte(`"@odata.context":`), c.base()+"/$metadata#"+fragment))
}

// listOrganization answers with the tenant itself, as far as a client looks at
// it (Microsoft Learn, "organization resource type").
func listOrganization(c *call) error {
	tenant := c.api.Directory.Tenant()
	type domain struct {
		Capabilities string `json:"capabilities"`
		IsDefault    bool   `json:"isDefault"`
		IsInitial    bool   `json:"isInitial"`
		Name         string `json:"name"`
		Type         string `json:"type"`
	}
	domains := []domain{}
	for _, name := range tenant.AcceptedDomains {
		initial := name == tenant.Domain
		domains = append(domains, domain{"Email, OfficeCommunicationsOnline", len(domains) == 0, initial, name, "Managed"})
	}
	p := newPage()
	p.context = "organization"
	p.items = appendJSON(nil, map[string]any{
		"id": tenant.ID, "displayName": tenant.Domain, "tenantType": "AAD", "verifiedDomains": domains,
		"businessPhones": []string{}, "countryLetterCode": "RO", "technicalNotificationMails": []string{},
		"createdDateTime": seeded,
	})
	return c.answerPage(p)
}
