package intake

import (
	"fmt"
	"hash/maphash"
	"math/bits"
)

// duplicates finds addresses that occur more than once. Of an address it keeps
// no more than 12 bytes: 36 bits of a hash, the line, and a hash of the name;
// two addresses in a file of a million rows are taken for the same one with a
// chance of less than one in ten thousand. Nothing but a warning hangs on it.
//
// The table is kept in parts that grow one by one, by half, so that growing
// never needs much more memory than the table itself.
type duplicates struct {
	seed  maphash.Seed
	parts [64]sightings
	fold  []byte // for use again

	// files are those read so far. Their lines are counted through: a file's
	// first line comes after the last one of the file before.
	files []readFile
	last  int
}

type readFile struct {
	name   string
	before int // lines of the files before it
}

func newDuplicates() *duplicates { return &duplicates{seed: maphash.MakeSeed()} }

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

// begin starts with the lines of another file.
func (d *duplicates) begin(name string) {
	d.files = append(d.files, readFile{name, d.last})
}

// place names a line, counted through all files, for a message.
func (d *duplicates) place(line int) string {
	current := len(d.files) - 1
	i := current
	for i > 0 && line <= d.files[i].before {
		i--
	}
	if i == current {
		return fmt.Sprintf("line %d", line-d.files[i].before)
	}
	return fmt.Sprintf("line %d of %s", line-d.files[i].before, d.files[i].name)
}

// add notes that a line is about the person with this address and name. If an
// earlier line is too, it gives that line, counted through all files, and
// whether the name is the same. Letter case doesn't count.
func (d *duplicates) add(email, name string, line int) (first int, sameName, repeated bool) {
	d.last = d.files[len(d.files)-1].before + line
	hash, nameHash := d.hash(email), uint32(d.hash(name))
	part := &d.parts[hash%uint64(len(d.parts))]
	if part.count*8 >= len(part.slots)*7 {
		part.grow()
	}
	at := part.find(hash)
	if s := part.slots[at]; s != 0 {
		return int(s & maxLine), part.names[at] == nameHash, true
	}
	part.slots[at] = hash&^maxLine | uint64(min(d.last, maxLine))
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

// hash gives the hash of a text with its letters in one case.
func (d *duplicates) hash(text string) uint64 {
	d.fold = append(d.fold[:0], text...)
	for i, c := range d.fold {
		d.fold[i] = c | 0x20
	}
	return maphash.Bytes(d.seed, d.fold)
}
