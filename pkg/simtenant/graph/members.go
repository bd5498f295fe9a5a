package graph

import (
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// memberTypes are what a group can have as members.
var memberTypes = []*entity{userEntity, contactEntity, groupEntity}

// members is the collection of the group in the path.
func (c *call) members() (collection, error) {
	group, err := c.find(groupEntity)
	if err != nil {
		return collection{}, err
	}
	return collection{types: memberTypes, name: "directoryObjects", objects: func(from directory.Cursor, visit func(*directory.Object) bool) (directory.Cursor, bool) {
		return c.view.ListMembers(group.ID, from, visit)
	}}, nil
}

// listMembers answers with members of all types. Those that the caller may not
// read come with type and id (Microsoft Learn, "List group members").
func listMembers(c *call) error {
	col, err := c.members()
	if err != nil {
		return err
	}
	return c.list(col)
}

func countMembers(c *call) error {
	col, err := c.members()
	if err != nil {
		return err
	}
	return c.countOf(col)
}

// listMembersOfType answers /members/microsoft.graph.orgContact and its kin.
func listMembersOfType(c *call) error {
	cast := c.r.PathValue("cast")
	name, ok := strings.CutPrefix(cast, "microsoft.graph.")
	at := slices.IndexFunc(memberTypes, func(e *entity) bool { return strings.EqualFold(e.name, name) })
	if !ok || at < 0 {
		return unknownSegment(cast)
	}
	col, err := c.members()
	if err != nil {
		return err
	}
	col.types = memberTypes[at : at+1]
	col.name = memberTypes[at].collection
	return c.list(col)
}
