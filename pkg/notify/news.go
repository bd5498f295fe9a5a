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

	Run       string         `json:"run"` // empty if it did not begin
	Tenant    string         `json:"tenant"`
	Simulated bool           `json:"simulated"`
	Input     string         `json:"input"`
	Rows      int            `json:"rows"`
	Verdicts  map[string]int `json:"verdicts"` // rows of each verdict
	Report    string         `json:"report"`   // its folder, on the machine of the run
	Started   time.Time      `json:"started"`
	Ended     time.Time      `json:"ended"`
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
	case n.Run == "":
		return "enlist could not run"
	case n.Good():
		return fmt.Sprintf("enlist: all %d rows are as wanted", n.Rows)
	case n.Problem != "" && left == 0:
		return fmt.Sprintf("enlist stopped early, after %d rows", n.Rows)
	case n.Problem != "":
		return fmt.Sprintf("enlist stopped early: %d of %d rows are not as wanted", left, n.Rows)
	}
	return fmt.Sprintf("enlist: %d of %d rows are not as wanted", left, n.Rows)
}

// fact is a line of the news.
type fact struct{ name, value string }

// facts are what is known, in the order in which people want to know it.
func (n News) facts() []fact {
	tenant := n.Tenant
	if n.Simulated {
		tenant += " (simulated)"
	}
	took := ""
	if n.Run != "" {
		took = n.Ended.Sub(n.Started).Round(time.Second).String()
	}
	var known []fact
	for _, f := range []fact{
		{"Problem", n.Problem},
		{"Input", n.Input},
		{"Rows", n.counts()},
		{"Tenant", tenant},
		{"Run", n.Run},
		{"Took", took},
		{"Report", n.Report},
		{"Exit code", strconv.Itoa(n.ExitCode)},
	} {
		if f.value != "" {
			known = append(known, f)
		}
	}
	return known
}

// counts tells the verdicts that some row has, in the order of the exit that
// they lead to.
func (n News) counts() string {
	if n.Run == "" {
		return ""
	}
	text := strconv.Itoa(n.Rows)
	var parts []string
	for _, verdict := range []string{"failed", "partial", "invalid", "deferred", changed, unchanged} {
		if rows := n.Verdicts[verdict]; rows > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", rows, verdict))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
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
