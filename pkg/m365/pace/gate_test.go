package pace

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneThrottledAnswerPausesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers, after = 10, 30 * time.Second
		p := New(Options{Delay: 2 * time.Second})
		start := time.Now()
		first := true
		var wg sync.WaitGroup
		err := p.Do(t.Context(), func(context.Context) error {
			if first {
				first = false
				wg.Go(func() { others(t, p, callers, start.Add(after), 2*time.Second) })
				return busy(after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d < after {
			t.Errorf("tried again after %v, before the %v that Retry-After asked for", d, after)
		}
		wg.Wait()
		if s := p.Stats(); s.Pauses != 1 || s.Throttled != 1 || s.Attempts != callers+2 {
			t.Errorf("stats = %+v, want one pause and one throttled answer", s)
		}
	})
}

// others starts callers that find the pause on, and checks that they go after
// end and within spread of it, but not all at once.
func others(t *testing.T, p *Pacer, callers int, end time.Time, spread time.Duration) {
	time.Sleep(time.Second)
	var mu sync.Mutex
	var at []time.Time
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			_ = p.Do(t.Context(), func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				at = append(at, time.Now())
				return nil
			})
		})
	}
	wg.Wait()
	slices.SortFunc(at, time.Time.Compare)
	if at[0].Before(end) {
		t.Errorf("a caller went %v before the pause was over", end.Sub(at[0]))
	}
	if late := at[callers-1].Sub(end); late > spread {
		t.Errorf("the last caller went %v after the pause, want at most %v", late, spread)
	}
	if at[0].Equal(at[callers-1]) {
		t.Error("all callers went at the same moment")
	}
}

func TestEchoesOfOneOverloadMakeOnePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate{backoff: backoff{time.Second, time.Minute}}
		sent := time.Now()
		time.Sleep(100 * time.Millisecond)
		g.throttled(sent, 10*time.Second, nil)
		end := g.until

		time.Sleep(5 * time.Second)
		g.throttled(sent, 0, nil)
		g.throttled(sent, 2*time.Second, nil)
		if !g.until.Equal(end) || g.pauses != 1 || g.streak != 1 {
			t.Errorf("an echo moved the end by %v; pauses %d, streak %d", g.until.Sub(end), g.pauses, g.streak)
		}
		g.throttled(sent, 8*time.Second, nil)
		if d := g.until.Sub(end); d != 3*time.Second {
			t.Errorf("a later Retry-After moved the end by %v, want 3s", d)
		}
	})
}

func TestCallersToldTheSameDoNotComeBackTogether(t *testing.T) {
	const after = 10 * time.Second
	b := backoff{time.Second, time.Minute}
	delays := map[time.Duration]bool{}
	for range 50 {
		d := b.next(1, after)
		if d < after || d > after+time.Second {
			t.Errorf("delay = %v, want %v and at most a second more", d, after)
		}
		delays[d] = true
	}
	if len(delays) < 2 {
		t.Error("all callers got the same delay")
	}
}

func TestPausesGrowUntilACallIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate{backoff: backoff{time.Second, 8 * time.Second}}
		overload := func() time.Duration {
			time.Sleep(time.Minute)
			sent := time.Now()
			time.Sleep(time.Millisecond)
			g.throttled(sent, 0, nil)
			return time.Until(g.until)
		}
		for i, most := range []time.Duration{1, 2, 4, 8, 8} {
			most *= time.Second
			if d := overload(); d < most/2 || d > most {
				t.Errorf("pause %d = %v, want between %v and %v", i+1, d, most/2, most)
			}
		}
		time.Sleep(time.Minute)
		g.succeeded(time.Now())
		if d := overload(); d > time.Second {
			t.Errorf("pause after a served call = %v, want at most 1s", d)
		}
	})
}

func TestPauseLongerThanAllowedIsNotSatOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{MaxWait: time.Minute})
		p.gate.throttled(time.Now(), time.Hour, busy(time.Hour))
		start := time.Now()
		err := p.Do(t.Context(), func(context.Context) error {
			t.Error("sent in spite of the pause")
			return nil
		})
		gaveUp, ok := errors.AsType[*GaveUpError](err)
		if !ok || gaveUp.Attempts != 0 || !errors.Is(err, errRefused) {
			t.Errorf("Do = %v, want to give up unsent with the answer that began the pause", err)
		}
		if time.Since(start) != 0 {
			t.Errorf("waited %v in vain", time.Since(start))
		}
		if s := p.Stats(); s.Pause != time.Hour || s.InFlight != 0 {
			t.Errorf("stats = %+v, want an hour of pause and nothing in flight", s)
		}
	})
}
