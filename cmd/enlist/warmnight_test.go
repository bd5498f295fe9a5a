package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"enlist/pkg/onboard"
	"enlist/pkg/report"
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
		changed, sent := spend(t, o, about, rows, nil)
		t.Logf("%s night: %d requests, commands %v", night, sent.Requests, sent.Commands)
		if changed > 0 || night == "warm" && sent.Requests > 12 {
			t.Errorf("%d rows changed, %d requests, want none and at most 12; commands %v", changed, sent.Requests, sent.Commands)
		}
	}
}

// A few people, whom large groups have: neither the directory nor the groups are
// read, and who has left one of the groups is put back.
func TestFewPeopleOfLargeGroups(t *testing.T) {
	const all, few = 4000, 40
	seed, err := simtenant.Generate(simtenant.Size{Groups: 2}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var rows []onboard.Row
	about := foreseen{groups: []string{seed.Groups[0].Address, seed.Groups[1].Address}}
	for i := range all {
		address := fmt.Sprintf("person%d@partner.example", i)
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: address})
		for j := range 2 {
			if g := &seed.Groups[j]; i != 7 || j != 1 {
				g.Members, g.RequireSenderAuthentication = append(g.Members, address), new(bool)
			}
		}
		if i < few {
			rows = append(rows, onboard.Row{Contact: onboard.Contact{Email: address}, Groups: about.groups})
			about.addresses = append(about.addresses, address)
		}
	}
	_, o := benchTenant(t, "ideal", func(c *simtenant.Config) { c.Seed = seed })
	o.state.path = "off"
	for _, want := range []int{1, 0} {
		changed, sent := spend(t, o, about, rows, nil)
		if changed != want || sent.Graph > 5 || sent.Commands["Get-DistributionGroupMember"] > 0 {
			t.Errorf("%d rows changed, want %d; %d requests to Graph, want at most 5; commands %v, want no list of members", changed, want, sent.Graph, sent.Commands)
		}
	}
}

// spend is a night's run over the rows: how many it changed, and what it sent.
func spend(t *testing.T, o *runOptions, about foreseen, rows []onboard.Row, update *onboard.Update) (changed int, sent report.Traffic) {
	t.Helper()
	c, err := connect(t.Context(), o, about, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	job := onboard.Job{Tenant: c.tenant, Update: update}
	err = job.Run(t.Context(), func(yield func(onboard.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}, func(out onboard.Outcome) error {
		switch out.Verdict {
		case onboard.Unchanged:
		case onboard.Changed:
			changed++
		default:
			t.Errorf("%s is %s: %v", out.Row.Contact.Email, out.Verdict, out.Problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.tenant.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent = c.traffic()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return changed, sent
}

// With --update, nobody's attributes are asked for singly who is as the file
// says: they are read together, and later only those that have changed. What
// was changed by hand is put right the next night.
func TestNightsWithUpdateReadNothingOfEachRow(t *testing.T) {
	const people = 10_000
	seed, err := simtenant.Generate(simtenant.Size{Groups: 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var rows []onboard.Row
	for i := range people {
		address := fmt.Sprintf("person%d@partner.example", i)
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: address, Attributes: map[string]string{"Company": "Partner", "CustomAttribute3": "x"}})
		rows = append(rows, onboard.Row{Contact: onboard.Contact{Email: address, Company: "Partner", CustomAttributes: [15]string{2: "x"}}})
	}
	var days atomic.Int64
	days.Store(-2)
	_, o := benchTenant(t, "ideal", func(c *simtenant.Config) {
		c.Seed, c.Now = seed, func() time.Time { return time.Now().Add(time.Duration(days.Load()) * 24 * time.Hour) }
	})
	o.state.path = filepath.Join(t.TempDir(), "state.db")
	update := &onboard.Update{Fields: []onboard.Field{"company", "custom_attribute_3"}}
	reads := func(sent report.Traffic) int { return sent.Commands["Get-Contact"] + sent.Commands["Get-MailContact"] }

	changed, sent := spend(t, o, foreseen{}, rows, update)
	if changed > 0 || reads(sent) != 20 {
		t.Errorf("first night: %d rows changed, commands %v; want none, and 10 pages of each kind", changed, sent.Commands)
	}
	days.Store(0)
	byHand, err := connect(t.Context(), o, foreseen{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := byHand.exchange.ChangeContact(t.Context(), "person77@partner.example", map[string]any{"Company": "Other"}); err != nil {
		t.Fatal(err)
	}
	if err := byHand.Close(); err != nil {
		t.Fatal(err)
	}
	changed, sent = spend(t, o, foreseen{}, rows, update)
	if changed != 1 || reads(sent) != 4 {
		t.Errorf("second night: %d rows changed, commands %v; want one, and 2 + 2 reads", changed, sent.Commands)
	}
	changed, sent = spend(t, o, foreseen{}, rows, update)
	if changed > 0 || reads(sent) != 2 {
		t.Errorf("third night: %d rows changed, commands %v; want none, and 2 reads", changed, sent.Commands)
	}
}
