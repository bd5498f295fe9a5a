package exchange

import (
	"errors"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

func memberCmdlets() []cmdlet {
	return []cmdlet{
		{
			name: "Get-DistributionGroupMember", roles: readers,
			params: []param{identity, {name: "ResultSize", kind: sizeParam}},
			list: func(c *call, from directory.Cursor, size int) (directory.Cursor, bool, *cmdletError) {
				return c.listMembers(from, size)
			},
		},
		{
			name: "Add-DistributionGroupMember", roles: []string{roleGroups, roleSecurityGroups}, write: true,
			params: []param{identity, {name: "Member", required: true}, bypass},
			run: func(c *call) *cmdletError {
				return c.changeMember(func(group, member uuid.UUID) error { return c.view.AddMember(group, member) })
			},
		},
		{
			name: "Remove-DistributionGroupMember", roles: []string{roleGroups, roleSecurityGroups}, write: true, form: emptyBody,
			params: []param{identity, {name: "Member", required: true}, bypass},
			run: func(c *call) *cmdletError {
				return c.changeMember(func(group, member uuid.UUID) error { return c.view.RemoveMember(group, member) })
			},
		},
		{
			name: "Update-DistributionGroupMember", roles: []string{roleGroups, roleSecurityGroups}, write: true, form: noContent,
			params: []param{identity, {name: "Members", kind: multiParam}, bypass},
			run:    (*call).updateMembers,
		},
	}
}

// group finds the group of a member cmdlet. Microsoft 365 groups and dynamic
// ones are not found: the cmdlets do not see them.
func (c *call) group() (*directory.Object, *cmdletError) {
	return c.one(c.params.text("Identity"), directory.DistributionGroups)
}

func (c *call) listMembers(from directory.Cursor, size int) (directory.Cursor, bool, *cmdletError) {
	group, err := c.group()
	if err != nil {
		return 0, false, err
	}
	count := 0
	next, end := c.view.ListMembers(group.ID, from, func(o *directory.Object) bool {
		if count == size {
			return false
		}
		count++
		c.putRecipient(o)
		return true
	})
	if end {
		return 0, false, nil
	}
	return next - 1, true, nil
}

// changeMember adds or removes the recipient of the Member parameter.
func (c *call) changeMember(change func(group, member uuid.UUID) error) *cmdletError {
	group, err := c.group()
	if err != nil {
		return err
	}
	if err := c.mayChange(group, "Members"); err != nil {
		return err
	}
	member, err := c.value(c.params.text("Member"))
	if err != nil {
		return err
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	if err := change(group.ID, member.ID); err != nil {
		return c.memberFailed(err, member.Name, group)
	}
	return nil
}

// updateMembers replaces the whole membership.
func (c *call) updateMembers() *cmdletError {
	group, err := c.group()
	if err != nil {
		return err
	}
	if err := c.mayChange(group, "Members"); err != nil {
		return err
	}
	members, err := c.references("Members")
	if err != nil {
		return err
	}
	if c.params.flag("WhatIf") {
		return nil
	}
	wanted := members.set
	if !members.replaces {
		for o := range c.view.Members(group.ID) {
			wanted = append(wanted, o.ID)
		}
		wanted = members.apply(wanted)
	}
	if err := c.view.SetMembers(group.ID, wanted); err != nil {
		return c.memberFailed(err, "", group)
	}
	return nil
}

// memberFailed turns a refusal of the directory into the service's words.
func (c *call) memberFailed(err error, member string, group *directory.Object) *cmdletError {
	switch {
	case errors.Is(err, directory.ErrMemberExists):
		return memberExists(member, group.Name)
	case errors.Is(err, directory.ErrNotMember):
		return memberNotFound(member, group.Name)
	case errors.Is(err, directory.ErrMemberKind) && group.Kind == directory.RoomList:
		return wrongMember("NonRoomMailboxAddToRoomListException", member, group.Name)
	case errors.Is(err, directory.ErrMemberKind):
		return wrongMember("RecipientTaskException", member, group.Name)
	case errors.Is(err, directory.ErrMemberSelf):
		return wrongMember("GroupCannotContainItselfException", member, group.Name)
	case errors.Is(err, directory.ErrNotFound):
		return valueNotFound(member)
	}
	return internalError(err)
}
