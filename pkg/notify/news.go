package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// News are how a run ended. As JSON, with "title" and "ok" besides, they are
// the body of a webhook of FormJSON.
type News struct {
	ExitCode int `json:"exit_code"`
	// Problem says why the run did not begin, or ended before its last row.
	Problem string `json:"problem"`

	Run       string         `json:"run"` // empty if it did not begin, and for several files
	Tenant    string         `json:"tenant"`
	Simulated bool           `json:"simulated"`
	Input     string         `json:"input"`
	Rows      int            `json:"rows"`
	Verdicts  map[string]int `json:"verdicts"` // rows of each verdict
	Report    string         `json:"report"`   // its folder, on the machine of the run; empty for several files
	Started   time.Time      `json:"started"`
	Ended     time.Time      `json:"ended"`

	// Files are the runs over several files, of which the rest tells the sums;
	// none for a run over one.
	Files []File `json:"files,omitempty"`
}

// File is how the run over one of several files ended.
type File struct {
	Input    string         `json:"input"`
	Run      string         `json:"run"` // empty if it did not begin
	Rows     int            `json:"rows"`
	Verdicts map[string]int `json:"verdicts"`
	Report   string         `json:"report"`
	ExitCode int            `json:"exit_code"`
	Problem  string         `json:"problem"`
}

// The verdicts of rows that are as wanted.
const (
	changed   = "changed"
	unchanged = "unchanged"
)

// Good reports whether every row is as wanted.
func (n News) Good() bool { return n.ExitCode == 0 }

// Title says it in one line.
func (n News) Title() string {
	left := n.Rows - n.Verdicts[changed] - n.Verdicts[unchanged]
	switch {
	case !n.begun():
		return "enlist could not run to its end"
	case n.Good():
		return fmt.Sprintf("enlist: all %d rows are as wanted", n.Rows)
	case n.Problem != "" && left == 0:
		return fmt.Sprintf("enlist stopped early, after %d rows", n.Rows)
	case n.Problem != "":
		return fmt.Sprintf("enlist stopped early: %d of %d rows are not as wanted", left, n.Rows)
	}
	return fmt.Sprintf("enlist: %d of %d rows are not as wanted", left, n.Rows)
}

// begun reports whether any run began.
func (n News) begun() bool { return n.Run != "" || len(n.Files) > 0 }

// fact is a line of the news.
type fact struct{ name, value string }

// facts are what is known, in the order in which people want to know it.
func (n News) facts() []fact {
	tenant := n.Tenant
	if n.Simulated {
		tenant += " (simulated)"
	}
	took := ""
	if n.begun() {
		took = n.Ended.Sub(n.Started).Round(time.Second).String()
	}
	var known []fact
	facts := []fact{
		{"Problem", n.Problem},
		{"Input", n.Input},
		{"Rows", n.counts()},
		{"Tenant", tenant},
		{"Run", n.Run},
		{"Took", took},
		{"Report", n.Report},
		{"Exit code", strconv.Itoa(n.ExitCode)},
	}
	for _, f := range n.Files {
		facts = append(facts, fact{f.Input, f.line()})
	}
	for _, f := range facts {
		if f.value != "" {
			known = append(known, f)
		}
	}
	return known
}

// counts tells the verdicts that some row has, in the order of the exit that
// they lead to.
func (n News) counts() string {
	if !n.begun() {
		return ""
	}
	return counted(n.Rows, n.Verdicts)
}

func counted(rows int, verdicts map[string]int) string {
	text := strconv.Itoa(rows)
	var parts []string
	for _, verdict := range []string{"failed", "partial", "invalid", "deferred", changed, unchanged} {
		if rows := verdicts[verdict]; rows > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", rows, verdict))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// line is how the run over the file ended.
func (f File) line() string {
	if f.Run == "" {
		return f.Problem
	}
	text := counted(f.Rows, f.Verdicts)
	if f.Problem != "" {
		text += ". " + f.Problem
	}
	return fmt.Sprintf("%s (run %s, exit code %d, report %s)", text, f.Run, f.ExitCode, f.Report)
}

// text is the news as plain text.
func (n News) text() string {
	var b strings.Builder
	b.WriteString(n.Title() + "\n\n")
	for _, f := range n.facts() {
		fmt.Fprintf(&b, "%-10s %s\n", f.name, f.value)
	}
	return b.String()
}
