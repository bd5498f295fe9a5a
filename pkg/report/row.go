package report

import (
	"strings"

	"enlist/pkg/onboard"
)

// csvRow is one line of report.csv. The tags are the columns that users'
// scripts rely on.
type csvRow struct {
	Line           int    `csv:"line"`
	Email          string `csv:"email"`
	DisplayName    string `csv:"display_name"`
	Verdict        string `csv:"verdict"`
	Contact        string `csv:"contact"`
	ContactID      string `csv:"contact_id"`
	GroupsAdded    string `csv:"groups_added"`
	GroupsExisting string `csv:"groups_existing"`
	GroupsFailed   string `csv:"groups_failed"`
	Senders        string `csv:"senders"`
	ErrorCode      string `csv:"error_code"`
	Message        string `csv:"message"`
	NextStep       string `csv:"next_step"`
	Attempts       int    `csv:"attempts"`
	DurationMS     int64  `csv:"duration_ms"`
}

func newCSVRow(o onboard.Outcome) csvRow {
	p := problemOf(o.Problem)
	return csvRow{
		Line:           o.Row.Line,
		Email:          o.Row.Contact.Email,
		DisplayName:    o.Row.Contact.DisplayName,
		Verdict:        string(o.Verdict),
		Contact:        contactColumn(o.Contact.Action),
		ContactID:      o.Contact.ID,
		GroupsAdded:    list(groupsWith(o, onboard.MemberAdded)),
		GroupsExisting: list(groupsWith(o, onboard.MemberExisting)),
		GroupsFailed:   list(groupsWith(o, onboard.StepFailed)),
		Senders:        list(sendersOf(o)),
		ErrorCode:      p.Code,
		Message:        messageOf(o),
		NextStep:       p.NextStep,
		Attempts:       o.Attempts,
		DurationMS:     o.Duration.Milliseconds(),
	}
}

// contactColumn leaves the column empty for a contact that was put off: the
// verdict says so already.
func contactColumn(a onboard.Action) string {
	if a == onboard.StepDeferred {
		return ""
	}
	return string(a)
}

func groupsWith(o onboard.Outcome, a onboard.Action) []string {
	groups := []string{}
	for _, g := range o.Groups {
		if g.Member == a {
			groups = append(groups, g.Label())
		}
	}
	return groups
}

// sendersOf tells for each group whose sender restriction was looked at how
// it stands: "partners@contoso.example=opened".
func sendersOf(o onboard.Outcome) []string {
	senders := []string{}
	for _, g := range o.Groups {
		if g.Senders != "" && g.Senders != onboard.StepDeferred {
			senders = append(senders, g.Label()+"="+string(g.Senders))
		}
	}
	return senders
}

// messageOf is the first problem, and the note behind it if there is one.
func messageOf(o onboard.Outcome) string {
	message := problemOf(o.Problem).Message
	if message == "" || o.Note == "" {
		return message + o.Note
	}
	return message + " " + o.Note
}

func list(items []string) string { return strings.Join(items, ";") }
