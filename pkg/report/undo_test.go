package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func undoOfTheNight() Undo {
	return Undo{
		ID: "20261124T080000Z-11aa", Undoes: "20261123T020005Z-7f3a", Tenant: "contoso.onmicrosoft.com", Simulated: true,
		Input: Input{Name: "partners.csv", SHA256: "9f86d081884c7d65"}, Started: started.Add(30 * time.Hour),
	}
}

// undoneChanges has a change with each result that an undo can end with.
func undoneChanges() []Reversal {
	at := started.Add(time.Second)
	run := undoOfTheNight().Undoes
	return []Reversal{
		{Result: ReversalDone, Change: "add_member", Doing: "take ana@fabrikam.example out of partners@contoso.example",
			Person: "ana@fabrikam.example", Group: "partners@contoso.example", Run: run, At: at},
		{Result: ReversalLeft, Change: "open_group", Doing: "close partners@contoso.example to outside senders", Group: "partners@contoso.example",
			Message: "The run 20261124 has put people there since.", NextStep: "Take that run back first, and then this one once more.", Run: run, At: at},
		{Result: ReversalFailed, Change: "create_contact", Doing: "remove the contact =cmd@fabrikam.example", Person: "=cmd@fabrikam.example",
			Message: "<b>The tenant is not available</b>", NextStep: "Do it again: enlist undo " + run, Run: run, At: at},
	}
}

func TestUndoReport(t *testing.T) {
	dir := t.TempDir()
	w, err := CreateUndo(dir, undoOfTheNight(), []string{FormatHTML, FormatCSV, FormatJSONL})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, v := range undoneChanges() {
		if err := w.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := w.Finish(End{
		Ended: undoOfTheNight().Started.Add(1500 * time.Millisecond), Traffic: Traffic{Requests: 7, Commands: map[string]int{"Remove-MailContact": 1}}, ExitCode: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{csvName, jsonlName, summaryName} {
		golden(t, "undo-"+name, []byte(read(t, dir, name)))
	}
	golden(t, "undo-"+htmlName, []byte(withoutAssets(read(t, dir, htmlName))))
	var saved UndoSummary
	if err := json.Unmarshal([]byte(read(t, dir, summaryName)), &saved); err != nil {
		t.Fatal(err)
	}
	saved.Dir = dir
	if diff := cmp.Diff(summary, saved); diff != "" {
		t.Error("summary.json (-returned +saved):\n" + diff)
	}
}

// An undo that is killed leaves what it has told of under temporary names.
func TestUndoReportThatIsGivenUp(t *testing.T) {
	dir := t.TempDir()
	w, err := CreateUndo(dir, undoOfTheNight(), []string{FormatCSV})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(undoneChanges()[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, csvName+partialSuffix)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, summaryName)); !os.IsNotExist(err) {
		t.Errorf("there is a summary of an undo that did not end: %v", err)
	}
	if _, err := CreateUndo(dir, undoOfTheNight(), []string{"pdf"}); err == nil {
		t.Error("a report in a format that nobody knows was begun")
	}
}
