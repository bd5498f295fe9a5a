package snapshot

import "testing"

func TestCountIn(t *testing.T) {
	b := NewBook()
	for i := range byte(6) {
		b.Put(Recipient{ID: ID{i}, Guest: i%2 == 0})
	}
	b.Remove(ID{4})
	b.Close()
	members := NewMembers([]ID{{0}, {1}, {2}, {4}, {9}})
	if all, guests := b.CountIn(members, false), b.CountIn(members, true); all != 3 || guests != 2 {
		t.Errorf("%d members and %d guests, want 3 and 2", all, guests)
	}
}
