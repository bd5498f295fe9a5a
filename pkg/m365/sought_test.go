package m365

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/m365/graph"
	"enlist/pkg/m365/snapshot"
)

// debugLog is a logger and what it was told.
func debugLog() (*slog.Logger, *strings.Builder) {
	var text strings.Builder
	return slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})), &text
}

// load loads a tenant for a run about these addresses, and gives what was asked
// of Graph and what was logged.
func load(t *testing.T, n *night, kept bool, addresses ...string) (tenant *Tenant, asked []string, log string) {
	t.Helper()
	tenant, log = n.loaded(t, kept, Options{Addresses: addresses})
	slices.Sort(n.graph.asked)
	return tenant, n.graph.asked, log
}

// loaded loads a tenant for a run, with a store if so wanted, and gives what was logged.
func (n *night) loaded(t *testing.T, kept bool, o Options) (tenant *Tenant, log string) {
	t.Helper()
	logger, text := debugLog()
	o.Logger = logger
	if kept {
		store, err := snapshot.Open(t.Context(), n.path, "tenant")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		o.Store = store
	}
	n.graph.asked = nil
	tenant = New(n.exchange, n.graph, o)
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tenant, text.String()
}

func TestSmallFileIsLookedUpInALargeDirectory(t *testing.T) {
	tests := []struct {
		name      string
		size      int
		kept      bool
		addresses []string
		want      []string
		log       string
	}{
		{"nothing kept", 210 * graph.PageSize, false, []string{"ana@x.example"},
			[]string{"count contacts", "find 1 in contacts"}, "addresses=1 requests=1 pages=210"},
		{"nothing kept, and as small", graph.PageSize, false, []string{"ana@x.example"},
			[]string{"all contacts", "count contacts"}, "addresses=1 requests=1 pages=1"},
		{"kept for the nights to come", 210 * graph.PageSize, true, []string{"ana@x.example"},
			[]string{"count contacts", "count groups", "count users", "find 1 in contacts", "find 1 in groups", "find 1 in users"}, "addresses=1 requests=3 pages=630"},
		{"kept, and cheap enough for that", 10 * graph.PageSize, true, []string{"ana@x.example"},
			[]string{"all contacts", "all groups", "all users", "count contacts", "count groups", "count users"}, "pages=30 kept=true"},
		{"not known what the run is about", 210 * graph.PageSize, false, nil,
			[]string{"all contacts", "all groups", "all users", "count groups", "count users"}, "commands=500 pages=420"},
		{"not known, and far too much to read", 300 * graph.PageSize, false, nil,
			[]string{"all contacts", "count groups", "count users"}, "commands=500 pages=600"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNight(t)
			n.graph.size = tt.size
			_, asked, log := load(t, n, tt.kept, tt.addresses...)
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Errorf("asked Graph (-want +got):\n%s", diff)
			}
			if !strings.Contains(log, tt.log) {
				t.Errorf("logged %s, want %q", log, tt.log)
			}
		})
	}
}

// Nobody is taken for unknown because the look-ups were not about them, and what
// was looked up doesn't pass for the directory in the next run.
func TestWhoWasNotLookedUpIsAskedForInExchange(t *testing.T) {
	n := newNight(t)
	n.graph.size = 210 * graph.PageSize
	for range 2 {
		tenant, asked, _ := load(t, n, true, "ana@x.example", "nobody@x.example")
		if !slices.Contains(asked, "find 2 in contacts") {
			t.Errorf("asked Graph %v", asked)
		}
		n.exchange.asked = nil
		if got := holder(t, tenant, "ana@x.example"); got != "mail contact remembered=true new=false" || n.exchange.asked != nil {
			t.Errorf("%s, asked Exchange %v", got, n.exchange.asked)
		}
		holder(t, tenant, "nobody@x.example")
		holder(t, tenant, "mia@x.example")
		if diff := cmp.Diff([]string{"holders nobody@x.example", "holders mia@x.example"}, n.exchange.asked); diff != "" {
			t.Errorf("asked Exchange (-want +got):\n%s", diff)
		}
		if err := tenant.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKeptDirectoryIsUsedForSmallFilesToo(t *testing.T) {
	n := newNight(t)
	n.run(t, func(*Tenant) {})
	n.graph.size = 210 * graph.PageSize
	_, asked, _ := load(t, n, true, "ana@x.example")
	if diff := cmp.Diff([]string{"changes of contacts", "changes of groups", "changes of users"}, asked); diff != "" {
		t.Errorf("asked Graph (-want +got):\n%s", diff)
	}
}

// refusingGraph takes no look-ups.
type refusingGraph struct{ *fakeGraph }

func (refusingGraph) Find(context.Context, graph.Collection, []string) ([]graph.Recipient, error) {
	return nil, &graph.Error{Status: 400, Code: "Request_UnsupportedQuery"}
}

func TestAllIsReadWhereLookUpsAreRefused(t *testing.T) {
	n := newNight(t)
	n.graph.size = 210 * graph.PageSize
	tenant := New(n.exchange, refusingGraph{n.graph}, Options{Addresses: []string{"ana@x.example"}})
	if err := tenant.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"count contacts", "all contacts"}, n.graph.asked); diff != "" {
		t.Errorf("asked Graph (-want +got):\n%s", diff)
	}
}

func TestHasBook(t *testing.T) {
	store, err := snapshot.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), "tenant")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, want := range []bool{false, true} {
		if got, err := store.HasBook(t.Context(), "contacts"); got != want || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if err := store.KeepBook(t.Context(), "contacts", snapshot.NewBook(), "link"); err != nil {
			t.Fatal(err)
		}
	}
}
