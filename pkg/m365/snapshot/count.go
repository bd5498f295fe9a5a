package snapshot

// CountIn counts the recipients of the book that are among the members, only
// guests if so asked.
func (b *Book) CountIn(members Members, guestsOnly bool) int {
	n := 0
	for _, e := range b.entries {
		if !e.gone && (e.guest || !guestsOnly) && members.Has(e.id) {
			n++
		}
	}
	return n
}
