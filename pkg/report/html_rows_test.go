package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/onboard"
)

// dataOf cuts the rows out of the page as a browser would: up to the first
// end of the script.
func dataOf(t rapid.TB, page string) string {
	t.Helper()
	_, data, found := strings.Cut(page, dataBegin)
	if !found {
		t.Fatal("the page has no rows")
	}
	data, _, _ = strings.Cut(data, "</script")
	return data
}

// told is a row as the page's script reads it.
type told []any

// readRows does in Go what the page's script does: it puts words in the place
// of their numbers.
func readRows(t rapid.TB, data string) []told {
	t.Helper()
	var records []any
	if err := json.Unmarshal([]byte(data), &records); err != nil {
		t.Fatalf("the rows are no JSON: %v", err)
	}
	var words []any
	text := func(v any) any {
		if n, isWord := v.(float64); isWord {
			return words[int(n)]
		}
		return v
	}
	var rows []told
	for _, record := range records[1:] {
		row, isRow := record.([]any)
		if !isRow {
			words = append(words, record)
			continue
		}
		for _, column := range []int{3, 4, 6, 7, 8} {
			row[column] = text(row[column])
		}
		for _, group := range row[5].([]any) {
			for i, v := range group.([]any) {
				group.([]any)[i] = text(v)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// wanted is how a row must be told. JSON knows floating point numbers only.
func wanted(o onboard.Outcome) told {
	p := problemOf(o.Problem)
	groups := []any{}
	for _, g := range o.Groups {
		group := []any{g.Label(), string(g.Member), string(g.Senders)}
		if g.Problem != nil && g.Problem != o.Problem {
			group = append(group, string(g.Problem.Code), g.Problem.Message, g.Problem.NextStep)
		}
		groups = append(groups, group)
	}
	return told{
		float64(o.Row.Line), o.Row.Contact.Email, o.Row.Contact.DisplayName,
		string(o.Verdict), string(o.Contact.Action), groups,
		p.Code, messageOf(o), p.NextStep, float64(o.Duration.Milliseconds()),
	}
}

// anyText is text of all sorts, and often such that would harm a page.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "</script>", "<!--", "<script>", "<hostile onerror=1>", `"><hostile>`, "'", "{{.}}", "&lt;", "\u2028\u2029", "\x00",
		"]", `\`, "javascript:x()", "\u202eevil",
	}))
}

// anyRow is any outcome with such texts all over.
func anyRow(t *rapid.T) onboard.Outcome {
	o := anyOutcome(t)
	text := func(label string) string { return anyText().Draw(t, label) }
	problem := rapid.Ptr(rapid.Custom(anyProblem), true)
	o.Row.Contact.DisplayName, o.Row.Contact.Email, o.Note = text("name"), text("email"), text("note")
	o.Problem = problem.Draw(t, "problem")
	for i := range o.Groups {
		o.Groups[i].Address = text("group")
		o.Groups[i].Problem = problem.Draw(t, "group's problem")
	}
	return o
}

func anyProblem(t *rapid.T) onboard.Problem {
	return onboard.Problem{
		Code:     onboard.Code(anyText().Draw(t, "code")),
		Message:  anyText().Draw(t, "message"),
		NextStep: anyText().Draw(t, "next step"),
	}
}

func TestPageHasAllRowsAndNoMarkupOfTheirs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outcomes := rapid.SliceOfN(rapid.Custom(anyRow), 0, 20).Draw(t, "outcomes")
		run := nightlyRun()
		run.Tenant = anyText().Draw(t, "tenant")
		run.Input.Name = anyText().Draw(t, "input")
		end := nightlyEnd()
		end.StoppedBecause = anyText().Draw(t, "stopped because")

		page := pageOf(t, run, end, outcomes)
		data := dataOf(t, page)
		if strings.ContainsAny(data, "<>&\u2028\u2029") {
			t.Fatalf("rows with characters that can mean something in HTML or JavaScript: %s", data)
		}
		if strings.Contains(page, "<hostile") || strings.Count(page, "<script") != 2 || strings.Count(page, "<!--") != 0 {
			t.Fatal("text of a row or of the run became markup")
		}
		var want []told
		for _, o := range outcomes {
			want = append(want, wanted(o))
		}
		if diff := cmp.Diff(want, readRows(t, data)); diff != "" {
			t.Fatalf("rows of the page (-want +got):\n%s", diff)
		}
	})
}

// pageOf makes a page without files.
func pageOf(t rapid.TB, run Run, end End, outcomes []onboard.Outcome) string {
	t.Helper()
	page, err := newPage()
	if err != nil {
		t.Fatal(err)
	}
	h := &htmlFile{partialFile: &partialFile{}, page: page, pace: newPace(time.Now())}
	if err := page.begin(&h.buf, run); err != nil {
		t.Fatal(err)
	}
	h.rows = newRowBlock(&h.buf)
	count := newCounter(run)
	for _, o := range outcomes {
		count.add(o)
		if err := h.rows.add(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.end(count.finish(end)); err != nil {
		t.Fatal(err)
	}
	return h.buf.String()
}

func TestWordsRememberedAreBounded(t *testing.T) {
	var outcomes []onboard.Outcome
	for i := range 300 {
		o := nightly()[2]
		o.Groups = []onboard.GroupResult{{Address: fmt.Sprintf("%d%s@contoso.example", i%150, strings.Repeat("x", wordsAtMost/100))}}
		outcomes = append(outcomes, o)
	}
	data := dataOf(t, pageOf(t, nightlyRun(), nightlyEnd(), outcomes))
	var records []any
	if err := json.Unmarshal([]byte(data), &records); err != nil {
		t.Fatal(err)
	}
	bytes := 0
	for _, r := range records {
		if word, isWord := r.(string); isWord {
			bytes += len(word)
		}
	}
	if bytes > wordsAtMost || bytes < wordsAtMost/2 {
		t.Errorf("the words have %d bytes, want nearly %d and no more", bytes, wordsAtMost)
	}
	for i, got := range readRows(t, data) {
		if diff := cmp.Diff(wanted(outcomes[i]), got); diff != "" {
			t.Fatalf("row %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestRowsOfThePageDoNotStayInMemory(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, nightlyRun(), Options{Formats: []string{FormatHTML}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range 5000 {
		if err := w.Add(nightly()[0]); err != nil {
			t.Fatal(err)
		}
		w.mu.Lock()
		n := w.html.buf.Len()
		w.mu.Unlock()
		if n > flushAt {
			t.Fatalf("%d bytes of the page wait in memory, want %d at most", n, flushAt)
		}
	}
}
