package m365

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"strings"

	"enlist/pkg/onboard"
)

// A print of a contact tells whether its attributes have some given values,
// without holding them: for each attribute that has a value there is a mark of
// eight bytes, made of the attribute's name and of the value in the one form that
// all values have which are the same to the directory. The number of marks comes
// first. A manager, who goes by several references, follows as he is told.
//
// Two values share a mark once in 2^48 times.

const markSize = 8

// printOf is the print of a contact of which the fields are known.
func printOf(c onboard.Contact, fields []onboard.Field) string {
	text := []byte{0}
	for _, f := range fields {
		value := valueOf(c, f)
		if f == fieldManager || value == "" {
			continue
		}
		text = binary.BigEndian.AppendUint64(text, mark(f, value))
		text[0]++
	}
	for _, f := range fields {
		if f == fieldManager {
			text = append(text, strings.TrimSpace(c.Manager)...)
		}
	}
	return string(text)
}

const fieldManager onboard.Field = "manager"

// valueOf is the value of a field in its one form; empty for none.
func valueOf(c onboard.Contact, f onboard.Field) string {
	if f == onboard.FieldHidden {
		if c.HiddenFromAddressLists != nil && *c.HiddenFromAddressLists {
			return "true"
		}
		return ""
	}
	if text := c.Text(f); text != nil {
		return f.Form(*text)
	}
	return ""
}

// mark has the attribute in its first two bytes.
func mark(f onboard.Field, value string) uint64 {
	sum := sha256.Sum256([]byte(value))
	return uint64(markOf(f))<<48 | binary.BigEndian.Uint64(sum[:])>>16
}

func markOf(f onboard.Field) uint16 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(f))
	sum := h.Sum32()
	return uint16(sum>>16 ^ sum)
}

// hasValue tells whether the print is that of a contact with the value in the
// field, which is not the manager.
func hasValue(print string, f onboard.Field, value string) bool {
	if len(print) == 0 || len(print) < 1+markSize*int(print[0]) {
		return false
	}
	for i := range int(print[0]) {
		m := binary.BigEndian.Uint64([]byte(print[1+markSize*i:][:markSize]))
		if uint16(m>>48) == markOf(f) {
			return value != "" && m == mark(f, value)
		}
	}
	return value == ""
}

// managerIn is the manager as the directory told him when the print was made.
func managerIn(print string) string {
	if len(print) == 0 || len(print) < 1+markSize*int(print[0]) {
		return ""
	}
	return print[1+markSize*int(print[0]):]
}
