package smtp

import (
	"slices"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// sender is who a mail comes from.
type sender struct {
	address string
	// inside is the mailbox that the session authenticated as; nil for an outsider.
	inside *directory.Object
	// known are the recipients of the organisation that hold the address: for an
	// outsider a mail contact, or a guest.
	known []*directory.Object
}

// is tells whether the sender is one of the objects, or in one of those that are groups.
func (s sender) is(view directory.View, anyOf []uuid.UUID) bool {
	return slices.ContainsFunc(s.known, func(o *directory.Object) bool {
		return slices.Contains(anyOf, o.ID) || belongsTo(view, o.ID, anyOf, map[uuid.UUID]bool{}) || fitsOne(view, o, anyOf)
	})
}

// fitsOne tells whether one of the objects is a dynamic group that the sender
// fits into: such a group is among those that may be allowed to send
// (OfficeDocs-Support, fix-error-code-5-7-133, for everybody inside).
func fitsOne(view directory.View, o *directory.Object, anyOf []uuid.UUID) bool {
	return slices.ContainsFunc(anyOf, func(id uuid.UUID) bool {
		group, ok := view.ByID(id)
		return ok && group.Kind.Has(directory.Dynamic) && fits(group, o)
	})
}

// belongsTo looks upwards: a sender is in few groups, a group may have many members.
func belongsTo(view directory.View, member uuid.UUID, anyOf []uuid.UUID, seen map[uuid.UUID]bool) bool {
	for _, group := range view.MemberOf(member) {
		if seen[group.ID] {
			continue
		}
		seen[group.ID] = true
		if slices.Contains(anyOf, group.ID) || belongsTo(view, group.ID, anyOf, seen) {
			return true
		}
	}
	return false
}
