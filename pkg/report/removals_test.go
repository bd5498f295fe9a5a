package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRemovals(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, nightlyRun(), Options{Formats: []string{FormatHTML}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, v := range undoneChanges() {
		if err := w.Remove(v); err != nil {
			t.Fatal(err)
		}
	}
	for i := range removalsShown {
		if err := w.Remove(Reversal{Result: ReversalPlanned, Doing: fmt.Sprintf("take person%d out of news", i)}); err != nil {
			t.Fatal(err)
		}
	}
	summary, err := w.Finish(nightlyEnd())
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(read(t, dir, removalsName), "\r\n"); n != removalsShown+4 {
		t.Errorf("removals.csv has %d lines", n)
	}
	if got := summary.Removals; got["done"] != 1 || got["left"] != 1 || got["failed"] != 1 || got["planned"] != removalsShown {
		t.Errorf("counts: %v", got)
	}
	page := read(t, dir, htmlName)
	for _, want := range []string{"No longer in the input", "3 more than this page", "and made 501 removals", "&lt;b&gt;The tenant is not available", `<a href="removals.csv">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	var text strings.Builder
	if err := summary.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"done: take ana@fabrikam.example out of partners@contoso.example",
		"left as it is: close partners@contoso.example to outside senders: The run 20261124 has put people there since.",
		"would take person0 out of news", "493 more removals are in removals.csv.", "tried again when the file is run again with --prune",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
}

// A run without removals leaves no file of an earlier one behind.
func TestNoRemovals(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, removalsName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := Create(dir, nightlyRun(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(nightlyEnd()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, removalsName)); !os.IsNotExist(err) {
		t.Errorf("removals.csv of another run: %v", err)
	}
}
