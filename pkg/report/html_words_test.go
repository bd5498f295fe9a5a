package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/onboard"
)

func TestHeadlineAndDeeds(t *testing.T) {
	outcomes := nightly()
	for _, c := range []struct {
		outcomes []onboard.Outcome
		dryRun   bool
		stopped  string
		headline string
		deeds    string
	}{
		{outcomes, false, "", "5 of 7 rows need attention", "created 1 contact, added 2 memberships and opened 1 group to mail from outside"},
		{outcomes, false, "The time was up.", "Stopped early: 5 of 7 rows are left to do", "created 1 contact, added 2 memberships and opened 1 group to mail from outside"},
		{outcomes[1:2], false, "Too many removals.", "All rows are as wanted, but the run stopped before its end", "changed nothing"},
		{outcomes[3:4], false, "", "1 of 1 row needs attention", "changed nothing"},
		{outcomes[1:2], false, "", "The one row is as wanted", "changed nothing"},
		{outcomes[:2], false, "", "All 2 rows are as wanted", "created 1 contact, added 1 membership and opened 1 group to mail from outside"},
		{outcomes[:2], true, "", "1 of 2 rows is to be changed", "would have created 1 contact, added 1 membership and opened 1 group to mail from outside"},
		{outcomes[1:2], true, "", "The one row is as wanted", "would have changed nothing"},
		{nil, false, "", "The input has no rows", "changed nothing"},
	} {
		run := nightlyRun()
		run.DryRun = c.dryRun
		count := newCounter(run)
		for _, o := range c.outcomes {
			count.add(o)
		}
		s := count.finish(End{StoppedBecause: c.stopped})
		if diff := cmp.Diff([]string{c.headline, c.deeds}, []string{headline(s), deeds(s)}); diff != "" {
			t.Errorf("%d rows, dry run %v, stopped %q (-want +got):\n%s", len(c.outcomes), c.dryRun, c.stopped, diff)
		}
	}
}

func TestSharesShowTheLeastAndFillTheBar(t *testing.T) {
	s := Summary{Input: SummaryInput{Rows: 100_000}, Verdicts: map[string]int{"changed": 99_999, "failed": 1}}
	end := 0.0
	for _, share := range shares(s) {
		if (share.Rows > 0) != (share.Width > 0.5) {
			t.Errorf("%s has %d rows and a width of %g", share.Verdict, share.Rows, share.Width)
		}
		if share.Verdict == onboard.Failed && share.Percent != "<1%" {
			t.Errorf("one row of 100,000 is told as %s", share.Percent)
		}
		end = share.X + share.Width
	}
	if math.Abs(end-100) > 0.1 {
		t.Errorf("the bar ends at %g, want 100", end)
	}
}

func TestEveryVerdictHasAMeaning(t *testing.T) {
	for _, v := range onboard.Verdicts() {
		if meaning(v) == "" {
			t.Errorf("the page doesn't say what %s means", v)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is told as %s, want %s", n, got, want)
		}
	}
}

// The browser runs the script and applies the style only if their hashes are
// those of the policy.
func TestPolicyNamesStyleAndScriptAsTheyStandInThePage(t *testing.T) {
	page := pageOf(t, nightlyRun(), nightlyEnd(), nightly())
	for _, c := range []struct{ directive, begin, end string }{
		{"style-src", "<style>", "</style>"},
		{"script-src", `<script type="module">`, "</script>"},
	} {
		_, source, _ := strings.Cut(page, c.begin)
		source, _, _ = strings.Cut(source, c.end)
		if want := c.directive + " &#39;" + strings.ReplaceAll(hash(source), "+", "&#43;") + "&#39;;"; !strings.Contains(page, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
}

func TestWaitsAreTold(t *testing.T) {
	s := newCounter(Run{}).finish(End{QuotaWaits: 3, QuotaWaited: 7*time.Minute + 400*time.Millisecond, TriedTooSoon: 1200})
	var told []string
	for _, n := range numbers(s) {
		told = append(told, n.Label+": "+n.Value)
	}
	want := []string{
		"Waits for the tenant to take contacts again: 3 times, 7m0s in all",
		"Repeated since something was not visible yet: 1,200 commands",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("report.html (-want +got):\n%s", diff)
	}
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if line := "\nWaited for the tenant to take contacts again: 3 times, 7m0s in all\n"; !strings.Contains(text.String(), line) {
		t.Errorf("the text lacks %q:\n%s", line, text.String())
	}
}
