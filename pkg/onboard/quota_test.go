package onboard_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/onboard"
)

// allowance is a quota of contacts that is whole again after each window.
type allowance struct {
	each   int
	window time.Duration

	mu    sync.Mutex
	began time.Time
	taken int
}

func (a *allowance) take(onboard.Contact) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); now.Sub(a.began) >= a.window {
		a.began, a.taken = now, 0
	}
	if a.taken == a.each {
		return onboard.ErrCreationQuota
	}
	a.taken++
	return nil
}

// diary is an observer that notes what it is told.
type diary struct {
	mu    sync.Mutex
	start time.Time
	told  []string
	soon  int
}

func newDiary() *diary { return &diary{start: time.Now()} }

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, fmt.Sprintf(format, args...))
}

func (d *diary) CreationsWait(until time.Time) { d.note("wait until %v", until.Sub(d.start)) }
func (d *diary) CreationsGoOn()                { d.note("go on") }
func (d *diary) CreationsGivenUp()             { d.note("given up") }

func (d *diary) TriedTooSoon() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.soon++
}

// Rows that need a contact wait until the tenant takes some again; rows that need
// none are done at once; and outcomes keep the order of the input.
func TestCreationsWaitForTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = (&allowance{each: 25, window: time.Hour}).take
		m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "known@fabrikam.example"})
		start := time.Now()
		m.onAdd = func(_ onboard.Group, r onboard.Recipient) error {
			if r.Address == "known@fabrikam.example" && time.Since(start) > 0 {
				t.Errorf("the row that needs no contact had to wait %v", time.Since(start))
			}
			return nil
		}
		rows := append(people(100), row(102, "known@fabrikam.example", "News"))
		seen := newDiary()
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Observer: seen, Patience: onboard.Patience{Quota: 24 * time.Hour}}, rows...)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range outcomes {
			if o.Row.Line != rows[i].Line || o.Verdict != onboard.Changed {
				t.Fatalf("outcome %d is line %d, %s", i, o.Row.Line, brief(o))
			}
		}
		if took := time.Since(start); len(outcomes) != 101 || took < 3*time.Hour || took > 4*time.Hour+30*time.Minute {
			t.Errorf("%d outcomes in %v; three hours must be waited, and tries are half an hour apart at most", len(outcomes), took)
		}
		// Each of three waits costs one try for each worker that is on its way when
		// the gate closes, and one for each time that the gate is tried.
		if vain := m.sent("create") - 100; vain > 3*(16+7) {
			t.Errorf("%d contacts were tried in vain", vain)
		}
		want := []string{"wait until 1m0s", "wait until 3m0s", "wait until 7m0s", "wait until 15m0s", "wait until 31m0s", "wait until 1h1m0s", "go on"}
		if diff := cmp.Diff(want, seen.told[:len(want)]); diff != "" {
			t.Errorf("the first waits (-want +got):\n%s", diff)
		}
	})
}

// Only one contact is tried at a time while the gate is closed, and when the time
// for waiting is up the rest is deferred without another try.
func TestCreationsGiveUpWhenTheirTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = func(onboard.Contact) error { return onboard.ErrCreationQuota }
		seen := newDiary()
		start := time.Now()
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1, Observer: seen, Patience: onboard.Patience{Quota: 10 * time.Minute}}, people(50)...)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("took %v, want the 10m that may be waited", took)
		}
		for _, o := range outcomes {
			if brief(o) != "deferred deferred tenant.creation_quota" || o.Problem.NextStep == "" {
				t.Errorf("line %d: %s", o.Row.Line, brief(o))
			}
		}
		if n := m.sent("create"); n != 1+6 {
			t.Errorf("%d contacts were tried, want one before the waits and one after each", n)
		}
		want := []string{"wait until 18.75s", "wait until 56.25s", "wait until 2m11.25s", "wait until 4m41.25s", "wait until 9m41.25s", "wait until 10m0s", "given up"}
		if diff := cmp.Diff(want, seen.told); diff != "" {
			t.Errorf("what was told (-want +got):\n%s", diff)
		}
	})
}

// A row that was let through and turns out to need no contact proves nothing, so
// the next one is tried at once.
func TestTryThatNeedsNoContactIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = (&allowance{each: 1, window: 50 * time.Second}).take
		time.AfterFunc(30*time.Second, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.hold(onboard.Recipient{ID: "c-9", Kind: onboard.KindContact, Address: "p1@fabrikam.example"})
		})
		start := time.Now()
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1, Patience: onboard.Patience{Quota: time.Hour}}, people(3)...)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"changed created News:added/open", "changed found News:added/open", "changed created News:added/open"}
		if diff := cmp.Diff(want, briefs(outcomes)); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v, want the first wait of 1m", took)
		}
	})
}

func TestParkedCreationsEndWithTheRun(t *testing.T) {
	ends := map[string]struct {
		run  func(context.Context, onboard.Job, iter.Seq2[onboard.Row, error], func(onboard.Outcome) error) error
		want error
		code onboard.Code
	}{
		"deadline": {
			run: func(ctx context.Context, j onboard.Job, rows iter.Seq2[onboard.Row, error], emit func(onboard.Outcome) error) error {
				ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, onboard.ErrDeadline)
				defer cancel()
				return j.Run(ctx, rows, emit)
			},
			want: onboard.ErrDeadline, code: onboard.CodeDeadline,
		},
		"interrupted": {
			run: func(ctx context.Context, j onboard.Job, rows iter.Seq2[onboard.Row, error], emit func(onboard.Outcome) error) error {
				ctx, cancel := context.WithCancelCause(ctx)
				defer cancel(nil)
				time.AfterFunc(time.Minute, func() { cancel(onboard.ErrInterrupted) })
				return j.Run(ctx, rows, emit)
			},
			want: onboard.ErrInterrupted, code: onboard.CodeInterrupted,
		},
	}
	for name, tt := range ends {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(news)
				m.onCreate = func(onboard.Contact) error { return onboard.ErrCreationQuota }
				var outcomes []onboard.Outcome
				job := onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: time.Hour}}
				err := tt.run(t.Context(), job, rowsOf(people(3000)...), func(o onboard.Outcome) error {
					outcomes = append(outcomes, o)
					return nil
				})
				if !errors.Is(err, tt.want) || len(outcomes) != 3000 {
					t.Fatalf("err = %v, %d outcomes", err, len(outcomes))
				}
				for i, o := range outcomes {
					if o.Row.Line != i+2 || o.Verdict != onboard.Deferred || o.Problem.Code != tt.code {
						t.Fatalf("outcome %d is line %d, %s", i, o.Row.Line, brief(o))
					}
				}
			})
		})
	}
}

func TestFailingReportEndsTheRunWithParkedRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = (&allowance{each: 1, window: 24 * time.Hour}).take
		full := errors.New("disk full")
		err := onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: time.Hour}}.Run(t.Context(), rowsOf(people(100)...),
			func(onboard.Outcome) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("err = %v", err)
		}
	})
}

// Whoever gave an input that can't be read to its end learns of it before any wait
// for the quota, and the rows that were parked are left for later.
func TestReadErrorEndsTheRunWithParkedRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = func(onboard.Contact) error { return onboard.ErrCreationQuota }
		broken := errors.New("unexpected end of file")
		rows := func(yield func(onboard.Row, error) bool) {
			for r := range rowsOf(people(100)...) {
				if !yield(r, nil) {
					return
				}
			}
			time.Sleep(time.Second)
			yield(onboard.Row{}, broken)
		}
		start, out := time.Now(), 0
		err := onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: 24 * time.Hour}}.Run(t.Context(), rows, func(o onboard.Outcome) error {
			out++
			if o.Verdict != onboard.Deferred || o.Problem.Code != onboard.CodeCreationQuota {
				t.Errorf("line %d: %s", o.Row.Line, brief(o))
			}
			return nil
		})
		if !errors.Is(err, broken) || out != 100 {
			t.Errorf("err = %v, %d outcomes", err, out)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("the error was told after %v", took)
		}
	})
}

// However many rows wait, no more than a bounded number is read ahead, and a
// parked row has no goroutine.
func TestRowsBehindAClosedGateAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = func(onboard.Contact) error { return onboard.ErrCreationQuota }
		var read atomic.Int64
		out := 0
		rows := func(yield func(onboard.Row, error) bool) {
			for i := range 70_000 {
				read.Add(1)
				if !yield(row(i+2, fmt.Sprintf("p%d@fabrikam.example", i), "News"), nil) {
					return
				}
			}
		}
		time.AfterFunc(time.Second, func() {
			if read := read.Load(); read > 65_537 {
				t.Errorf("%d rows were read while none could be finished", read)
			}
			if n := runtime.NumGoroutine(); n > 3000 {
				t.Errorf("%d goroutines for %d rows that wait", n, read.Load())
			}
		})
		err := onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: time.Minute}}.Run(t.Context(), rows, func(o onboard.Outcome) error {
			out++
			return nil
		})
		if err != nil || out != 70_000 {
			t.Errorf("err = %v, %d outcomes", err, out)
		}
	})
}

// Rows about people whose first row is parked wait for that one, and don't keep
// it from going on, however many they are.
func TestManyRowsOfParkedPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news, partners)
		start := time.Now()
		m.onCreate = func(onboard.Contact) error {
			if time.Since(start) < 30*time.Second {
				return onboard.ErrCreationQuota
			}
			return nil
		}
		var rows []onboard.Row
		for i, r := range people(3000) {
			again := row(3002+i, r.Contact.Email, "Partners")
			rows = append(rows, r, again)
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: time.Hour}}, rows...)
		if err != nil || len(outcomes) != 6000 {
			t.Fatalf("err = %v, %d outcomes", err, len(outcomes))
		}
		for _, o := range outcomes {
			if o.Verdict != onboard.Changed {
				t.Fatalf("line %d: %s", o.Row.Line, brief(o))
			}
		}
		if n := m.sent("create ") - 3000; n > 20 {
			t.Errorf("%d contacts were tried in vain", n)
		}
	})
}

// An input can have one row for each membership. However many of them are behind
// a row that is parked, rows about people who are there already go on.
func TestRowsBehindAParkedOneHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.hold(onboard.Recipient{ID: "c-9", Kind: onboard.KindContact, Address: "ben@fabrikam.example"})
		start := time.Now()
		m.onCreate = func(onboard.Contact) error {
			if time.Since(start) < 30*time.Second {
				return onboard.ErrCreationQuota
			}
			return nil
		}
		m.onAdd = func(_ onboard.Group, r onboard.Recipient) error {
			if waited := time.Since(start); r.ID == "c-9" && waited > 0 {
				t.Errorf("who was there already was added after %v", waited)
			}
			return nil
		}
		var rows []onboard.Row
		for i := range 3000 {
			rows = append(rows, row(2+i, "ana@fabrikam.example", "News"))
		}
		rows = append(rows, row(3002, "ben@fabrikam.example", "News"))
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Patience: onboard.Patience{Quota: time.Hour}}, rows...)
		if err != nil || len(outcomes) != 3001 || outcomes[3000].Verdict != onboard.Changed {
			t.Fatalf("err = %v, %d outcomes", err, len(outcomes))
		}
	})
}
