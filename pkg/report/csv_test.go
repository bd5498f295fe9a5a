package report

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/onboard"
)

func TestNeutral(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"empty", "", ""},
		{"plain", "Ana Pop", "Ana Pop"},
		{"inside", "a=b+c-d@e", "a=b+c-d@e"},
		{"equals", "=1+1", "'=1+1"},
		{"plus", "+40 21 555", "'+40 21 555"},
		{"minus", "-1", "'-1"},
		{"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\tx", "'\tx"},
		{"carriage return", "\rx", "'\rx"},
		{"NUL", "\x00x", "'\x00x"},
		{"full-width equals", "＝1", "'＝1"},
		{"full-width plus", "＋1", "'＋1"},
		{"full-width minus", "－1", "'－1"},
		{"full-width at", "＠A", "'＠A"},
		{"after spaces", "  =1", "'  =1"},
		{"after a line feed", "\n=1", "'\n=1"},
		{"after a no-break space", "\u00a0=1", "'\u00a0=1"},
		{"after a byte order mark", "\ufeff=1", "'\ufeff=1"},
		{"after a semicolon", "a;=1; @b", "a;'=1;' @b"},
		{"only spaces", "   ", "   "},
		{"not UTF-8", "=\xff", "'=\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := neutral(c.cell); got != c.want {
				t.Errorf("neutral(%q) = %q, want %q", c.cell, got, c.want)
			}
		})
	}
}

func TestCSVStartsWithByteOrderMarkAndHeader(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, everything, nil)
	want := "\ufeffline,email,display_name,verdict,contact,contact_id,groups_added,groups_existing,groups_failed," +
		"senders,error_code,message,next_step,attempts,duration_ms\r\n"
	if got := read(t, dir, "report.csv"); got != want {
		t.Errorf("report.csv of no rows is %q, want %q", got, want)
	}
}

// TestCSVKeepsEveryRow: whatever is in the outcomes, N of them are N lines in
// the same order, and a reader gets the cells back as they were written.
func TestCSVKeepsEveryRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outcomes := rapid.SliceOfN(rapid.Custom(anyOutcome), 0, 20).Draw(t, "outcomes")
		got := csvOf(t, outcomes)[1:] // without the header
		if len(got) != len(outcomes) {
			t.Fatalf("%d lines, want %d", len(got), len(outcomes))
		}
		for i, o := range outcomes {
			if diff := cmp.Diff(wantCells(o), got[i]); diff != "" {
				t.Fatalf("row %d (-want +got):\n%s", i, diff)
			}
			for _, cell := range got[i] {
				for part := range strings.SplitSeq(cell, ";") {
					if beginsFormula(part) {
						t.Fatalf("cell %q holds a formula", cell)
					}
				}
			}
		}
	})
}

// csvOf writes a report.csv and reads it as any other program would.
func csvOf(t *rapid.T, outcomes []onboard.Outcome) [][]string {
	dir, err := os.MkdirTemp("", "report")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	c, err := createCSV(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if err := c.add(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.commit(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(b), "\n") != strings.Count(string(b), "\r\n") {
		t.Fatal("a line feed without a carriage return")
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// wantCells is the row column by column, said independently of the tags.
func wantCells(o onboard.Outcome) []string {
	r := newCSVRow(o)
	cells := []string{
		strconv.Itoa(r.Line), r.Email, r.DisplayName, r.Verdict, r.Contact, r.ContactID, r.GroupsAdded, r.GroupsExisting,
		r.GroupsFailed, r.Senders, r.ErrorCode, r.Message, r.NextStep, strconv.Itoa(r.Attempts), strconv.FormatInt(r.DurationMS, 10),
	}
	for i, cell := range cells {
		cells[i] = lineBreaks.Replace(neutral(cell))
	}
	return cells
}

func anyOutcome(t *rapid.T) onboard.Outcome {
	o := onboard.Outcome{
		Row:      row(rapid.IntRange(1, 1<<40).Draw(t, "line"), nasty(t, "email"), nasty(t, "display name")),
		Verdict:  rapid.SampledFrom(onboard.Verdicts()).Draw(t, "verdict"),
		Contact:  onboard.ContactResult{Action: rapid.SampledFrom(contactActions()).Draw(t, "contact"), ID: nasty(t, "id")},
		Note:     nasty(t, "note"),
		Attempts: rapid.IntRange(0, 9).Draw(t, "attempts"),
		Duration: time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "duration")),
	}
	for range rapid.IntRange(0, 3).Draw(t, "groups") {
		o.Groups = append(o.Groups, onboard.GroupResult{
			Name: nasty(t, "group"), Member: rapid.SampledFrom(memberActions()).Draw(t, "member"),
			Senders: rapid.SampledFrom(senderActions()).Draw(t, "senders"),
		})
	}
	if rapid.Bool().Draw(t, "has a problem") {
		o.Problem = &onboard.Problem{Code: "group.not_found", Message: nasty(t, "message"), NextStep: nasty(t, "next step")}
	}
	return o
}

// nasty draws text of which every second one has what CSV files stumble over.
func nasty(t *rapid.T, label string) string {
	odd := rapid.StringOfN(rapid.RuneFrom([]rune("a=+-@\t\r\n\x00 ＝;,\"'\\.ß")), 0, 8, -1)
	return rapid.OneOf(odd, rapid.String()).Draw(t, label)
}
