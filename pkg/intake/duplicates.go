package intake

import "math/bits"

// duplicates finds addresses that occur more than once. Of an address it keeps
// no more than 12 bytes: 36 bits of a hash, the line, and a hash of the name;
// two addresses in a file of a million rows are taken for the same one with a
// chance of less than one in ten thousand. Nothing but a warning hangs on it.
//
// The table is kept in parts that grow one by one, by half, so that growing
// never needs much more memory than the table itself.
type duplicates struct {
	parts [64]sightings
}

// sightings is one part: a hash table with linear probing.
type sightings struct {
	slots []uint64 // 36 bits of the hash above 28 bits of the line; 0 is free
	names []uint32
	count int
}

const (
	lineBits = 28
	maxLine  = 1<<lineBits - 1
)

// add notes that a line is about the person with this address and name. If an
// earlier line is too, it gives that line and whether the name is the same.
// Letter case doesn't count.
func (d *duplicates) add(email, name string, line int) (first int, sameName, repeated bool) {
	hash, nameHash := foldedHash(email), uint32(foldedHash(name))
	part := &d.parts[hash%uint64(len(d.parts))]
	if part.count*8 >= len(part.slots)*7 {
		part.grow()
	}
	at := part.find(hash)
	if s := part.slots[at]; s != 0 {
		return int(s & maxLine), part.names[at] == nameHash, true
	}
	part.slots[at] = hash&^maxLine | uint64(min(line, maxLine))
	part.names[at] = nameHash
	part.count++
	return 0, false, false
}

// find gives the slot that holds the hash, or the free one where it belongs.
func (s *sightings) find(hash uint64) int {
	hash &^= maxLine
	at, _ := bits.Mul64(hash, uint64(len(s.slots)))
	for i := int(at); ; i++ {
		if i == len(s.slots) {
			i = 0
		}
		if slot := s.slots[i]; slot == 0 || slot&^maxLine == hash {
			return i
		}
	}
}

func (s *sightings) grow() {
	old := *s
	size := max(16, len(old.slots)*3/2)
	s.slots, s.names = make([]uint64, size), make([]uint32, size)
	for i, slot := range old.slots {
		if slot != 0 {
			at := s.find(slot)
			s.slots[at], s.names[at] = slot, old.names[i]
		}
	}
}

// foldedHash is FNV-1a of text with its letters in one case, mixed once more
// so that the upper bits depend on all of the text.
func foldedHash(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i]|0x20)) * 1099511628211
	}
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}
