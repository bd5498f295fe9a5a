package directory

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

// The state file is JSON Lines: a header, then records in the order in which
// they are to be applied.

// stateFormat is the number of the format that this code reads and writes.
const stateFormat = 1

// header is the first line of the state file. It holds the apps with their
// secrets, so the file is readable by its owner only.
type header struct {
	Format int    `json:"format"`
	Tenant Tenant `json:"tenant"`
	Apps   []App  `json:"apps"`
	// Change is the newest change number at the time of writing.
	Change uint64 `json:"change"`
}

// record is one change: of an object, or of a group's members.
type record struct {
	Change uint64 `json:"c"`
	At     int64  `json:"t,omitempty"` // Unix nanoseconds
	By     source `json:"by,omitempty"`

	Object *Object `json:"object,omitempty"` // its new state, or its last one
	Gone   bool    `json:"gone,omitempty"`

	Group uuid.UUID   `json:"group,omitzero"`
	Add   []uuid.UUID `json:"add,omitempty"`
	Drop  []uuid.UUID `json:"drop,omitempty"`
}

func newRecord(s stamp) record { return record{Change: s.change, At: s.at, By: s.by} }

func (r *record) stamp() stamp { return stamp{change: r.Change, at: r.At, by: r.By} }

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's name.
func (k *Kind) UnmarshalText(text []byte) error {
	kind, ok := KindOf(string(text))
	if !ok {
		return fmt.Errorf("%q is not a kind of recipient", text)
	}
	*k = kind
	return nil
}

// MarshalJSON writes the attributes as an object, by their names.
func (as Attributes) MarshalJSON() ([]byte, error) {
	values := make(map[string]string, len(as))
	for _, a := range as {
		values[a.Attribute.String()] = a.Value
	}
	return json.Marshal(values)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (as *Attributes) UnmarshalJSON(data []byte) error {
	var values map[string]string
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*as = make(Attributes, 0, len(values))
	for name, value := range values {
		a, ok := AttributeOf(name)
		if !ok {
			return fmt.Errorf("no attribute is called %q", name)
		}
		*as = as.with(a, value)
	}
	return nil
}
