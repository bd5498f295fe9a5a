package intake

import (
	"fmt"
	"hash/maphash"
	"math/bits"
)

// duplicates finds addresses that occur more than once. Of an address it keeps
// 12 bytes: the line, 44 bits of a hash (and 6 more by the part it is in), and
// 20 bits of a hash of the name. Two addresses of the same hash would be taken
// for one, but nothing hangs on it except a note, and in a million rows the
// chance is one in two thousand.
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
	hashes []uint64 // that of the address above nameBits of that of the name
	lines  []uint32 // 0 if the place is free
	count  int
}

const (
	nameBits = 20
	nameMask = 1<<nameBits - 1
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
	hash, nameHash := d.hash(email), d.hash(name)&nameMask
	part := &d.parts[hash%uint64(len(d.parts))]
	if part.count*8 >= len(part.lines)*7 {
		part.grow()
	}
	at := part.find(hash)
	if line := part.lines[at]; line != 0 {
		return int(line), part.hashes[at]&nameMask == nameHash, true
	}
	part.hashes[at], part.lines[at] = hash&^nameMask|nameHash, uint32(d.last)
	part.count++
	return 0, false, false
}

// find gives the place of the hash, or the free one where it belongs. The
// lower bits, which aren't kept, don't count.
func (s *sightings) find(hash uint64) int {
	hash &^= nameMask
	at, _ := bits.Mul64(hash, uint64(len(s.lines)))
	for i := int(at); ; i++ {
		if i == len(s.lines) {
			i = 0
		}
		if s.lines[i] == 0 || s.hashes[i]&^nameMask == hash {
			return i
		}
	}
}

func (s *sightings) grow() {
	old := *s
	size := max(16, len(old.lines)*3/2)
	s.hashes, s.lines = make([]uint64, size), make([]uint32, size)
	for i, line := range old.lines {
		if line != 0 {
			at := s.find(old.hashes[i])
			s.hashes[at], s.lines[at] = old.hashes[i], line
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
