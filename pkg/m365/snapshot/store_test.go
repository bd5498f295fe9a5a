package snapshot

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, path, tenant string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, tenant)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filled is a file with something of everything in it.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "folder", "state.db")
	s := open(t, path, "tenant-1")
	if s.Anew() != "" || s.Complete() {
		t.Errorf("a new file: anew because %q, complete %v", s.Anew(), s.Complete())
	}
	b := NewBook()
	b.Put(Recipient{ID: id(2), Name: "Bo", Mail: "bo@x.example", Guest: true})
	b.Put(Recipient{ID: id(1), Name: "Ana", Mail: "ana@x.example", Others: []string{"old@x.example"}})
	ok(t, s.KeepBook(t.Context(), "contacts", b, "link-1"))
	b.Remove(id(2))
	b.Put(Recipient{ID: id(3), Name: "Cy", Mail: "cy@x.example"})
	ok(t, s.KeepChanges(t.Context(), "contacts", b, []ID{id(2), id(3), id(9)}, "link-2"))
	ok(t, s.KeepMembers(t.Context(), id(7), NewMembers([]ID{id(3), id(1)}), "link-3"))
	ok(t, s.Begin(t.Context()))
	ok(t, s.End(t.Context(), lately))
	ok(t, s.Close())
	return path
}

var lately = Written{
	Created: []Created{
		{Address: "new@x.example", Kind: "former", ID: "h", At: time.Unix(90, 0)},
		{Address: "new@x.example", Kind: "guest", ID: "i", Name: "New", Ref: "r", At: time.Unix(100, 0)},
	},
	Joined: []Joined{{Group: "g", Address: "new@x.example", ID: "i", At: time.Unix(200, 0)}},
	Parted: []Parted{{Group: "g", Member: "old@x.example", At: time.Unix(300, 0)}},
}

func TestStoreKeepsAll(t *testing.T) {
	path := filled(t)
	s := open(t, path, "tenant-1")
	if s.Anew() != "" || !s.Complete() {
		t.Errorf("anew because %q, complete %v", s.Anew(), s.Complete())
	}
	b, link, err := s.Book(t.Context(), "contacts")
	ok(t, err)
	ana, _ := b.Get(id(1))
	_, bo := b.Get(id(2))
	if diff := cmp.Diff(Recipient{ID: id(1), Name: "Ana", Mail: "ana@x.example", Others: []string{"old@x.example"}}, ana); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if link != "link-2" || bo || b.Len() != 2 {
		t.Errorf("link %q, Bo %v, %d recipients", link, bo, b.Len())
	}
	m, link, err := s.Members(t.Context(), id(7))
	ok(t, err)
	if link != "link-3" || m.Len() != 2 || !m.Has(id(3)) {
		t.Errorf("members %v, link %q", m, link)
	}
	w, err := s.Written(t.Context())
	ok(t, err)
	if diff := cmp.Diff(lately, w); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if b, _, err := s.Book(t.Context(), "users"); b != nil || err != nil {
		t.Errorf("a book that was never kept: %v, %v", b, err)
	}
	if _, link, err := s.Members(t.Context(), id(8)); link != "" || err != nil {
		t.Errorf("a group that was never kept: %q, %v", link, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestRunThatDidNotEndLeavesTheFileIncomplete(t *testing.T) {
	path := filled(t)
	s := open(t, path, "tenant-1")
	ok(t, s.Begin(t.Context()))
	ok(t, s.Close())
	if s := open(t, path, "tenant-1"); s.Complete() || s.Anew() != "" {
		t.Errorf("complete %v, anew because %q", s.Complete(), s.Anew())
	}
}

func TestWhatCanNotBeUsedIsThrownAway(t *testing.T) {
	for _, tt := range []struct {
		name, tenant, statement, anew string
	}{
		{"another tenant", "tenant-2", "", "what was kept is of another tenant"},
		{"another version", "tenant-1", "UPDATE directory_about SET version = 99", "it was kept by another version of enlist"},
		{"torn", "tenant-1", "DELETE FROM directory_about", "what was kept can't be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filled(t)
			s := open(t, path, "tenant-1")
			_, err := s.db.ExecContext(t.Context(), tt.statement)
			ok(t, err)
			ok(t, s.Close())
			s = open(t, path, tt.tenant)
			b, _, err := s.Book(t.Context(), "contacts")
			ok(t, err)
			if s.Anew() != tt.anew || s.Complete() || b != nil {
				t.Errorf("anew because %q, complete %v, book %v", s.Anew(), s.Complete(), b)
			}
		})
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	ok(t, os.WriteFile(path, bytes.Repeat([]byte("not a database. "), 100), 0o600))
	if _, err := Open(t.Context(), path, "tenant-1"); err == nil {
		t.Error("a text file was taken for a state file")
	}
	path = filled(t)
	s := open(t, path, "tenant-1")
	_, err := s.db.ExecContext(t.Context(), "PRAGMA application_id = 7")
	ok(t, err)
	ok(t, s.Close())
	if _, err := Open(t.Context(), path, "tenant-1"); err == nil {
		t.Error("another program's database was taken")
	}
}

func TestForget(t *testing.T) {
	path := filled(t)
	ok(t, Forget(t.Context(), path))
	s := open(t, path, "tenant-1")
	b, _, err := s.Book(t.Context(), "contacts")
	ok(t, err)
	if b != nil || s.Complete() {
		t.Errorf("book %v, complete %v", b, s.Complete())
	}
	ok(t, Forget(t.Context(), filepath.Join(t.TempDir(), "none.db")))
}

func TestGroupsThatShareALink(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"), "tenant")
	defer s.Close()
	for n := range 5 {
		link := "joint"
		if n == 4 {
			link = "own"
		}
		ok(t, s.KeepMembers(t.Context(), id(n), NewMembers([]ID{id(1)}), link))
	}
	joined := map[ID]bool{id(1): false, id(2): true}
	changes := map[ID]Turnover{
		id(1): {Members: joined},
		id(2): {Gone: true},
		id(4): {Members: joined}, // goes on from another link
		id(9): {Members: joined}, // is not kept
	}
	ok(t, s.ChangeMembers(t.Context(), "joint", changes, "next"))
	ok(t, s.ShareLink(t.Context(), "shared", id(3), id(8)))
	for n, want := range map[int]struct {
		link    string
		members int
		has     int
	}{0: {"next", 1, 1}, 1: {"next", 1, 2}, 2: {}, 3: {"shared", 1, 1}, 4: {"own", 1, 1}, 8: {}, 9: {}} {
		m, link, err := s.Members(t.Context(), id(n))
		ok(t, err)
		if link != want.link || m.Len() != want.members || want.members > 0 && !m.Has(id(want.has)) {
			t.Errorf("group %d: %v, link %q", n, m, link)
		}
		if alone, err := s.MemberLink(t.Context(), id(n)); err != nil || alone != link {
			t.Errorf("group %d: link alone %q, %v", n, alone, err)
		}
	}
	ok(t, s.DropMembers(t.Context(), "next"))
	if link, err := s.MemberLink(t.Context(), id(1)); link != "" || err != nil {
		t.Errorf("a group that was dropped has link %q, %v", link, err)
	}
}
