package snapshot

import (
	"bytes"

	"github.com/google/uuid"
)

// ID is a directory object's id.
type ID [16]byte

// ParseID reads a GUID in any of its usual forms.
func ParseID(text string) (ID, bool) {
	id, err := uuid.Parse(text)
	return ID(id), err == nil
}

// String gives the id as Microsoft Graph writes it.
func (id ID) String() string { return uuid.UUID(id).String() }

func compareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }
