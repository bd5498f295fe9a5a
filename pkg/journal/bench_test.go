package journal_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
)

// BenchmarkCost tells which share of a run's time the journal takes, while the
// tenant takes 1,000 commands a second: "overhead-%" is how much longer the run
// is than without the journal. One operation is one row: a contact and a
// membership.
func BenchmarkCost(b *testing.B) {
	rows := b.N
	without := timed(b, rows, func(t onboard.Tenant) (onboard.Tenant, func(onboard.Outcome) error) {
		return t, func(onboard.Outcome) error { return nil }
	})
	j, err := journal.Open(b.Context(), filepath.Join(b.TempDir(), "state.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	record, err := j.Begin(b.Context(), journal.Run{ID: "benchmark", Started: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	with := timed(b, rows, func(t onboard.Tenant) (onboard.Tenant, func(onboard.Outcome) error) {
		return record.Tenant(t), record.Record
	})
	b.StopTimer()
	if err := record.End(journal.End{Ended: time.Now()}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(2*float64(rows)/with.Seconds(), "commands/s")
	b.ReportMetric(100*(with.Seconds()/without.Seconds()-1), "overhead-%")
}

// timed runs a job over rows on a tenant that is as fast as is wanted.
func timed(b *testing.B, rows int, recorded func(onboard.Tenant) (onboard.Tenant, func(onboard.Outcome) error)) time.Duration {
	paced := &pacedTenant{memory: newMemory(), next: time.Now()}
	tenant, record := recorded(paced)
	job := onboard.Job{Tenant: tenant, Workers: 64}
	input := func(yield func(onboard.Row, error) bool) {
		for i := range rows {
			row := onboard.Row{Line: i + 2, Contact: onboard.Contact{Email: fmt.Sprintf("p%d@fabrikam.example", i)}, Groups: []string{"news@contoso.example"}}
			if !yield(row, nil) {
				return
			}
		}
	}
	start := time.Now()
	if err := job.Run(b.Context(), input, record); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// pacedTenant takes 50 ms for each command, and 1,000 commands a second: who was
// late may catch up.
type pacedTenant struct {
	*memory
	mu   sync.Mutex
	next time.Time
}

func (p *pacedTenant) wait() {
	p.mu.Lock()
	at := p.next
	p.next = at.Add(time.Millisecond)
	p.mu.Unlock()
	time.Sleep(max(0, time.Until(at)) + 50*time.Millisecond)
}

func (p *pacedTenant) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	p.wait()
	return p.memory.CreateContact(ctx, c)
}

func (p *pacedTenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	p.wait()
	return p.memory.AddMember(ctx, g, r)
}
