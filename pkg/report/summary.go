package report

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"enlist/pkg/onboard"
)

const summaryName = "summary.json"

// Summary is a run in numbers, and the content of summary.json.
type Summary struct {
	Run       string         `json:"run"`
	Tenant    string         `json:"tenant"`
	Simulated bool           `json:"simulated"`
	DryRun    bool           `json:"dry_run"`
	Input     SummaryInput   `json:"input"`
	Verdicts  map[string]int `json:"verdicts"` // rows; every verdict has an entry
	Steps     Steps          `json:"steps"`
	// OpenedGroups are the groups whose sender restriction this run lifted,
	// ClosedGroups those that go on refusing mail from outside. Sorted.
	OpenedGroups []string `json:"opened_groups"`
	ClosedGroups []string `json:"closed_groups"`
	// ListedGroups take mail from those of the rows and those inside only.
	ListedGroups []string `json:"listed_groups"`
	// GroupChanges are the settings of groups that this run changed, and
	// GroupFindings what else about the groups of the rows can make mail
	// bounce or vanish. By group.
	GroupChanges  []GroupChange  `json:"group_changes"`
	GroupFindings []GroupFinding `json:"group_findings"`
	// GroupPolicies are what the run could do about the groups of the rows. By
	// group.
	GroupPolicies []GroupPolicy `json:"group_policies"`
	// ContactFindings are what of the contacts' own settings keeps mail from them.
	// Most rows first.
	ContactFindings []ProblemCount `json:"contact_findings"`

	// Removals counts what became of those who are no longer in the input: of
	// memberships, entries in lists of senders and contacts. Every result has an entry.
	Removals map[string]int `json:"removals"`

	Problems  []ProblemCount `json:"problems"` // most rows first
	RetryRows int            `json:"retry_rows"`

	Traffic
	// QuotaWaits counts how often creations waited for a next try because the
	// tenant took no further contacts, QuotaWaitSeconds how long in all.
	QuotaWaits       int     `json:"quota_waits"`
	QuotaWaitSeconds float64 `json:"quota_wait_seconds"`
	// TriedTooSoon counts the commands that failed because something was not
	// visible yet, and were repeated.
	TriedTooSoon int `json:"tried_too_soon"`

	Started        time.Time `json:"started"`
	Ended          time.Time `json:"ended"`
	StoppedBecause string    `json:"stopped_because"`
	ExitCode       int       `json:"exit_code"`

	// Files are the names of the report's other files, in the folder Dir.
	Files []string `json:"files"`
	Dir   string   `json:"-"`

	shownRemovals []Reversal // the first ones
	allRemovals   int
}

// addRemovals tells of the removals.
func (s *Summary) addRemovals(r *removals) {
	s.Removals = counts(r.results, reversalResults())
	s.shownRemovals, s.allRemovals = r.shown, r.all()
}

// SummaryInput is the input with its number of rows.
type SummaryInput struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Rows   int    `json:"rows"`
}

// Steps counts what the steps found and did. Every action has an entry.
type Steps struct {
	Contacts map[string]int `json:"contacts"` // rows
	Members  map[string]int `json:"members"`  // groups of rows
	Senders  map[string]int `json:"senders"`  // groups of rows
}

// ProblemCount is a kind of problem with the rows whose first one it was.
type ProblemCount struct {
	Code string `json:"code"`
	Rows int    `json:"rows"`
	// Lines are the input's lines of the first of these rows, Message and
	// NextStep those of the very first.
	Lines    []int  `json:"lines"`
	Message  string `json:"message"`
	NextStep string `json:"next_step"`
	varied   bool   // not all of the rows have this message
}

// linesPerProblem bounds ProblemCount.Lines.
const linesPerProblem = 5

// counter makes the summary while the rows go by. What it keeps grows with
// the number of groups and of kinds of problems, not of rows.
type counter struct {
	summary  Summary
	tally    *onboard.Tally
	problems problemBook
	contacts problemBook               // what was found about contacts
	senders  map[string]onboard.Action // by group address, opened before closed
	groups   groupBook
	policies onboard.Policies
	known    map[string]bool // addresses of the rows' groups
}

func newCounter(run Run) *counter {
	return &counter{
		summary: Summary{
			Run: run.ID, Tenant: run.Tenant, Simulated: run.Simulated, DryRun: run.DryRun,
			Input:   SummaryInput{Name: run.Input.Name, SHA256: run.Input.SHA256},
			Started: run.Started,
			Files:   []string{},
		},
		tally:    onboard.NewTally(),
		problems: problemBook{},
		contacts: problemBook{},
		senders:  map[string]onboard.Action{},
		groups:   groupBook{findings: map[string]*GroupFinding{}},
		policies: run.Policies,
		known:    map[string]bool{},
	}
}

func (c *counter) add(o onboard.Outcome) {
	c.tally.Add(o)
	for _, g := range o.Groups {
		switch g.Senders {
		case onboard.SendersOpened, onboard.SendersListed:
			c.senders[g.Label()] = g.Senders
		case onboard.SendersClosed:
			if c.senders[g.Label()] == "" {
				c.senders[g.Label()] = g.Senders
			}
		}
		if g.Address != "" {
			c.known[g.Address] = true
		}
		c.groups.add(g)
	}
	for _, f := range o.Contact.Findings {
		c.contacts.add(f, o.Row.Line)
	}
	if o.Problem != nil {
		c.problems.add(o.Problem, o.Row.Line)
	}
}

func (c *counter) finish(end End) Summary {
	s := c.summary
	s.Input.Rows = c.tally.Rows
	s.Verdicts = counts(c.tally.Verdicts, onboard.Verdicts())
	s.Steps = Steps{
		Contacts: counts(c.tally.Contacts, contactActions()),
		Members:  counts(c.tally.Members, memberActions()),
		Senders:  counts(c.tally.Senders, senderActions()),
	}
	s.OpenedGroups = c.groupsThat(onboard.SendersOpened)
	s.ClosedGroups = c.groupsThat(onboard.SendersClosed)
	s.ListedGroups = c.groupsThat(onboard.SendersListed)
	s.GroupChanges, s.GroupFindings = c.groups.listed()
	s.GroupPolicies = policiesOf(c.policies, c.known)
	s.ContactFindings = c.contacts.worstFirst()
	s.Problems = c.problems.worstFirst()

	s.Traffic = end.Traffic.told()
	s.QuotaWaits, s.QuotaWaitSeconds = end.QuotaWaits, end.QuotaWaited.Round(time.Millisecond).Seconds()
	s.TriedTooSoon = end.TriedTooSoon
	s.Ended = end.Ended
	s.StoppedBecause = end.StoppedBecause
	s.ExitCode = end.ExitCode
	return s
}

// quotaWaits tells in words how long creations waited; nothing if they did not.
func (s Summary) quotaWaits() string {
	if s.QuotaWaits == 0 {
		return ""
	}
	times := "once"
	if s.QuotaWaits > 1 {
		times = fmt.Sprintf("%d times", s.QuotaWaits)
	}
	return fmt.Sprintf("%s, %s in all", times, took(time.Duration(s.QuotaWaitSeconds*float64(time.Second))))
}

// saveJSON writes a summary.
func saveJSON(path string, summary any) error {
	p, err := createPartial(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(&p.buf)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(summary); err != nil {
		p.abandon()
		return err
	}
	return p.commit()
}
