package report

import (
	"maps"
	"time"

	"enlist/pkg/onboard"
)

// Run is what is known about a run before its first row.
type Run struct {
	ID        string
	Tenant    string // as the user named it: a tenant id or a domain
	Simulated bool   // the tenant is the simulated one
	DryRun    bool   // nothing is written; outcomes tell what would happen
	Input     Input
	Started   time.Time
	// Policies are what the run may do about which group.
	Policies onboard.Policies
}

// Input names the file that the rows come from.
type Input struct {
	Name   string
	SHA256 string // hexadecimal
}

// Traffic counts what was asked of the tenant.
type Traffic struct {
	Requests int            `json:"requests"` // over HTTP
	Commands map[string]int `json:"commands"` // of Exchange, by name
	Graph    int            `json:"graph"`    // requests that went to Microsoft Graph
	// Throttled are the requests that the tenant answered by asking to slow down.
	Throttled int `json:"throttled"`
}

// told is the traffic as a summary has it, with its own commands, be there none.
func (t Traffic) told() Traffic {
	commands := map[string]int{}
	maps.Copy(commands, t.Commands)
	t.Commands = commands
	return t
}

// End is what is known about a run after its last row.
type End struct {
	Ended time.Time
	Traffic
	// QuotaWaits counts how often creations waited for a next try because the
	// tenant took no further contacts, and QuotaWaited is how long in all.
	QuotaWaits  int
	QuotaWaited time.Duration
	// TriedTooSoon counts the commands that failed because something was not
	// visible yet, and were repeated.
	TriedTooSoon int
	// StoppedBecause says in a whole sentence why the run ended before its
	// last row; empty when it didn't.
	StoppedBecause string
	ExitCode       int
}

// The formats of Options.Formats.
const (
	FormatCSV   = "csv"
	FormatJSONL = "jsonl"
	FormatHTML  = "html"
)

// Options say which files a report has.
type Options struct {
	// Formats are those of the rows' report. retry.csv and summary.json are
	// always written.
	Formats []string
	Retry   Retry
	// Traffic tells how many requests were sent to the tenant so far, and how
	// many of them it answered by asking to slow down. It is called about once
	// a second, from any goroutine, for the charts of report.html, and must not
	// wait. May be nil.
	Traffic func() (requests, throttled int)
}

// Retry tells how the input is written, so that the retry file is too.
type Retry struct {
	// Header is the input's text up to and including its header, with the
	// line end behind it; empty for an input without a header.
	Header string
	// LineEnd stands behind each row. Empty means the one that ends the
	// header, or a line feed if there is none.
	LineEnd string
	// Encode turns text into bytes of the input's encoding. A byte order mark
	// that it puts in front is kept at the start of the file only. Nil leaves
	// the text in UTF-8.
	Encode func(string) []byte
}
