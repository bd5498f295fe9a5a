package graph

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// maxIDs is how many ids getByIds takes (Microsoft Learn, "directoryObject:
// getByIds").
const maxIDs = 1000

// getByIDs answers POST /directoryObjects/getByIds. Ids that it doesn't know
// are left out.
func getByIDs(c *call) error {
	var body struct {
		IDs   []string `json:"ids"`
		Types []string `json:"types"`
	}
	if err := c.readJSON(&body); err != nil {
		return err
	}
	if len(body.IDs) > maxIDs {
		return badRequest("Too many elements in 'ids': %d. At most %d are allowed.", len(body.IDs), maxIDs)
	}
	q, err := c.readQuery(memberTypes...)
	if err != nil {
		return err
	}
	p := newPage()
	p.context = contextOf("directoryObjects", q)
	for _, given := range body.IDs {
		id, err := uuid.Parse(given)
		if err != nil {
			return badRequest("Invalid object identifier '%s'.", given)
		}
		o, ok := byID(c.view, id)
		if !ok {
			continue
		}
		e := entityOf(o.Kind)
		if len(body.Types) > 0 && !slices.ContainsFunc(body.Types, func(t string) bool { return strings.EqualFold(t, e.name) || t == "directoryObject" }) {
			continue
		}
		p.items = c.shapeOf(e, q, true).append(p.add(), c.api.Directory, o, "")
	}
	return c.answerPage(p)
}
