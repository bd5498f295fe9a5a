package directory

import (
	"errors"
	"fmt"
)

// What a write can be refused for. The faces give these the words of their service.
var (
	ErrNotFound       = errors.New("directory: no such object")
	ErrMemberExists   = errors.New("directory: already a member of the group")
	ErrNotMember      = errors.New("directory: not a member of the group")
	ErrMemberKind     = errors.New("directory: the group does not take members of this kind")
	ErrMemberSelf     = errors.New("directory: a group cannot be a member of itself")
	ErrAcceptedDomain = errors.New("directory: the external address is in one of the organisation's own domains")
	// ErrCreationQuota says that the organisation made as many mail contacts and
	// mail users as it may for now. The limit moves: it is lifted by and by.
	ErrCreationQuota = errors.New("directory: the limit for new mail contacts and mail users is reached for now")
)

// Field names the property whose value is taken.
type Field string

// The properties that are unique in the organisation.
const (
	FieldName    Field = "Name"
	FieldAddress Field = "EmailAddresses"
	FieldID      Field = "ID"
)

// ConflictError says that a value which must be unique has a holder already.
type ConflictError struct {
	Field  Field
	Value  string
	Holder *Object
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("directory: %s %q is taken by %s %q", e.Field, e.Value, e.Holder.Kind, e.Holder.Name)
}
