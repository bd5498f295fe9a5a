package onboard_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever the policies, the groups and the people are: the plan says row for
// row what the run then does, and a second run finds nothing left to do.
func TestPlanSaysWhatTheRunDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		world := drawWorld(t)
		job := drawJob(t)
		rows := drawRows(t)

		planned := world.tenant()
		plan := tellAll(t, job, onboard.NewDryRun(planned), rows)
		if len(planned.commands) > 0 {
			t.Fatalf("the plan sent %q", planned.commands)
		}
		m := world.tenant()
		if diff := cmp.Diff(plan, tellAll(t, job, m, rows)); diff != "" {
			t.Fatal("what was planned and what was done (-planned +done):\n" + diff)
		}

		sent := len(m.commands)
		for name, groups := range m.groups {
			for i := range groups {
				m.settle(&m.groups[name][i])
			}
		}
		tellAll(t, job, m, rows)
		if again := m.commands[sent:]; len(again) > 0 {
			t.Fatalf("the second run sent %q", again)
		}
	})
}

// settle does to a group what the commands said.
func (m *memory) settle(g *onboard.Group) {
	if slices.Contains(m.commands, "open "+g.Address) {
		g.InsideSendersOnly = false
	}
	if slices.Contains(m.commands, "report "+g.Address) {
		g.Delivery.NoReports = false
	}
}

// tellAll runs the job and tells of each row what happened.
func tellAll(t rapid.TB, job onboard.Job, tenant onboard.Tenant, rows []onboard.Row) []string {
	t.Helper()
	job.Tenant = tenant
	outcomes, err := runJob(context.Background(), job, rows...)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, o := range outcomes {
		told = append(told, brief(o)+" | "+tell(o)+" | "+fmt.Sprint(o.Contact.Changes)+" | "+o.Note)
	}
	return told
}

// world is what a tenant has before anything is done.
type world struct {
	groups  []onboard.Group
	people  []onboard.Recipient
	members map[string]bool
	kept    map[string]onboard.Contact
}

func (w world) tenant() *memory {
	m := newMemory(w.groups...)
	m.kept = map[string]onboard.Contact{}
	for _, p := range w.people {
		m.hold(p)
	}
	for key := range w.members {
		m.members[key] = true
	}
	for address, c := range w.kept {
		m.kept[address] = c
	}
	return m
}

const drawnPeople, drawnGroups = 4, 4

func drawWorld(t *rapid.T) world {
	w := world{members: map[string]bool{}, kept: map[string]onboard.Contact{}}
	for i := range drawnGroups {
		flag := func(name string) bool { return rapid.Bool().Draw(t, fmt.Sprint(name, i)) }
		w.groups = append(w.groups, onboard.Group{
			ID: fmt.Sprint("g", i), DisplayName: fmt.Sprint("Group ", i), Address: fmt.Sprintf("g%d@contoso.example", i),
			Kind:              rapid.SampledFrom([]onboard.GroupKind{onboard.GroupDistribution, onboard.GroupSecurity, onboard.GroupMicrosoft365, onboard.GroupDynamic}).Draw(t, fmt.Sprint("kind", i)),
			OnPremisesSynced:  rapid.IntRange(0, 9).Draw(t, fmt.Sprint("synced", i)) == 0,
			InsideSendersOnly: flag("closed"),
			Delivery:          onboard.Delivery{Moderated: flag("moderated"), NoReports: flag("silent")},
		})
	}
	for i := range drawnPeople {
		kind := rapid.SampledFrom([]onboard.RecipientKind{"", onboard.KindContact, onboard.KindGuest, onboard.KindMailbox, onboard.KindGroup}).Draw(t, fmt.Sprint("person", i))
		if kind == "" {
			continue
		}
		p := onboard.Recipient{ID: fmt.Sprint("p", i), Kind: kind, Address: fmt.Sprintf("p%d@fabrikam.example", i)}
		w.people = append(w.people, p)
		w.kept[p.Address] = onboard.Contact{Company: rapid.SampledFrom([]string{"", "Fabrikam", "Northwind"}).Draw(t, fmt.Sprint("company", i))}
		w.members[fmt.Sprintf("g%d%s", rapid.IntRange(0, drawnGroups-1).Draw(t, fmt.Sprint("member", i)), p.Address)] = true
	}
	return w
}

func drawJob(t *rapid.T) onboard.Job {
	job := onboard.Job{Workers: rapid.IntRange(1, 6).Draw(t, "workers")}
	job.Policies.Default = drawPolicy(t)
	for i := range rapid.IntRange(0, 2).Draw(t, "rules") {
		job.Policies.Rules = append(job.Policies.Rules, onboard.GroupRule{Match: fmt.Sprintf("g%d@*", i), Policy: drawPolicy(t)})
	}
	if rapid.Bool().Draw(t, "protected") {
		job.Policies.Protected = []string{"g0@*"}
	}
	if rapid.Bool().Draw(t, "new groups") {
		job.NewGroups = &onboard.NewGroups{Owner: "ada", Domain: "contoso.example"}
	}
	if rapid.Bool().Draw(t, "update") {
		job.Update = &onboard.Update{Fields: []onboard.Field{"company"}, Clear: rapid.Bool().Draw(t, "clear")}
	}
	return job
}

func drawPolicy(t *rapid.T) onboard.Policy {
	return onboard.Policy{
		Senders:         rapid.SampledFrom([]onboard.SenderPolicy{onboard.SendersAnyone, onboard.SendersFromList, onboard.SendersReport, onboard.SendersOff}).Draw(t, "senders"),
		InternalSenders: staff,
		Reports:         rapid.SampledFrom([]onboard.ReportPolicy{onboard.ReportsReport, onboard.ReportsFix}).Draw(t, "reports"),
		Guests:          rapid.SampledFrom([]onboard.GuestPolicy{onboard.GuestsReport, onboard.GuestsInvite}).Draw(t, "guests"),
		Crowd:           rapid.IntRange(0, 3).Draw(t, "crowd"),
		Protected:       rapid.IntRange(0, 9).Draw(t, "protected by a rule") == 0,
	}
}

// drawRows has people more than once, and groups that nobody has.
func drawRows(t *rapid.T) []onboard.Row {
	var rows []onboard.Row
	for i := range rapid.IntRange(1, 3*drawnPeople).Draw(t, "rows") {
		r := row(i+2, fmt.Sprintf("p%d@fabrikam.example", rapid.IntRange(0, drawnPeople-1).Draw(t, "person")))
		for range rapid.IntRange(0, 3).Draw(t, "groups") {
			r.Groups = append(r.Groups, fmt.Sprintf("g%d@contoso.example", rapid.IntRange(0, drawnGroups).Draw(t, "group")))
		}
		r.Contact.Company = rapid.SampledFrom([]string{"", "Fabrikam"}).Draw(t, "row's company")
		rows = append(rows, r)
	}
	return rows
}
