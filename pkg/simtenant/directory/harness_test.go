package directory_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// clock is a time that tests move by hand.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)} }

func (c *clock) time() time.Time         { return c.now }
func (c *clock) forward(d time.Duration) { c.now = c.now.Add(d) }

func open(t testing.TB, opts directory.Options) *directory.Directory {
	t.Helper()
	d, err := directory.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.jsonl") }

func contact(name, address string) directory.Object {
	return directory.Object{Kind: directory.Contact, Name: name, Address: address, External: address}
}

func create(t testing.TB, v directory.View, o directory.Object) *directory.Object {
	t.Helper()
	made, err := v.Create(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// find is the one object that an identity means in the truth.
func find(t testing.TB, d *directory.Directory, identity string) *directory.Object {
	t.Helper()
	found := d.Truth().Find(identity, directory.Recipients)
	if len(found) != 1 {
		t.Fatalf("%q finds %d objects", identity, len(found))
	}
	return found[0]
}

func memberNames(v directory.View, group uuid.UUID) []string {
	names := []string{}
	for o := range v.Members(group) {
		names = append(names, o.Name)
	}
	return names
}
