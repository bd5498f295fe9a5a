package report

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/onboard"
)

var pages = flag.String("pages", "", "folder to write pages into for the browser test")

// webPage makes a report's page of the outcomes. The run takes as long as its
// rows and sends two requests for each, of which one in ten is throttled in the
// second half.
func webPage(t *testing.T, dir string, run Run, end End, outcomes []onboard.Outcome) string {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began, added := time.Now(), atomic.Int64{}
		w, err := Create(dir, run, Options{
			Formats: []string{FormatHTML},
			Traffic: func() (requests, throttled int) {
				n := int(added.Load())
				return 2 * n, max(0, n-len(outcomes)/2) / 5
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		for _, o := range outcomes {
			if err := w.Add(o); err != nil {
				t.Fatal(err)
			}
			added.Add(1)
			time.Sleep(o.Duration)
		}
		end.Ended = run.Started.Add(time.Since(began))
		if _, err := w.Finish(end); err != nil {
			t.Fatal(err)
		}
	})
	return read(t, dir, htmlName)
}

// withoutAssets leaves out the style and the script, which have files of
// their own, and their hashes.
func withoutAssets(page string) string {
	for _, part := range []string{`(?s)(<style>).*(</style>)`, `(?s)(<script type="module">).*(</script>)`} {
		page = regexp.MustCompile(part).ReplaceAllString(page, "$1…$2")
	}
	return regexp.MustCompile(`sha256-([^&]|&#43;)*`).ReplaceAllString(page, "sha256-…")
}

func TestGoldenPage(t *testing.T) {
	outcomes := nightly()
	for i := range outcomes {
		outcomes[i].Duration += time.Duration(i) * time.Second
	}
	golden(t, "report.html", []byte(withoutAssets(webPage(t, t.TempDir(), nightlyRun(), nightlyEnd(), outcomes))))
}

func TestPageOfAnEmptyInput(t *testing.T) {
	run := nightlyRun()
	run.DryRun, run.Simulated = true, false
	golden(t, "report-empty.html", []byte(withoutAssets(webPage(t, t.TempDir(), run, End{}, nil))))
}

// TestPages writes what the test in .ci/browser looks at.
func TestPages(t *testing.T) {
	if *pages == "" {
		t.Skip("no folder given with -pages")
	}
	for _, name := range []string{"small", "huge"} {
		dir := filepath.Join(*pages, name)
		n := map[string]int{"small": 700, "huge": 100_000}[name]
		page := webPage(t, dir, nightlyRun(), nightlyEnd(), partners(n))
		if err := os.WriteFile(filepath.Join(dir, retryName), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s has %d bytes", name, len(page))
	}
}

// partners gives n outcomes like those of a real night, of every kind.
func partners(n int) []onboard.Outcome {
	chance := rand.New(rand.NewPCG(1, 2))
	firsts := strings.Fields("Ana Zoë Li Jürgen María Олена 太郎 فاطمة Siobhán Priya Noah Chloé")
	lasts := strings.Fields("Pop Müller Nguyễn García Коваль 山田 Haddad O'Neill Nair Smith Dubois")
	outcomes := make([]onboard.Outcome, n)
	for i := range outcomes {
		o := nightly()[[]int{0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5}[chance.IntN(13)]]
		if i < 7 {
			o = nightly()[i]
		}
		first, last := firsts[chance.IntN(len(firsts))], lasts[chance.IntN(len(lasts))]
		o.Row.Line = i + 2
		o.Row.Contact.DisplayName = first + " " + last
		o.Row.Contact.Email = fmt.Sprintf("partner%05d@company%03d.example", i+1, chance.IntN(400))
		for k := range o.Groups {
			if o.Groups[k].Address != "" {
				o.Groups[k].Address = fmt.Sprintf("group-%03d@contoso.example", chance.IntN(120))
			}
		}
		o.Duration = time.Duration(chance.IntN(600)) * time.Millisecond
		outcomes[i] = o
	}
	hostile := &outcomes[min(n, 100)-1]
	hostile.Row.Contact.DisplayName = `</script><img src=x onerror="document.title='owned'">`
	return outcomes
}
