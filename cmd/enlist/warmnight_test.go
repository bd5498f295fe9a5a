package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// A night without changes over many groups takes no more requests than one over
// a few.
func TestWarmNightOverManyGroups(t *testing.T) {
	const groups, people = 40, 80
	seed, err := simtenant.Generate(simtenant.Size{Groups: groups}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var rows []onboard.Row
	about := foreseen{}
	for i := range people {
		address := fmt.Sprintf("person%d@partner.example", i)
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: address})
		row := onboard.Row{Contact: onboard.Contact{Email: address}}
		for j := range 2 {
			g := &seed.Groups[(i+j)%groups]
			g.Members, g.RequireSenderAuthentication = append(g.Members, address), new(bool)
			row.Groups = append(row.Groups, g.Address)
		}
		rows = append(rows, row)
	}
	for _, g := range seed.Groups {
		about.groups = append(about.groups, g.Address)
	}
	_, o := benchTenant(t, "ideal", func(c *simtenant.Config) { c.Seed = seed })
	o.state.path = filepath.Join(t.TempDir(), "state.db")
	for _, night := range []string{"cold", "warm"} {
		c, err := connect(t.Context(), o, about, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		job := onboard.Job{Tenant: c.tenant}
		err = job.Run(t.Context(), func(yield func(onboard.Row, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}, func(out onboard.Outcome) error {
			if out.Verdict != onboard.Unchanged {
				t.Errorf("%s: %s is %s: %v", night, out.Row.Contact.Email, out.Verdict, out.Problem)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.tenant.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := c.traffic()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s night: %d requests, commands %v", night, sent.total, sent.commands)
		if night == "warm" && sent.total > 12 {
			t.Errorf("%d requests, want at most 12; commands %v", sent.total, sent.commands)
		}
	}
}
