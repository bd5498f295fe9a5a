package report

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"enlist/pkg/onboard"
)

func TestGoldenText(t *testing.T) {
	for _, c := range []struct {
		name     string
		run      func(*Run)
		end      func(*End)
		outcomes []onboard.Outcome
	}{
		{name: "stopped.txt", outcomes: nightly()},
		{
			name:     "all-well.txt",
			run:      func(r *Run) { r.Simulated = false },
			end:      func(e *End) { *e = End{Ended: started.Add(432 * time.Millisecond), Traffic: Traffic{Requests: 1}} },
			outcomes: nightly()[1:2],
		},
		{
			name:     "dry-run.txt",
			run:      func(r *Run) { r.DryRun = true },
			end:      func(e *End) { e.StoppedBecause, e.ExitCode = "", 4 },
			outcomes: nightly()[:1],
		},
		{name: "many-problems.txt", outcomes: manyProblems()},
		{name: "empty.txt", end: func(e *End) { *e = End{Ended: started} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, c.name, []byte(textOf(t, c.run, c.end, c.outcomes)))
		})
	}
}

func TestTextNamesThePage(t *testing.T) {
	s := Summary{Dir: filepath.Join("partners.csv.report", "run"), Files: []string{"report.csv", "report.html"}}
	var b strings.Builder
	if err := s.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if want := "To look at: " + filepath.Join(s.Dir, "report.html") + "\n"; !strings.Contains(b.String(), want) {
		t.Errorf("the text lacks %q:\n%s", want, b.String())
	}
}

func textOf(t *testing.T, changeRun func(*Run), changeEnd func(*End), outcomes []onboard.Outcome) string {
	t.Helper()
	run, end := nightlyRun(), nightlyEnd()
	if changeRun != nil {
		changeRun(&run)
	}
	if changeEnd != nil {
		changeEnd(&end)
	}
	dir := t.TempDir()
	w, err := Create(dir, run, everything)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, o := range outcomes {
		if err := w.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Finish(end)
	if err != nil {
		t.Fatal(err)
	}
	s.Dir = "/srv/hr/partners.csv.report/run"
	var b strings.Builder
	if err := s.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func manyProblems() []onboard.Outcome {
	var outcomes []onboard.Outcome
	for kind := range 7 {
		for n := range kind + 1 {
			o := nightly()[0]
			o.Row.Line = 2 + 10*kind + n
			o.Verdict = onboard.Partial
			o.Groups = []onboard.GroupResult{{
				Address: fmt.Sprintf("group%02d@contoso.example", 10*kind+n), Member: onboard.MemberAdded, Senders: onboard.SendersOpened,
			}}
			o.Problem = &onboard.Problem{
				Code: onboard.Code(fmt.Sprintf("kind.%d", kind)), Message: fmt.Sprintf("Row %d.\x1b[31m\r\n", n), NextStep: "Mend it.",
			}
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}
