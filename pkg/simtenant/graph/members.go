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
	return collection{types: memberTypes, name: "directoryObjects", typed: true, objects: func(from directory.Cursor, visit func(*directory.Object) bool) (directory.Cursor, bool) {
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
	col.name, col.typed = memberTypes[at].collection, false
	return c.list(col)
}

// listMemberOf answers with the groups that a contact, a user or a group is in.
func (c *call) listMemberOf(e *entity) error {
	o, err := c.find(e)
	if err != nil {
		return err
	}
	return c.list(collection{
		types: []*entity{groupEntity}, name: "directoryObjects", typed: true,
		objects: fixed(c.view.MemberOf(o.ID)),
	})
}

func contactMemberOf(c *call) error { return c.listMemberOf(contactEntity) }
func userMemberOf(c *call) error    { return c.listMemberOf(userEntity) }
func groupMemberOf(c *call) error   { return c.listMemberOf(groupEntity) }
