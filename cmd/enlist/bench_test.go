package main

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/stats"
)

// The benchmarks run the whole job, but for the file and the report, against a
// simulated tenant over TLS. What matters is not the time, which the tenant's
// limits make, but how much of these limits is used, what was sent in vain, and
// how the same work goes when it is done as people's scripts do it.
//
// ENLIST_BENCH_PEOPLE says how many people are put on groups; default 300. The
// baselines, which take their time, do a tenth of it, or of 500.

const (
	benchGroups    = 20 // of the company
	groupsOfPerson = 2
)

func benchPeople(b *testing.B) int {
	text := os.Getenv("ENLIST_BENCH_PEOPLE")
	if text == "" {
		return 300
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 20 {
		b.Fatalf("ENLIST_BENCH_PEOPLE=%q is not a number from 20 up", text)
	}
	return n
}

// benchTenant starts a tenant with empty groups that refuse outside senders.
func benchTenant(b testing.TB, profile string, change ...func(*simtenant.Config)) (*simtenant.Server, *runOptions) {
	b.Helper()
	cfg, err := simtenant.Profile(profile)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Seed, err = simtenant.Generate(simtenant.Size{Groups: benchGroups}, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range change {
		f(&cfg)
	}
	server, err := simtenant.Start(context.Background(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close() })
	ca := filepath.Join(b.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, server.CertificatePEM(), 0o600); err != nil {
		b.Fatal(err)
	}
	o := &runOptions{}
	o.register(pflag.NewFlagSet("enlist", pflag.ContinueOnError)) // for the defaults
	o.tenant = "sim"
	o.sim.address, o.sim.ca = server.URL()[len("https://"):], ca
	return server, o
}

// people are rows for so many people, each in two of the groups.
func people(n int, groups []directory.SeedGroup) iter.Seq2[onboard.Row, error] {
	return func(yield func(onboard.Row, error) bool) {
		for i := range n {
			row := onboard.Row{Line: i + 2, Contact: onboard.Contact{
				Email:       fmt.Sprintf("person%06d@partner.example", i),
				DisplayName: fmt.Sprintf("Person %d", i),
			}}
			for j := range groupsOfPerson {
				row.Groups = append(row.Groups, groups[(i+j)%len(groups)].Address)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// measured is what one execution took.
type measured struct {
	people    int
	elapsed   time.Duration
	commands  int64
	admitted  int64 // commands that no limit refused
	requests  int64
	throttled int64
}

// measure counts what the tenant sees while work goes on.
func measure(server *simtenant.Server, people int, work func()) measured {
	before, start := server.Stats(), time.Now()
	work()
	after := server.Stats()
	return measured{
		people:    people,
		elapsed:   time.Since(start),
		commands:  sum(after) - sum(before),
		admitted:  after.Admitted - before.Admitted,
		requests:  after.Requests - before.Requests,
		throttled: after.Throttled - before.Throttled,
	}
}

func sum(c stats.Counts) int64 {
	var n int64
	for _, count := range c.Commands {
		n += count
	}
	return n
}

// perSecond is how many people were put on their groups in a second.
func (m measured) perSecond() float64 { return float64(m.people) / m.elapsed.Seconds() }

// report adds the measures that say more than the time.
func (m measured) report(b *testing.B, limits simtenant.Config) {
	b.ReportMetric(0, "ns/op")
	seconds := m.elapsed.Seconds()
	b.ReportMetric(seconds, "s")
	b.ReportMetric(m.perSecond(), "people/s")
	b.ReportMetric(float64(m.commands)/float64(m.people), "commands/person")
	b.ReportMetric(float64(m.requests), "requests")
	b.ReportMetric(100*float64(m.throttled)/float64(max(1, m.commands+m.throttled)), "%throttled")
	if limits.Rate > 0 {
		saved := 2 * limits.Rate // what the budget holds at the start
		b.ReportMetric(100*float64(m.commands)/(limits.Rate*seconds+saved), "%of-rate")
	}
}

// enlistPeople runs the job over so many people.
func enlistPeople(b *testing.B, server *simtenant.Server, o *runOptions, n int) measured {
	b.Helper()
	groups := server.State().Groups
	about := foreseen{}
	for _, g := range groups {
		about.groups = append(about.groups, g.Address)
	}
	return measure(server, n, func() {
		c, err := connect(b.Context(), o, about, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		bad := 0
		err = onboard.Job{Tenant: c.tenant, Workers: o.workers}.Run(b.Context(), people(n, groups), func(out onboard.Outcome) error {
			if out.Verdict != onboard.Changed && out.Verdict != onboard.Unchanged {
				bad++
			}
			return nil
		})
		if err != nil || bad > 0 {
			b.Fatalf("%d of %d rows not as wanted: %v", bad, n, err)
		}
	})
}

// BenchmarkNewPeople puts new people on groups.
func BenchmarkNewPeople(b *testing.B) {
	for _, profile := range []string{"typical", "busy", "hostile"} {
		b.Run(profile, func(b *testing.B) {
			limits, _ := simtenant.Profile(profile)
			for b.Loop() {
				server, o := benchTenant(b, profile)
				n := benchPeople(b)
				m := enlistPeople(b, server, o, n)
				m.report(b, limits)
				needed := n + groupsOfPerson*n + benchGroups
				b.ReportMetric(float64(m.commands)-float64(needed), "extra-commands")
			}
		})
	}
}

// BenchmarkSamePeopleAgain runs a second time, when nothing is left to do.
func BenchmarkSamePeopleAgain(b *testing.B) {
	server, o := benchTenant(b, "typical", func(c *simtenant.Config) { c.Rate, c.GraphDelay = 0, 0 })
	n := benchPeople(b)
	enlistPeople(b, server, o, n)
	for b.Loop() {
		m := enlistPeople(b, server, o, n)
		m.report(b, simtenant.Config{})
	}
}

// BenchmarkBatches compares batches with single commands, under each way in
// which the service may run a batch, with the tenant's rate as the limit and
// without it.
func BenchmarkBatches(b *testing.B) {
	for _, rate := range []float64{30, 0} {
		for _, inOrder := range []bool{false, true} {
			for _, batch := range []int{1, 10} {
				way := map[bool]string{false: "side by side", true: "in order"}[inOrder]
				b.Run(fmt.Sprintf("rate=%v/%s/batch=%d", rate, way, batch), func(b *testing.B) {
					var limits simtenant.Config
					for b.Loop() {
						server, o := benchTenant(b, "typical", func(c *simtenant.Config) {
							c.Rate, c.BatchInOrder = rate, inOrder
							if rate == 0 {
								c.Concurrency = 0
							}
							limits = *c
						})
						o.batch = batch
						enlistPeople(b, server, o, benchPeople(b)).report(b, limits)
					}
				})
			}
		}
	}
}
