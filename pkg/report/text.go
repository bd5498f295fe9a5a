package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"enlist/pkg/onboard"
)

// What WriteText tells at most; the files have the rest.
const (
	problemsInText = 5
	groupsInText   = 10
)

// WriteText tells the run to a person who reads nothing else, perhaps in a
// log hours later: what was done, what went wrong and what to do about it,
// and where the report lies.
func (s Summary) WriteText(w io.Writer) error {
	var t text
	t.head(s)
	t.numbers(s)
	t.findings(s.GroupFindings)
	t.contacts(s.ContactFindings)
	t.problems(s.Problems)
	t.removals(s)
	t.whereabouts(s)
	_, err := t.WriteTo(w)
	return err
}

type text struct{ bytes.Buffer }

// line writes one line. Values may come from the input or the tenant, so
// nothing that a terminal would obey gets through.
func (t *text) line(format string, args ...any) {
	t.WriteString(strings.TrimRight(printable(fmt.Sprintf(format, args...)), " ") + "\n")
}

func (t *text) head(s Summary) {
	t.line("Run %s of %s on tenant %s, begun %s, took %s.",
		s.Run, s.Input.Name, s.Tenant, s.Started.UTC().Format("2006-01-02 15:04:05 UTC"), took(s.Ended.Sub(s.Started)))
	if s.Simulated {
		t.line("The tenant is simulated: nothing real was changed.")
	}
	if s.DryRun {
		t.line("Dry run: nothing was written. The numbers say what would happen.")
	}
	if s.StoppedBecause != "" {
		t.line("Stopped before the end. %s", s.StoppedBecause)
	}
	t.WriteByte('\n')
}

func (t *text) numbers(s Summary) {
	t.line("%s%s", rows(s.Input.Rows), listed(": ", s.Verdicts, onboard.Verdicts()))
	t.listed("Contacts: ", s.Steps.Contacts, contactActions())
	t.listed("Memberships: ", s.Steps.Members, memberActions())
	t.groups("Opened to mail from outside", s.OpenedGroups)
	t.groups("Open to listed senders and those inside", s.ListedGroups)
	t.groups("Closed to mail from outside, which bounces", s.ClosedGroups)
	if s.Requests > 0 {
		t.line("Requests to the tenant: %d (%d to Microsoft Graph), %d throttled", s.Requests, s.Graph, s.Throttled)
	}
	if waits := s.quotaWaits(); waits != "" {
		t.line("Waited for the tenant to take contacts again: %s", waits)
	}
}

func (t *text) listed(label string, counts map[string]int, names []onboard.Action) {
	if numbers := listed(label, counts, names); numbers != "" {
		t.line("%s", numbers)
	}
}

func (t *text) groups(label string, groups []string) {
	if len(groups) == 0 {
		return
	}
	more := ""
	if n := len(groups) - groupsInText; n > 0 {
		groups, more = groups[:groupsInText], fmt.Sprintf(" and %d more", n)
	}
	t.line("%s: %s%s", label, strings.Join(groups, ", "), more)
}

func (t *text) findings(findings []GroupFinding) {
	if len(findings) == 0 {
		return
	}
	t.WriteString("\nWorth knowing about the groups:\n")
	for i, f := range findings {
		if i == groupsInText {
			t.line("  %s in the report.", isMore(len(findings)-i, "finding is", "findings are"))
			break
		}
		t.line("  %s (%s)", f.Message, f.Code)
	}
}

func (t *text) contacts(findings []ProblemCount) {
	if len(findings) == 0 {
		return
	}
	t.WriteString("\nWorth knowing about the people:\n")
	for _, f := range findings {
		t.line("  %s: %s (%s)", f.Code, rows(f.Rows), lines(f))
		t.line("    %s%s", example(f), f.Message)
	}
}

func (t *text) problems(problems []ProblemCount) {
	if len(problems) == 0 {
		return
	}
	t.WriteString("\nProblems, most frequent first:\n")
	for i, p := range problems {
		if i == problemsInText {
			t.line("  %s in the report.", isMore(len(problems)-i, "kind of problem is", "kinds of problems are"))
			break
		}
		t.line("  %s: %s (%s)", p.Code, rows(p.Rows), lines(p))
		t.line("    %s%s", example(p), p.Message)
		if p.NextStep != "" {
			t.line("    Next step: %s", p.NextStep)
		}
	}
}

func (t *text) whereabouts(s Summary) {
	t.WriteByte('\n')
	t.line("Report: %s", s.Dir)
	if slices.Contains(s.Files, htmlName) {
		t.line("To look at: %s", filepath.Join(s.Dir, htmlName))
	}
	if s.RetryRows > 0 {
		t.line("Left to do: %s, copied from the input to %s", rows(s.RetryRows), filepath.Join(s.Dir, retryName))
	}
	t.line("Exit code: %d", s.ExitCode)
}

// listed tells the counts that aren't 0: "Contacts: 2 created, 1 found".
func listed[K ~string](label string, counts map[string]int, names []K) string {
	var told []string
	for _, name := range names {
		if n := counts[string(name)]; n > 0 {
			told = append(told, fmt.Sprintf("%d %s", n, name))
		}
	}
	if len(told) == 0 {
		return ""
	}
	return label + strings.Join(told, ", ")
}

// lines tells where the rows of a problem stand: "lines 4, 9, 12 and 2 more".
func lines(p ProblemCount) string {
	if p.Rows == 1 {
		return fmt.Sprintf("line %d", p.Lines[0])
	}
	told := strings.Trim(strings.ReplaceAll(fmt.Sprint(p.Lines), " ", ", "), "[]")
	if n := p.Rows - len(p.Lines); n > 0 {
		return fmt.Sprintf("lines %s and %d more", told, n)
	}
	return "lines " + told
}

// example says that the message is the first row's, when others differ.
func example(p ProblemCount) string {
	if p.varied {
		return "First of them: "
	}
	return ""
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func isMore(n int, one, many string) string {
	if n == 1 {
		return "1 more " + one
	}
	return fmt.Sprintf("%d more %s", n, many)
}

// took rounds to what a person wants to know.
func took(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\n' || r == '\t':
			return ' '
		case !unicode.IsGraphic(r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
