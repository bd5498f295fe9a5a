package main

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// Two sources put people of their own and in common on one group at the same time,
// over the wire, a thousand times in random order. The group's list always holds
// the people of both, and those inside.
func TestTwoSourcesLeaveTheUnionOverTheWire(t *testing.T) {
	t.Parallel()
	trials := 1000
	if testing.Short() {
		trials = 50
	}
	const staff = "all-staff@contoso.example"
	server, o := benchTenant(t, "ideal", func(cfg *simtenant.Config) {
		cfg.Seed = directory.DefaultSeed()
		cfg.Seed.Groups = slices.DeleteFunc(cfg.Seed.Groups, func(g directory.SeedGroup) bool { return g.Address != staff })
		for i := range trials {
			cfg.Seed.Groups = append(cfg.Seed.Groups, directory.SeedGroup{Kind: "distribution", Name: fmt.Sprint("Group ", i), Address: trialGroup(i), ManagedBy: []string{"ada@contoso.example"}})
		}
		for i := range 5 {
			cfg.Seed.Contacts = append(cfg.Seed.Contacts, directory.SeedContact{Email: trialPerson(i)})
		}
	})
	o.senders, o.internalSenders = string(onboard.SendersFromList), staff
	var sources [2]*connection
	for i := range sources {
		c, err := connect(t.Context(), o, foreseen{}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sources[i] = c
	}

	want := map[string][]string{}
	work, ctx := errgroup.WithContext(t.Context())
	work.SetLimit(4)
	for i := range trials {
		random := rand.New(rand.NewPCG(uint64(i), 9))
		union := map[string]bool{staff: true}
		var rows [2][]onboard.Row
		for s := range rows {
			first := 2 * random.IntN(2)
			for n := range 3 {
				union[trialPerson(first+n)] = true
				rows[s] = append(rows[s], onboard.Row{Line: n + 2, Contact: onboard.Contact{Email: trialPerson(first + n)}, Groups: []string{trialGroup(i)}})
			}
			random.Shuffle(3, func(a, b int) { rows[s][a], rows[s][b] = rows[s][b], rows[s][a] })
		}
		want[trialGroup(i)] = slices.Sorted(maps.Keys(union))
		work.Go(func() error { return bothAtOnce(ctx, sources, rows) })
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, g := range server.State().Groups {
		if g.Address == staff {
			continue
		}
		if diff := cmp.Diff(want[g.Address], slices.Sorted(slices.Values(g.AllowedSenders))); diff != "" {
			t.Errorf("who may write to %s (-want +got):\n%s", g.Address, diff)
		}
		if *g.RequireSenderAuthentication {
			t.Errorf("%s is closed", g.Address)
		}
	}
}

func trialGroup(i int) string  { return fmt.Sprintf("group%d@contoso.example", i) }
func trialPerson(i int) string { return fmt.Sprintf("p%d@partner.example", i) }

func bothAtOnce(ctx context.Context, sources [2]*connection, rows [2][]onboard.Row) error {
	var both errgroup.Group
	for i, c := range sources {
		both.Go(func() error {
			job := onboard.Job{Tenant: c.tenant, Policies: c.policies}
			return job.Run(ctx, eachRow(rows[i]), func(o onboard.Outcome) error {
				if o.Problem != nil {
					return fmt.Errorf("%s in %s: %w", o.Row.Contact.Email, strings.Join(o.Row.Groups, " "), o.Problem)
				}
				return nil
			})
		})
	}
	return both.Wait()
}

func eachRow(rows []onboard.Row) iter.Seq2[onboard.Row, error] {
	return func(yield func(onboard.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
