package intake

import (
	"fmt"
	"hash/maphash"
	"math/bits"
)

// duplicates finds addresses that occur more than once. Of an address it keeps
// 12 bytes: a hash, the line, and a few bits of a hash of the name. Two
// addresses of the same hash would be taken for one, but nothing hangs on it
// except a warning, and in a million rows the chance is one in many millions.
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
	hashes []uint64 // 0 is free
	rows   []uint32 // the line, above nameBits of the name's hash
	count  int
}

const (
	nameBits = 6
	// maxLine stands for itself and all lines behind it.
	maxLine = 1<<(32-nameBits) - 1
)

// begin starts with the lines of another file.
func (d *duplicates) begin(name string) {
	d.files = append(d.files, readFile{name, d.last})
}

// place names a line, counted through all files, for a message.
func (d *duplicates) place(line int) string {
	if line == maxLine {
		return "an earlier line"
	}
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
	hash, nameHash := d.hash(email), uint32(d.hash(name))%(1<<nameBits)
	part := &d.parts[hash%uint64(len(d.parts))]
	if part.count*8 >= len(part.hashes)*7 {
		part.grow()
	}
	at := part.find(hash)
	if part.hashes[at] != 0 {
		row := part.rows[at]
		return int(row >> nameBits), row%(1<<nameBits) == nameHash, true
	}
	part.hashes[at] = hash
	part.rows[at] = uint32(min(d.last, maxLine))<<nameBits | nameHash
	part.count++
	return 0, false, false
}

// find gives the slot that holds the hash, or the free one where it belongs.
func (s *sightings) find(hash uint64) int {
	at, _ := bits.Mul64(hash, uint64(len(s.hashes)))
	for i := int(at); ; i++ {
		if i == len(s.hashes) {
			i = 0
		}
		if s.hashes[i] == 0 || s.hashes[i] == hash {
			return i
		}
	}
}

func (s *sightings) grow() {
	old := *s
	size := max(16, len(old.hashes)*3/2)
	s.hashes, s.rows = make([]uint64, size), make([]uint32, size)
	for i, hash := range old.hashes {
		if hash != 0 {
			at := s.find(hash)
			s.hashes[at], s.rows[at] = hash, old.rows[i]
		}
	}
}

// hash gives the hash of a text with its letters in one case; never 0.
func (d *duplicates) hash(text string) uint64 {
	d.fold = append(d.fold[:0], text...)
	for i, c := range d.fold {
		d.fold[i] = c | 0x20
	}
	return max(1, maphash.Bytes(d.seed, d.fold))
}
