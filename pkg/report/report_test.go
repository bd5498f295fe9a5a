package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/onboard"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// golden compares with a file in testdata. CRLF and the byte order mark are
// kept, so the files are the exact bytes of a report.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

var started = time.Date(2026, 11, 23, 2, 0, 5, 0, time.UTC)

func nightlyRun() Run {
	return Run{
		ID: "20261123-020005-7f3a", Tenant: "contoso.onmicrosoft.com", Simulated: true,
		Input:   Input{Name: "partners.csv", SHA256: "9f86d081884c7d65"},
		Started: started,
	}
}

func nightlyEnd() End {
	return End{
		Ended: started.Add(72*time.Second + 345*time.Millisecond),
		Traffic: Traffic{Requests: 40, Graph: 9, Throttled: 2,
			Commands: map[string]int{"New-MailContact": 2, "Add-DistributionGroupMember": 3}},
		StoppedBecause: "The time allowed with --max-duration was up.", ExitCode: 10,
	}
}

var everything = Options{
	Formats: []string{FormatCSV, FormatJSONL},
	Retry:   Retry{Header: "email;name;groups\r\n"},
}

// nightly has a row for each verdict and trouble that the report tells apart.
func nightly() []onboard.Outcome {
	notFound := &onboard.Problem{
		Code: "group.not_found", Message: `No group goes by "parters".`,
		NextStep: "Check the spelling of the group in the input, then run the retry file.",
	}
	return []onboard.Outcome{
		{
			Row: row(2, "ana@fabrikam.example", "Ana Pop"), Verdict: onboard.Changed,
			Contact: onboard.ContactResult{Action: onboard.ContactCreated, ID: "0b6a1d52-0000-4000-8000-000000000001"},
			Groups: []onboard.GroupResult{
				{Name: "Partners", Address: "partners@contoso.example", Member: onboard.MemberAdded, Senders: onboard.SendersOpened},
				{Name: "news", Address: "news@contoso.example", Member: onboard.MemberExisting, Senders: onboard.SendersClosed},
			},
			Attempts: 2, Duration: 1234 * time.Millisecond,
		},
		{
			Row: row(3, "li@fabrikam.example", "=HYPERLINK(\"http://evil.example\")"), Verdict: onboard.Unchanged,
			Contact: onboard.ContactResult{Action: onboard.ContactReused, ID: "0b6a1d52-0000-4000-8000-000000000002"},
			Groups: []onboard.GroupResult{
				{Name: "Partners", Address: "partners@contoso.example", Member: onboard.MemberExisting, Senders: onboard.SendersOpen},
			},
			Note: "A guest holds the address.", Attempts: 1, Duration: time.Millisecond,
		},
		{
			Row: row(4, "jo@fabrikam.example", "Jo, \"the\" Müller"), Verdict: onboard.Partial,
			Contact: onboard.ContactResult{Action: onboard.ContactFound, ID: "0b6a1d52-0000-4000-8000-000000000003"},
			Groups: []onboard.GroupResult{
				{Name: "parters", Member: onboard.StepFailed, Problem: notFound},
				{Name: "Partners", Address: "partners@contoso.example", Member: onboard.MemberAdded, Senders: onboard.SendersOpen},
			},
			Problem: notFound, Attempts: 1, Duration: 300 * time.Millisecond,
		},
		{
			Row: row(5, "partners@contoso.example", "Partners"), Verdict: onboard.Failed,
			Contact: onboard.ContactResult{Action: onboard.StepFailed, Problem: addressIsGroup()},
			Problem: addressIsGroup(), Attempts: 1, Duration: 20 * time.Millisecond,
		},
		{
			Row: row(6, "nobody", ""), Verdict: onboard.Invalid,
			Problem: &onboard.Problem{
				Code: "row.email.invalid", Message: "Line 6, column 1 (email): \"nobody\" has no @.",
				NextStep: "Mend the address in the retry file, then run it.",
			},
		},
		{
			Row: row(8, "zoe@fabrikam.example", "Zoë"), Verdict: onboard.Deferred,
			Contact: onboard.ContactResult{Action: onboard.StepDeferred, Problem: quota()},
			Groups:  []onboard.GroupResult{{Name: "Partners", Address: "partners@contoso.example"}},
			Problem: quota(), Attempts: 1, Duration: 90 * time.Millisecond,
		},
		{
			Row: row(9, "yan@fabrikam.example", "Yan"), Verdict: onboard.Deferred,
			Contact: onboard.ContactResult{Action: onboard.StepDeferred, Problem: quota()},
			Problem: quota(),
		},
	}
}

func row(line int, email, name string) onboard.Row {
	return onboard.Row{
		Line:    line,
		Contact: onboard.Contact{Email: email, DisplayName: name},
		Source:  fmt.Sprintf(`%s;"%s";Partners`, email, strings.ReplaceAll(name, `"`, `""`)),
	}
}

func addressIsGroup() *onboard.Problem {
	return &onboard.Problem{
		Code: "contact.address_is_group", Message: "The group partners@contoso.example holds the address.",
		NextStep: "Check the address: it belongs to a group, not to a person.",
	}
}

func quota() *onboard.Problem {
	return &onboard.Problem{
		Code: "tenant.creation_quota", Message: "The tenant takes no further contacts for the time being.",
		NextStep: "Run the retry file tomorrow; it goes on where this run had to stop.",
	}
}

// write makes a whole report of the outcomes in the folder.
func write(t *testing.T, dir string, opts Options, outcomes []onboard.Outcome) Summary {
	t.Helper()
	return writeRun(t, dir, nightlyRun(), opts, outcomes)
}

func writeRun(t *testing.T, dir string, run Run, opts Options, outcomes []onboard.Outcome) Summary {
	t.Helper()
	w, err := Create(dir, run, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, o := range outcomes {
		if err := w.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Finish(nightlyEnd())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// names lists the folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestGoldenReport(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, everything, nightly())
	for _, name := range names(t, dir) {
		golden(t, name, []byte(read(t, dir, name)))
	}
	if diff := cmp.Diff([]string{"report.csv", "report.jsonl", "retry.csv", "summary.json"}, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
