package report

import (
	"encoding/json"

	"enlist/pkg/onboard"
)

const jsonlName = "report.jsonl"

// record is one line of report.jsonl: the columns of report.csv under the
// same names, as they are (nothing is neutralised), and each step in full.
type record struct {
	Line           int             `json:"line"`
	Email          string          `json:"email"`
	DisplayName    string          `json:"display_name"`
	Verdict        onboard.Verdict `json:"verdict"`
	Contact        string          `json:"contact"`
	ContactID      string          `json:"contact_id"`
	GroupsAdded    []string        `json:"groups_added"`
	GroupsExisting []string        `json:"groups_existing"`
	GroupsFailed   []string        `json:"groups_failed"`
	Senders        []string        `json:"senders"`
	ErrorCode      string          `json:"error_code"`
	Message        string          `json:"message"`
	NextStep       string          `json:"next_step"`
	Attempts       int             `json:"attempts"`
	DurationMS     int64           `json:"duration_ms"`
	Steps          []step          `json:"steps"`
}

// step is one of the row's steps in the order in which they are done: the
// contact, then for each group the membership and the sender restriction.
type step struct {
	Step    string         `json:"step"` // contact, member or senders
	Action  onboard.Action `json:"action"`
	ID      string         `json:"id,omitempty"`      // of the contact
	Group   string         `json:"group,omitempty"`   // as the input names it
	Address string         `json:"address,omitempty"` // of the group
	Problem *problem       `json:"problem,omitempty"`

	NewlyListed bool      `json:"newly_listed,omitempty"` // on the list of those that the group takes mail from
	Changes     []change  `json:"changes,omitempty"`
	Findings    []problem `json:"findings,omitempty"` // about the contact or group, left as it is
}

// change is an attribute or setting that was changed.
type change struct {
	What string `json:"what"` // Exchange's name of it
	From string `json:"from"`
	To   string `json:"to"`
}

// problem is an onboard.Problem without the error beneath, which the message
// has put into words.
type problem struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	NextStep string `json:"next_step"`
}

func newRecord(o onboard.Outcome) record {
	p := problemOf(o.Problem)
	return record{
		Line:           o.Row.Line,
		Email:          o.Row.Contact.Email,
		DisplayName:    o.Row.Contact.DisplayName,
		Verdict:        o.Verdict,
		Contact:        contactColumn(o.Contact.Action),
		ContactID:      o.Contact.ID,
		GroupsAdded:    groupsWith(o, onboard.MemberAdded),
		GroupsExisting: groupsWith(o, onboard.MemberExisting),
		GroupsFailed:   groupsWith(o, onboard.StepFailed),
		Senders:        sendersOf(o),
		ErrorCode:      p.Code,
		Message:        messageOf(o),
		NextStep:       p.NextStep,
		Attempts:       o.Attempts,
		DurationMS:     o.Duration.Milliseconds(),
		Steps:          stepsOf(o),
	}
}

func stepsOf(o onboard.Outcome) []step {
	steps := []step{}
	if o.Contact.Action != "" {
		steps = append(steps, step{
			Step: "contact", Action: o.Contact.Action, ID: o.Contact.ID,
			Problem: problemOrNil(o.Contact.Problem), Changes: changesOf(o.Contact.Changes), Findings: findingsOf(o.Contact.Findings),
		})
	}
	for _, g := range o.Groups {
		steps = append(steps, groupSteps(g)...)
	}
	return steps
}

// groupSteps tells the group's problem with the last step that was reached,
// as it is what kept the group from going on.
func groupSteps(g onboard.GroupResult) []step {
	var steps []step
	if g.Member != "" || g.Problem != nil {
		steps = append(steps, step{Step: "member", Action: g.Member, Group: g.Name, Address: g.Address})
	}
	if g.Senders != "" {
		steps = append(steps, step{Step: "senders", Action: g.Senders, Group: g.Name, Address: g.Address})
	}
	if len(steps) > 0 {
		last := &steps[len(steps)-1]
		last.Problem = problemOrNil(g.Problem)
		last.NewlyListed, last.Changes = g.NewlyListed, changesOf(g.Changes)
		last.Findings = findingsOf(g.Findings)
	}
	return steps
}

func changesOf(list []onboard.Change) []change {
	var changes []change
	for _, c := range list {
		changes = append(changes, change{What: c.What, From: c.From, To: c.To})
	}
	return changes
}

func findingsOf(list []*onboard.Problem) []problem {
	var findings []problem
	for _, f := range list {
		findings = append(findings, problemOf(f))
	}
	return findings
}

func problemOf(p *onboard.Problem) problem {
	if p == nil {
		return problem{}
	}
	return problem{Code: string(p.Code), Message: p.Message, NextStep: p.NextStep}
}

func problemOrNil(p *onboard.Problem) *problem {
	if p == nil {
		return nil
	}
	told := problemOf(p)
	return &told
}

// jsonlFile writes report.jsonl.
type jsonlFile struct {
	*partialFile
	encoder *json.Encoder
}

func createJSONL(dir string) (*jsonlFile, error) {
	p, err := createPartial(dir, jsonlName)
	if err != nil {
		return nil, err
	}
	j := &jsonlFile{partialFile: p, encoder: json.NewEncoder(&p.buf)}
	j.encoder.SetEscapeHTML(false)
	return j, nil
}

func (j *jsonlFile) add(o onboard.Outcome) error {
	if err := j.encoder.Encode(newRecord(o)); err != nil {
		return err
	}
	return j.endLine()
}
