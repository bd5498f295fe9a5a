package pace

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// tenant stands for a service with a budget that fills at a rate which can
// move, and from which each request takes one.
type tenant struct {
	rate    func(since time.Duration) float64 // requests a second
	saves   float64                           // seconds' worth that the budget holds
	latency time.Duration
	jitter  float64 // spreads the latency
	bare    bool    // every third refusal has no time
	most    int     // at once; 0 is any number
	tells   bool    // in hints
	lies    bool    // every other refusal has no time, or a wrong reason

	start time.Time
	mu    sync.Mutex
	left  float64
	at    time.Time
	due   float64 // what the budget has allowed in all
	in    int
	peak  int

	served, refused int
}

func steady(r float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return r }
}

func (m *tenant) begin() {
	m.start = time.Now()
	m.at = m.start
	m.left = max(1, m.rate(0)*m.saves)
	m.due = m.left
}

// fill adds what came in since the last time, in small steps since the rate moves.
func (m *tenant) fill() float64 {
	now := time.Now()
	for m.at.Before(now) {
		step := min(now.Sub(m.at), 100*time.Millisecond)
		r := m.rate(m.at.Sub(m.start))
		m.left = min(max(1, r*m.saves), m.left+r*step.Seconds())
		m.due += r * step.Seconds()
		m.at = m.at.Add(step)
	}
	return m.rate(now.Sub(m.start))
}

func (m *tenant) enter(p *Pacer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.fill()
	if m.tells {
		whole := (max(1, r*m.saves) - m.left) / r
		p.Hint(Hint{Remaining: int(m.left), Reset: time.Duration(whole * float64(time.Second))})
	}
	if m.most > 0 && m.in >= m.most {
		return m.refuse(Advice{Again: true, Throttled: true, Crowded: true, After: time.Second})
	}
	if m.left < 1 {
		after := time.Duration(math.Ceil((1-m.left)/r)) * time.Second
		return m.refuse(Advice{Again: true, Throttled: true, After: after})
	}
	m.left--
	m.served++
	m.in++
	m.peak = max(m.peak, m.in)
	return nil
}

func (m *tenant) refuse(a Advice) error {
	m.refused++
	if m.bare && m.refused%3 == 0 {
		a.After = 0
	}
	if m.lies {
		a.Crowded = a.Crowded || m.refused%2 == 0
		if m.refused%4 < 2 {
			a.After = 0
		}
	}
	return &refusal{"busy", a}
}

func (m *tenant) serve(p *Pacer) error {
	if err := m.enter(p); err != nil {
		time.Sleep(m.latency / 4)
		return err
	}
	share := m.jitter * (2*rand.Float64() - 1)
	time.Sleep(m.latency + time.Duration(share*float64(m.latency)))
	m.mu.Lock()
	m.in--
	m.mu.Unlock()
	return nil
}

// keepBusy calls the tenant from so many workers until the time is up.
func keepBusy(t *testing.T, p *Pacer, m *tenant, workers int, d time.Duration) {
	t.Helper()
	m.begin()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(d, cancel)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				_ = p.Do(ctx, func(context.Context) error { return m.serve(p) })
			}
		})
	}
	wg.Wait()
	m.fill()
}

// shares are what part of the budget was used, and what part of the requests
// was refused.
func (m *tenant) shares() (used, refused float64) {
	return float64(m.served) / m.due, float64(m.refused) / float64(m.served+m.refused)
}
