package main

import (
	"testing"

	"enlist/pkg/simtenant"
)

// BenchmarkHostile puts the same new people on groups of a typical tenant and of
// hostile ones, and compares the time that an admitted command takes: of the
// hostile profile as it is, and of one that on average admits as many commands a
// second as the typical one, with the same latency and as many at once. The second
// shows what its lies, faults, conflicts and delays cost by themselves.
func BenchmarkHostile(b *testing.B) {
	typical, _ := simtenant.Profile("typical")
	hostile, _ := simtenant.Profile("hostile")
	admitsAsMuch := func(c *simtenant.Config) {
		c.Rate = typical.Rate / (1 - hostile.Drift/2) // which wanders between that and a tenth of it
		c.Concurrency, c.Latency = typical.Concurrency, typical.Latency
	}
	n := benchPeople(b)
	for b.Loop() {
		easy := rightlyDone(b, n, "typical")
		asItIs := rightlyDone(b, n, "hostile")
		asMuch := rightlyDone(b, n, "hostile", admitsAsMuch)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(asItIs.perCommand()/easy.perCommand(), "hostile/typical")
		b.ReportMetric(asMuch.perCommand()/easy.perCommand(), "admitting-as-much/typical")
		b.ReportMetric(float64(asItIs.admitted), "hostile-admitted")
		b.ReportMetric(float64(asMuch.admitted), "as-much-admitted")
		b.ReportMetric(float64(easy.admitted), "typical-admitted")
	}
}

// perCommand is how many seconds an admitted command took.
func (m measured) perCommand() float64 { return m.elapsed.Seconds() / float64(m.admitted) }

// rightlyDone runs the job on a tenant of the profile, and looks there whether
// every person is in the groups that the rows name, once, and in no other.
func rightlyDone(b *testing.B, n int, profile string, change ...func(*simtenant.Config)) measured {
	b.Helper()
	server, o := benchTenant(b, profile, change...)
	m := enlistPeople(b, server, o, n)
	state := server.State()
	in := map[string]int{}
	for _, g := range state.Groups {
		for _, member := range g.Members {
			in[g.Address+" "+member]++
		}
	}
	wrong := len(state.Contacts) - n
	for row := range people(n, state.Groups) {
		for _, group := range row.Groups {
			if in[group+" "+row.Contact.Email] != 1 {
				wrong++
			}
			delete(in, group+" "+row.Contact.Email)
		}
	}
	if wrong != 0 || len(in) != 0 {
		b.Fatalf("%s: %d rows or memberships wrong, %d memberships that no row wants", profile, wrong, len(in))
	}
	return m
}
