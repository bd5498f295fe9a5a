package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPaceKeepsCountsHoweverLongTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPace(started)
		now, rows, requests, throttled := started, 0, 0, 0
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(5*time.Hour)).Draw(t, "later")))
			p.at(now).rows++
			rows++
			requests += rapid.IntRange(0, 9).Draw(t, "requests")
			throttled += rapid.IntRange(0, 3).Draw(t, "throttled")
			p.traffic(now, requests, throttled)
		}
		var got slice
		for _, s := range p.slices {
			got.rows += s.rows
			got.requests += s.requests
			got.throttled += s.throttled
		}
		if want := (slice{rows, requests, throttled}); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		if n := len(p.slices); n > slicesAtMost || now.Sub(p.began) >= p.width*time.Duration(n) {
			t.Errorf("%d slices of %v for %v", n, p.width, now.Sub(p.began))
		}
	})
}

func TestSlicesWiden(t *testing.T) {
	p := newPace(started)
	for i := range slicesAtMost {
		p.at(started.Add(time.Duration(i) * time.Second)).rows = i
	}
	p.at(started.Add(slicesAtMost * time.Second)).rows = 1000
	if p.width != 2*time.Second || len(p.slices) != slicesAtMost/2+1 {
		t.Fatalf("%d slices of %v, want %d of 2s", len(p.slices), p.width, slicesAtMost/2+1)
	}
	want := []slice{{rows: 0 + 1}, {rows: 2 + 3}, {rows: 4 + 5}}
	if diff := cmp.Diff(want, p.slices[:3], cmp.AllowUnexported(slice{})); diff != "" {
		t.Errorf("first slices (-want +got):\n%s", diff)
	}
	if got := p.slices[slicesAtMost/2].rows; got != 1000 {
		t.Errorf("last slice has %d rows, want 1000", got)
	}
}

func TestTrafficCountsHalfwaySinceItWasAskedFor(t *testing.T) {
	p := newPace(started)
	p.traffic(started.Add(time.Second), 10, 0)
	p.traffic(started.Add(4*time.Second), 16, 2)
	want := []slice{{requests: 10}, {}, {requests: 6, throttled: 2}}
	if diff := cmp.Diff(want, p.slices, cmp.AllowUnexported(slice{})); diff != "" {
		t.Errorf("slices (-want +got):\n%s", diff)
	}
}

func TestChart(t *testing.T) {
	p := newPace(started)
	for i, s := range []slice{{rows: 4, requests: 12, throttled: 3}, {}, {rows: 2, requests: 3}} {
		*p.at(started.Add(time.Duration(i) * time.Second)) = s
		p.requests += s.requests
		p.throttled += s.throttled
	}
	want := []chart{
		{
			Title: "Rows per second",
			Note:  "2 on average, at most 4. A row counts when it and all rows before it are done, and not at all if it was never begun.",
			Top:   "4", Slices: 3, Half: "1.5s", Whole: "3s",
			Bars: "M0.1 100V0h.8V100zM2.1 100V50h.8V100z",
		},
		{
			Title: "Requests per second",
			Note:  "5 on average, at most 12. The tenant asked to slow down 3 times.",
			Top:   "15", Slices: 3, Half: "1.5s", Whole: "3s",
			Bars:     "M0.1 100V40h.8V100zM2.1 100V80h.8V100z",
			Marked:   "M0.1 40V20h.8V40z",
			Unmarked: "answered", Marks: "asked to slow down",
		},
	}
	if diff := cmp.Diff(want, charts(p)); diff != "" {
		t.Errorf("charts (-want +got):\n%s", diff)
	}
}
