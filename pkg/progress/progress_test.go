package progress

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"enlist/pkg/onboard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// addSome is five rows: one created, one partial, one invalid, two deferred.
func addSome(d Display) {
	d.Add(onboard.Outcome{
		Verdict: onboard.Changed, Contact: onboard.ContactResult{Action: onboard.ContactCreated},
		Groups: []onboard.GroupResult{{Member: onboard.MemberAdded}, {Member: onboard.MemberAdded}},
	})
	for _, v := range []onboard.Verdict{onboard.Partial, onboard.Invalid, onboard.Deferred, onboard.Deferred} {
		d.Add(onboard.Outcome{Verdict: v})
	}
}

func TestPlainTellsEveryTenSeconds(t *testing.T) {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		d := newPlain(&out, Options{})
		time.Sleep(9 * time.Second)
		addSome(d)
		d.Note("The tenant asks to slow down.")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		d.Waiting("contacts wait until 14:05:10 UTC")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		d.Waiting("")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		d.Close()
	})
	want := "The tenant asks to slow down.\n" +
		"10s: 5 rows done; 1 created, 2 added, 2 failed, 2 deferred; 0.5 rows/s\n" +
		"20s: 5 rows done; 1 created, 2 added, 2 failed, 2 deferred; 0.2 rows/s\n" +
		"30s: 5 rows done; 1 created, 2 added, 2 failed, 2 deferred; 0.2 rows/s; contacts wait until 14:05:10 UTC\n" +
		"40s: 5 rows done; 1 created, 2 added, 2 failed, 2 deferred; 0.1 rows/s\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestNoneShowsNotesOnly(t *testing.T) {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		d := New(&out, None, Options{})
		addSome(d)
		time.Sleep(time.Minute)
		d.Note("Simulated tenant.")
		d.Close()
	})
	if got, want := out.String(), "Simulated tenant.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLiveKeepsItsLinesAndWipesThem(t *testing.T) {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		d := newLive(&out, Options{Rows: 50, Tenant: func() Tenant { return Tenant{Rate: 27.6, Throttled: 3} }})
		addSome(d)
		time.Sleep(10 * time.Second)
		d.Note("The tenant asks to slow down.")
		time.Sleep(time.Second)
		d.Close()
	})
	got := out.String()
	for _, want := range []string{"[##------------------] 10 %  5 of 50 rows done, about 20s left (2s so far)", "1 created, 2 added, 2 failed, 2 deferred; 2.5 rows/s", "the tenant allows 28 requests/s, 3 throttled", "The tenant asks to slow down.\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%q", want, got)
		}
	}
	if frames := strings.Count(got, "rows done"); frames > 30 {
		t.Errorf("%d frames in 11 seconds: not calm", frames)
	}
	if !strings.HasSuffix(got, "\x1b[J") {
		t.Errorf("the lines are not wiped at the end of\n%q", got)
	}
}

func TestAutoIsPlainWithoutATerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	d := New(w, Auto, Options{})
	defer d.Close()
	if _, ok := d.(*plain); !ok {
		t.Errorf("a pipe gets %T, want the plain display", d)
	}
}

func TestTimeLeftAndPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pause := 12400 * time.Millisecond
		s := newState(Options{Rows: 10_005, Tenant: func() Tenant { return Tenant{Rate: 10, Throttled: 1, Pause: pause} }})
		if got, want := s.String(), "0s: 0 of 10005 rows done; 0 created, 0 added, 0 failed; 0.0 rows/s; the tenant asked to wait 12s, 1 throttled"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		for range 5 {
			s.tally.Add(onboard.Outcome{Verdict: onboard.Unchanged})
		}
		time.Sleep(time.Second)
		pause = 0
		if got, want := s.String(), "1s: 5 of 10005 rows done, about 33m left; 0 created, 0 added, 0 failed; 5.0 rows/s; the tenant allows 10 requests/s, 1 throttled"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}
