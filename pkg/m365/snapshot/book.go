package snapshot

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
)

// Recipient is somebody who holds addresses.
type Recipient struct {
	ID   ID
	Name string // for people to read
	// Mail is the primary address, as far as the directory tells one; Others
	// are further ones. Letter case means nothing.
	Mail   string
	Others []string
	Guest  bool // a user of another organisation
}

// Addresses are all addresses in lower case, each once.
func (r Recipient) Addresses() []string {
	addresses := make([]string, 0, 1+len(r.Others))
	for _, a := range append([]string{r.Mail}, r.Others...) {
		a = strings.ToLower(a)
		if a != "" && !slices.Contains(addresses, a) {
			addresses = append(addresses, a)
		}
	}
	return addresses
}

// Book has all recipients of one kind. It is written by one goroutine; once it
// is closed, any number may read it.
type Book struct {
	entries []entry
	places  map[ID]int32 // while it is open
	seed    maphash.Seed
	index   []holder // once it is closed, by hash
}

// entry is a recipient in one string: a directory has many, and few are ever
// looked at.
type entry struct {
	id    ID
	guest bool
	gone  bool
	text  string
}

// holder says that the recipient at a place holds an address with this hash.
type holder struct {
	hash  uint64
	place int32
}

// separator cannot be in a name or an address.
const separator = "\x00"

// NewBook gives an empty book, open for writing.
func NewBook() *Book {
	return &Book{places: map[ID]int32{}, seed: maphash.MakeSeed()}
}

func packed(r Recipient) entry {
	parts := append([]string{r.Name, r.Mail}, r.Others...)
	return entry{id: r.ID, guest: r.Guest, text: strings.Join(parts, separator)}
}

func (e entry) unpacked() Recipient {
	parts := strings.Split(e.text, separator)
	r := Recipient{ID: e.id, Guest: e.guest, Name: parts[0], Mail: parts[1]}
	if len(parts) > 2 {
		r.Others = parts[2:]
	}
	return r
}

// Put writes a recipient, in the place of the one with the same id if there is
// one.
func (b *Book) Put(r Recipient) { b.put(packed(r)) }

func (b *Book) put(e entry) {
	if place, ok := b.places[e.id]; ok {
		b.entries[place] = e
		return
	}
	b.places[e.id] = int32(len(b.entries))
	b.entries = append(b.entries, e)
}

// Get gives the recipient with an id, while the book is open.
func (b *Book) Get(id ID) (Recipient, bool) {
	place, ok := b.places[id]
	if !ok || b.entries[place].gone {
		return Recipient{}, false
	}
	return b.entries[place].unpacked(), true
}

// Remove strikes a recipient out.
func (b *Book) Remove(id ID) {
	if place, ok := b.places[id]; ok {
		b.entries[place] = entry{id: id, gone: true}
	}
}

// Close ends the writing and makes the book ready to be looked into.
func (b *Book) Close() {
	b.places = nil
	b.index = make([]holder, 0, len(b.entries))
	for place, e := range b.entries {
		if e.gone {
			continue
		}
		for _, address := range e.unpacked().Addresses() {
			b.index = append(b.index, holder{maphash.String(b.seed, address), int32(place)})
		}
	}
	slices.SortFunc(b.index, func(x, y holder) int { return cmp.Compare(x.hash, y.hash) })
}

// Holders gives the recipients that hold an address.
func (b *Book) Holders(address string) []Recipient {
	address = strings.ToLower(address)
	hash := maphash.String(b.seed, address)
	at, _ := slices.BinarySearchFunc(b.index, hash, func(h holder, hash uint64) int { return cmp.Compare(h.hash, hash) })
	var found []Recipient
	for ; at < len(b.index) && b.index[at].hash == hash; at++ {
		r := b.entries[b.index[at].place].unpacked()
		if slices.Contains(r.Addresses(), address) { // two addresses can share a hash
			found = append(found, r)
		}
	}
	return found
}

// Len counts the recipients.
func (b *Book) Len() int {
	n := 0
	for _, e := range b.entries {
		if !e.gone {
			n++
		}
	}
	return n
}
