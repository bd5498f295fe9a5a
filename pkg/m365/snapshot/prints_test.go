package snapshot

import (
	"path/filepath"
	"testing"
)

func TestPrintsLastFromRunToRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path, "tenant")
	defer s.Close()
	if p, mark, err := s.Prints(t.Context(), "a"); p != nil || mark != "" || err != nil {
		t.Errorf("nothing was kept: %v, %q, %v", p, mark, err)
	}
	has := func(p *Prints, want map[int]string) {
		t.Helper()
		for n := range 6 {
			got, ok := p.Get(id(n))
			if text, kept := want[n]; got != text || ok != kept {
				t.Errorf("%d: %q, %v, want %q, %v", n, got, ok, text, kept)
			}
		}
		if p.Len() != len(want) {
			t.Errorf("%d objects, want %d", p.Len(), len(want))
		}
	}
	p := NewPrints()
	for _, n := range []int{4, 1, 3} {
		p.Put(id(n), string(rune('a'+n))+"\x00")
	}
	p.Put(id(2), "")
	has(p, map[int]string{1: "b\x00", 2: "", 3: "d\x00", 4: "e\x00"})
	ok(t, s.KeepPrints(t.Context(), "a", p, "first"))

	p, mark, err := s.Prints(t.Context(), "a")
	ok(t, err)
	if mark != "first" {
		t.Errorf("mark %q", mark)
	}
	p.Put(id(3), "changed")
	p.Put(id(5), "new")
	want := map[int]string{1: "b\x00", 2: "", 3: "changed", 4: "e\x00", 5: "new"}
	has(p, want)
	ok(t, s.KeepPrints(t.Context(), "a", p, "second"))
	p, mark, err = s.Prints(t.Context(), "a")
	ok(t, err)
	has(p, want)
	if mark != "second" {
		t.Errorf("mark %q", mark)
	}

	// Those who have left the directory are forgotten.
	b := NewBook()
	b.Put(Recipient{ID: id(3), Mail: "c@x.example"})
	ok(t, s.KeepBook(t.Context(), "contacts", b, "link"))
	ok(t, s.DropPrintsOfStrangers(t.Context(), "a", "contacts"))
	p, _, err = s.Prints(t.Context(), "a")
	ok(t, err)
	has(p, map[int]string{3: "changed"})

	// Without a book nobody is known to have left.
	ok(t, s.DropPrintsOfStrangers(t.Context(), "a", "a book that is not kept"))
	p, _, err = s.Prints(t.Context(), "a")
	ok(t, err)
	has(p, map[int]string{3: "changed"})

	// Those that were read anew take the place of all.
	anew := NewPrints()
	anew.Put(id(1), "anew")
	ok(t, s.KeepPrints(t.Context(), "a", anew, "third"))
	p, _, err = s.Prints(t.Context(), "a")
	ok(t, err)
	has(p, map[int]string{1: "anew"})
}

// What is changed since a mark says nothing about the rest if that is lost.
func TestMarkWithoutPrintsIsNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), "tenant")
	defer s.Close()
	ok(t, s.KeepPrints(t.Context(), "a", NewPrints(), "mark"))
	if p, mark, err := s.Prints(t.Context(), "a"); p != nil || mark != "" || err != nil {
		t.Errorf("%v, %q, %v", p, mark, err)
	}
}

func TestPrintWithATornID(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), "tenant")
	defer s.Close()
	p := NewPrints()
	p.Put(id(1), "text")
	ok(t, s.KeepPrints(t.Context(), "a", p, "mark"))
	if _, err := s.db.ExecContext(t.Context(), `UPDATE directory_recipients SET id = x'0102'`); err != nil {
		t.Fatal(err)
	}
	if p, _, err := s.Prints(t.Context(), "a"); err == nil {
		t.Errorf("%v was read", p)
	}
}
