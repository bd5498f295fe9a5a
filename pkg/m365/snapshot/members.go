package snapshot

import (
	"errors"
	"slices"
)

// Members are the ids of a group's direct members, sorted. The zero value is a
// group without any.
type Members struct{ ids []ID }

// NewMembers sorts ids, which it keeps.
func NewMembers(ids []ID) Members { return Members{Distinct(ids)} }

// Distinct sorts ids, which it keeps, and gives each once.
func Distinct(ids []ID) []ID {
	slices.SortFunc(ids, compareIDs)
	return slices.Compact(ids)
}

// Has tells whether somebody is a member.
func (m Members) Has(id ID) bool {
	_, found := slices.BinarySearchFunc(m.ids, id, compareIDs)
	return found
}

// Len counts the members.
func (m Members) Len() int { return len(m.ids) }

// After gives the members after the changes, of which the last one to an id
// counts: true for one who joined, false for one who left.
func (m Members) After(changes map[ID]bool) Members {
	ids := make([]ID, 0, len(m.ids)+len(changes))
	for _, id := range m.ids {
		if _, changed := changes[id]; !changed {
			ids = append(ids, id)
		}
	}
	for id, joined := range changes {
		if joined {
			ids = append(ids, id)
		}
	}
	return NewMembers(ids)
}

func (m Members) bytes() []byte {
	text := make([]byte, 0, len(m.ids)*len(ID{}))
	for _, id := range m.ids {
		text = append(text, id[:]...)
	}
	return text
}

var errTorn = errors.New("a list of members is not whole")

func readMembers(text []byte) (Members, error) {
	if len(text)%len(ID{}) != 0 {
		return Members{}, errTorn
	}
	ids := make([]ID, 0, len(text)/len(ID{}))
	for part := range slices.Chunk(text, len(ID{})) {
		ids = append(ids, ID(part))
	}
	return NewMembers(ids), nil
}
