package intake

import (
	"hash/maphash"
	"strings"
)

// duplicates finds addresses that occur more than once. It keeps 16 bytes for
// an address: a hash, so that two addresses are taken for the same one with a
// chance of about one in thirty million in a file of a million rows. Nothing
// but a warning hangs on it.
type duplicates struct {
	seed maphash.Seed
	seen map[uint64]sighting
}

// sighting is the first row about a person.
type sighting struct {
	line int32
	name uint32 // hash of the person's name
}

func newDuplicates() *duplicates {
	return &duplicates{seed: maphash.MakeSeed(), seen: map[uint64]sighting{}}
}

// add notes that a line is about the person with this address and name. If an
// earlier line is too, it gives that line and whether the name is the same.
func (d *duplicates) add(email, name string, line int) (first int, sameName, repeated bool) {
	key := maphash.String(d.seed, strings.ToLower(email))
	hash := uint32(maphash.String(d.seed, strings.ToLower(name)))
	if s, found := d.seen[key]; found {
		return int(s.line), s.name == hash, true
	}
	d.seen[key] = sighting{int32(line), hash}
	return 0, false, false
}
