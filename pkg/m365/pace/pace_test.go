package pace

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// refusal is an answer of the service that gives advice.
type refusal struct {
	text   string
	advice Advice
}

func (r *refusal) Error() string        { return r.text }
func (r *refusal) RetryAdvice() Advice  { return r.advice }
func (r *refusal) Is(target error) bool { return target == errRefused }

var errRefused = errors.New("refused")

func busy(after time.Duration) error {
	return &refusal{"busy", Advice{Again: true, Throttled: true, After: after}}
}

func broken() error { return &refusal{"broken", Advice{Again: true}} }

func TestFinalErrorIsReturnedAsItIs(t *testing.T) {
	final := errors.New("name already taken")
	p := New(Options{})
	if err := p.Do(t.Context(), func(context.Context) error { return final }); err != final {
		t.Errorf("Do = %v, want the attempt's own error", err)
	}
	if s := p.Stats(); s.Attempts != 1 || s.Retries != 0 {
		t.Errorf("stats = %+v, want one attempt", s)
	}
}

func TestRetriesUntilItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Delay: time.Second, MaxDelay: 4 * time.Second, Attempts: 8})
		var at []time.Time
		err := p.Do(t.Context(), func(context.Context) error {
			at = append(at, time.Now())
			if len(at) < 6 {
				return broken()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, most := range []time.Duration{1, 2, 4, 4, 4} {
			most *= time.Second
			if d := at[i+1].Sub(at[i]); d < most/2 || d > most {
				t.Errorf("delay %d = %v, want between %v and %v", i+1, d, most/2, most)
			}
		}
		if s := p.Stats(); s.Attempts != 6 || s.Retries != 5 || s.Throttled != 0 || s.InFlight != 0 {
			t.Errorf("stats = %+v", s)
		}
	})
}

func TestBoundReturnsTheLastError(t *testing.T) {
	tests := []struct {
		name     string
		options  Options
		answer   error
		deadline time.Duration
		attempts int
	}{
		{"attempts", Options{Attempts: 3}, broken(), 0, 3},
		{"total wait", Options{MaxWait: 10 * time.Second}, busy(6 * time.Second), 0, 2},
		{"asked to wait longer than allowed", Options{MaxWait: time.Minute}, busy(time.Hour), 0, 1},
		{"deadline before the next attempt", Options{}, busy(20 * time.Second), 10 * time.Second, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.deadline > 0 {
					c, cancel := context.WithTimeout(ctx, tt.deadline)
					defer cancel()
					ctx = c
				}
				err := New(tt.options).Do(ctx, func(context.Context) error { return tt.answer })
				if !errors.Is(err, ErrGaveUp) || !errors.Is(err, errRefused) {
					t.Fatalf("Do = %v, want ErrGaveUp around the last answer", err)
				}
				if errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Do = %v hides the reason behind the deadline", err)
				}
				gaveUp, _ := errors.AsType[*GaveUpError](err)
				if gaveUp.Attempts != tt.attempts {
					t.Errorf("attempts = %d, want %d", gaveUp.Attempts, tt.attempts)
				}
			})
		})
	}
}

func TestNeverMoreInFlightThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{MaxInFlight: 3})
		var mu sync.Mutex
		running, peak := 0, 0
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_ = p.Do(t.Context(), func(context.Context) error {
					mu.Lock()
					running++
					peak = max(peak, running)
					mu.Unlock()
					time.Sleep(time.Second)
					mu.Lock()
					running--
					mu.Unlock()
					return nil
				})
			})
		}
		wg.Wait()
		if peak != 3 {
			t.Errorf("peak = %d, want 3", peak)
		}
	})
}

func TestCancellationReturnsAtOnce(t *testing.T) {
	tests := []struct {
		name  string
		setUp func(p *Pacer) // what the call is held up by
		first error          // what its attempt is told
	}{
		{"in its own delay", func(*Pacer) {}, busy(time.Minute)},
		{"in the pause of all", func(p *Pacer) {
			p.gate.throttled(time.Now(), time.Minute, busy(time.Minute))
		}, nil},
		{"in the queue for a place", func(p *Pacer) {
			p.turn <- struct{}{}
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := New(Options{MaxInFlight: 1})
				tt.setUp(p)
				ctx, cancel := context.WithCancel(t.Context())
				start := time.Now()
				time.AfterFunc(time.Second, cancel)
				err := p.Do(ctx, func(context.Context) error { return tt.first })
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Do = %v, want context.Canceled", err)
				}
				if tt.first != nil && !errors.Is(err, errRefused) {
					t.Errorf("Do = %v lost the last answer", err)
				}
				if took := time.Since(start); took != time.Second {
					t.Errorf("returned after %v, want 1s", took)
				}
			})
		})
	}
}

func TestDoneContextSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := New(Options{})
	err := p.Do(ctx, func(context.Context) error { return nil })
	if s := p.Stats(); !errors.Is(err, context.Canceled) || s.Attempts != 0 || s.InFlight != 0 {
		t.Errorf("Do = %v with %+v, want context.Canceled and nothing sent", err, s)
	}
}

// While the service serves nobody, as in its maintenance at night, a call goes
// on past the bound on attempts, and succeeds when the service is back.
func TestOutageIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Outage: 15 * time.Minute})
		start := time.Now()
		serve := func(context.Context) error {
			if since := time.Since(start); since > time.Minute && since < 10*time.Minute {
				return broken()
			}
			return nil
		}
		if err := p.Do(t.Context(), serve); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if err := p.Do(t.Context(), serve); err != nil {
			t.Errorf("during the outage: %v", err)
		}
		if time.Since(start) < 10*time.Minute {
			t.Error("the outage was not played")
		}
	})
}

// A call that fails while others are served is at fault itself, and soon ends.
func TestOneCallThatFailsIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Outage: 15 * time.Minute, Attempts: 4})
		tries := 0
		done := make(chan error)
		go func() {
			done <- p.Do(t.Context(), func(context.Context) error {
				tries++
				return broken()
			})
		}()
		for {
			select {
			case err := <-done:
				if !errors.Is(err, ErrGaveUp) || tries != 4 {
					t.Errorf("%v after %d tries", err, tries)
				}
				return
			default:
				if err := p.Do(t.Context(), func(context.Context) error { return nil }); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Millisecond)
			}
		}
	})
}
