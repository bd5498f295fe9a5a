package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func id(n int) ID { return ID{15: byte(n)} }

func names(found []Recipient) []string {
	var names []string
	for _, r := range found {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func TestBook(t *testing.T) {
	b := NewBook()
	b.Put(Recipient{ID: id(1), Name: "Ana", Mail: "Ana@x.example", Others: []string{"ana@x.example", "old@x.example"}})
	b.Put(Recipient{ID: id(2), Name: "Guest", Mail: "old@X.example", Guest: true})
	b.Put(Recipient{ID: id(3), Name: "Nobody"})
	b.Put(Recipient{ID: id(4), Name: "Gone", Mail: "gone@x.example"})
	b.Remove(id(4))
	b.Remove(id(5))
	b.Close()
	for address, want := range map[string][]string{
		"ANA@x.example":   {"Ana"},
		"old@x.example":   {"Ana", "Guest"},
		"gone@x.example":  nil,
		"":                nil,
		"other@x.example": nil,
	} {
		if diff := cmp.Diff(want, names(b.Holders(address))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
	if b.Len() != 3 {
		t.Errorf("%d recipients", b.Len())
	}
	want := []Recipient{{ID: id(1), Name: "Ana", Mail: "Ana@x.example", Others: []string{"ana@x.example", "old@x.example"}}}
	if diff := cmp.Diff(want, b.Holders("ana@x.example")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A book answers like a plain map, whatever is put, changed and removed.
func TestBookAnswersLikeAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, model := NewBook(), map[ID]Recipient{}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			r := Recipient{ID: id(rapid.IntRange(1, 8).Draw(t, "id"))}
			if rapid.Bool().Draw(t, "remove") {
				b.Remove(r.ID)
				delete(model, r.ID)
				continue
			}
			r.Name = fmt.Sprint(rapid.IntRange(0, 99).Draw(t, "name"))
			r.Mail = rapid.SampledFrom([]string{"", "a@x", "B@x", "c@x"}).Draw(t, "mail")
			r.Others = rapid.SliceOfN(rapid.SampledFrom([]string{"A@x", "b@x", "d@x"}), 0, 3).Draw(t, "others")
			b.Put(r)
			model[r.ID] = r
		}
		b.Close()
		for _, address := range []string{"a@x", "b@X", "c@x", "d@x"} {
			var want []Recipient
			for _, r := range model {
				if slices.Contains(r.Addresses(), strings.ToLower(address)) {
					want = append(want, r)
				}
			}
			if diff := cmp.Diff(names(want), names(b.Holders(address))); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", address, diff)
			}
		}
	})
}

func TestMembersAnswerLikeASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) ID { return id(rapid.IntRange(0, 12).Draw(t, "id")) })
		before := rapid.SliceOf(draw).Draw(t, "before")
		changes := rapid.MapOf(draw, rapid.Bool()).Draw(t, "changes")
		model := map[ID]bool{}
		for _, m := range before {
			model[m] = true
		}
		maps.Copy(model, changes)
		after := NewMembers(before).After(changes)
		if again, err := readMembers(after.bytes()); err != nil || !slices.Equal(again.ids, after.ids) {
			t.Fatalf("kept and read: %v, %v", again, err)
		}
		n := 0
		for i := range 13 {
			if after.Has(id(i)) != model[id(i)] {
				t.Fatalf("%d: %v", i, after.Has(id(i)))
			}
			if model[id(i)] {
				n++
			}
		}
		if after.Len() != n {
			t.Fatalf("%d members, want %d", after.Len(), n)
		}
	})
}
