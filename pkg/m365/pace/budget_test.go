package pace

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func step(from, to float64) func(time.Duration) float64 {
	return func(d time.Duration) float64 {
		if d < 5*time.Minute {
			return from
		}
		return to
	}
}

// wave swings by a third around 30 requests a second.
func wave(d time.Duration) float64 { return 30 + 10*math.Sin(2*math.Pi*d.Minutes()/5) }

// square changes between 30 and 15 requests a second every two minutes.
func square(d time.Duration) float64 {
	if int(d.Minutes())/2%2 == 0 {
		return 30
	}
	return 15
}

// What is allowed is to be used, and next to nothing sent in vain.
func TestBudgetIsFoundAndUsed(t *testing.T) {
	tests := []struct {
		name    string
		rate    func(time.Duration) float64
		saves   float64
		workers int
		latency time.Duration
		used    float64 // the least share of the budget
	}{
		{"20 a second", steady(20), 2, 16, 120 * time.Millisecond, 0.95},
		{"2 a second", steady(2), 2, 16, 120 * time.Millisecond, 0.95},
		{"30 a second", steady(30), 2, 16, 120 * time.Millisecond, 0.95},
		{"200 a second", steady(200), 2, 64, 60 * time.Millisecond, 0.95},
		{"steps up", step(30, 60), 2, 16, 120 * time.Millisecond, 0.95},
		{"steps down", step(60, 20), 2, 16, 120 * time.Millisecond, 0.95},
		{"steps up, large", step(100, 200), 2, 64, 60 * time.Millisecond, 0.95},
		{"steps down, large", step(200, 100), 2, 64, 60 * time.Millisecond, 0.95},
		{"swings, large", func(d time.Duration) float64 { return 7 * wave(d) }, 2, 64, 60 * time.Millisecond, 0.95},
		{"jumps to and fro, large", func(d time.Duration) float64 { return 7 * square(d) }, 2, 64, 60 * time.Millisecond, 0.95},
		{"swings, small", func(d time.Duration) float64 { return wave(d) * 2 / 3 }, 2, 16, 120 * time.Millisecond, 0.95},
		{"swings", wave, 2, 16, 120 * time.Millisecond, 0.95},
		{"jumps to and fro", square, 2, 16, 120 * time.Millisecond, 0.95},
		{"slow answers", steady(5), 2, 16, 1500 * time.Millisecond, 0.95},
		{"saves much up", steady(30), 16, 16, 120 * time.Millisecond, 0.95},
		// Each overload costs the second of the pause here.
		{"saves next to nothing up", steady(30), 0.25, 16, 120 * time.Millisecond, 0.85},
	}
	for _, tt := range tests {
		for _, tells := range []bool{false, true} {
			name := tt.name + ", tells nothing"
			if tells {
				name = tt.name + ", tells what is left"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := New(Options{MaxInFlight: tt.workers})
					m := &tenant{rate: tt.rate, saves: tt.saves, latency: tt.latency, tells: tells}
					keepBusy(t, p, m, tt.workers, 10*time.Minute)
					used, refused := m.shares()
					t.Logf("used %.1f %% of the budget; %.2f %% of the requests refused", 100*used, 100*refused)
					if used < tt.used {
						t.Errorf("used %.3f of the budget, want %.2f or more", used, tt.used)
					}
					if refused > 0.01 {
						t.Errorf("%.4f of the requests were refused, want 0.01 or less", refused)
					}
				})
			})
		}
	}
}

func TestFirstMinute(t *testing.T) {
	for _, perSecond := range []float64{30, 200} {
		synctest.Test(t, func(t *testing.T) {
			p := New(Options{MaxInFlight: 64})
			m := &tenant{rate: steady(perSecond), saves: 2, latency: 60 * time.Millisecond}
			keepBusy(t, p, m, 64, time.Minute)
			if used, refused := m.shares(); used < 0.9 || refused > 0.01 {
				t.Errorf("at %v a second: used %.3f, refused %.4f, want 0.9 or more and 0.01 or less", perSecond, used, refused)
			}
		})
	}
}

// Where it is how many run at once that is limited, or that at times and the rate
// at others, both are found and used. Answers take now longer and now shorter, so
// that one more than allowed is in flight now and then without being refused, and
// a third of the refusals says no time.
func TestCeilingIsFound(t *testing.T) {
	for _, tt := range []struct {
		perSecond float64
		most      int
		used      float64 // the least share of what both limits allow
	}{
		{12, 5, 0.93}, // 12.5 a second: both limits are the same, and finding each costs some of the other
		{12, 10, 0.95},
		{20, 5, 0.95},
		{20, 10, 0.95},
		{30, 5, 0.95},
		{30, 10, 0.95},
		{200, 5, 0.95},
		{200, 10, 0.95},
	} {
		for _, tells := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v a second, %d at once, tells %v", tt.perSecond, tt.most, tells), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := New(Options{MaxInFlight: 16})
					m := &tenant{rate: steady(tt.perSecond), saves: 2, latency: 400 * time.Millisecond, jitter: 0.5, most: tt.most, bare: true, tells: tells}
					keepBusy(t, p, m, 16, 10*time.Minute)
					possible := min(m.due, float64(tt.most)/m.latency.Seconds()*600)
					used := float64(m.served) / possible
					_, refused := m.shares()
					t.Logf("used %.1f %% of what both limits allow; %.2f %% of the requests refused", 100*used, 100*refused)
					if used < tt.used || refused > 0.01 {
						t.Errorf("used %.3f of what both limits allow, %.4f refused; want %.2f or more, and 0.01 or less", used, refused, tt.used)
					}
				})
			})
		}
	}
}

// A tenant whose rate moves every ten seconds, that allows few at once, and
// whose refusals say half of it.
func TestHostileTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shares := []float64{1, 0.7, 0.4, 0.6, 0.9, 0.5, 0.3, 0.8}
		moving := func(d time.Duration) float64 { return 20 * shares[int(d/(10*time.Second))%len(shares)] }
		p := New(Options{MaxInFlight: 16})
		m := &tenant{rate: moving, saves: 2, latency: 200 * time.Millisecond, most: 5, tells: true, lies: true}
		keepBusy(t, p, m, 16, 10*time.Minute)
		used, refused := m.shares()
		t.Logf("used %.1f %% of the budget; %.2f %% of the requests refused", 100*used, 100*refused)
		if used < 0.9 || refused > 0.015 {
			t.Errorf("used %.3f of the budget, %.4f refused, want 0.9 or more and 0.015 or less", used, refused)
		}
	})
}

// A service that slows down instead of refusing is not pressed further.
func TestRisingDelaysHoldTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, workers = 20.0, 200
		p := New(Options{MaxInFlight: workers})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Minute, cancel)
		var mu sync.Mutex
		free := time.Now()
		serve := func(context.Context) error {
			mu.Lock()
			if now := time.Now(); free.Before(now) {
				free = now
			}
			free = free.Add(time.Second / perSecond)
			done := free
			mu.Unlock()
			time.Sleep(time.Until(done) + 100*time.Millisecond)
			return nil
		}
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for ctx.Err() == nil {
					_ = p.Do(ctx, serve)
				}
			})
		}
		wg.Wait()
		if got := p.Stats().Rate; got > 2*perSecond {
			t.Errorf("the rate grew to %.0f a second, with %v served", got, perSecond)
		}
	})
}

// The rate is no licence: it does not grow while nobody needs it.
func TestRateGrowsOnlyWhenNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		before := p.Stats().Rate
		for range 100 {
			if err := p.Do(t.Context(), func(context.Context) error { return nil }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if got := p.Stats().Rate; got != before {
			t.Errorf("the rate went from %v to %v with one request a second", before, got)
		}
	})
}

// After a pause requests come out at the rate, not all at once.
func TestNoHerdAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{MaxInFlight: 64})
		m := &tenant{rate: step(30, 30), saves: 2, latency: 120 * time.Millisecond}
		keepBusy(t, p, m, 64, time.Minute)
		if m.peak > 32 {
			t.Errorf("%d requests at once, where 30 a second take 4", m.peak)
		}
	})
}
