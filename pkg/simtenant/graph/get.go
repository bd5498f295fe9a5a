package graph

import (
	"net/http"
	"slices"

	"enlist/pkg/simtenant/directory"

	"github.com/google/uuid"
)

func listContacts(c *call) error  { return c.list(c.all(contactEntity)) }
func listGroups(c *call) error    { return c.list(c.all(groupEntity)) }
func countContacts(c *call) error { return c.countOf(c.all(contactEntity)) }
func countGroups(c *call) error   { return c.countOf(c.all(groupEntity)) }
func getContact(c *call) error    { return c.get(contactEntity) }
func getGroup(c *call) error      { return c.get(groupEntity) }

// find looks up the object that the path's {id} names.
func (c *call) find(e *entity) (*directory.Object, error) {
	return c.findByID(c.r.PathValue("id"), e)
}

func (c *call) findByID(given string, types ...*entity) (*directory.Object, error) {
	id, err := uuid.Parse(given)
	if err != nil {
		return nil, badRequest("Invalid object identifier '%s'.", given)
	}
	o, ok := c.view.ByID(id)
	// An id of Exchange's own means nothing to Graph.
	if !ok || o.ID != id || !slices.Contains(types, entityOf(o.Kind)) {
		return nil, notFound(given)
	}
	return o, nil
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
	extra := ""
	if !c.bare {
		context := contextOf(e.collection, q) + "/$entity"
		extra = string(appendText([]byte(`"@odata.context":`), c.base()+"/$metadata#"+context))
	}
	c.answer(status, c.shapeOf(e, q, false).append(nil, c.api.Directory, o, extra))
	return nil
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
