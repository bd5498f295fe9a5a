package report

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"enlist/pkg/onboard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRowsCanBeReadWhileTheRunGoesOn(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w, err := Create(dir, nightlyRun(), everything)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		for _, o := range nightly() {
			if err := w.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(flushEvery)
		synctest.Wait()
		for name, lines := range map[string]int{"report.csv": 8, "report.jsonl": 7, "retry.csv": 6} {
			got := read(t, dir, name+partialSuffix)
			if n := strings.Count(got, "\n"); n != lines || !strings.HasSuffix(got, "\n") {
				t.Errorf("%s has %d lines after a second, want %d whole ones", name, n, lines)
			}
		}
	})
}

func TestKilledRunLeavesWholeLines(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, nightlyRun(), everything)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range 1000 { // no time for the regular flush: only full buffers are written
		if err := w.Add(nightly()[0]); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, dir, "report.jsonl.partial")
	if got == "" || !strings.HasSuffix(got, "}\n") {
		t.Errorf("report.jsonl.partial has %d bytes, want whole lines; it ends with %q", len(got), got[max(0, len(got)-20):])
	}
}

func TestCloseWithoutFinishKeepsTemporaryNames(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, nightlyRun(), everything)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(nightly()[2]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"report.csv.partial", "report.jsonl.partial", "retry.csv.partial"}, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if err := w.Add(nightly()[2]); !errors.Is(err, errClosed) {
		t.Errorf("Add after Close: %v, want %v", err, errClosed)
	}
	if _, err := w.Finish(nightlyEnd()); !errors.Is(err, errClosed) {
		t.Errorf("Finish after Close: %v, want %v", err, errClosed)
	}
}

func TestEarlierReportStandsUntilTheNewOneIsComplete(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, everything, nightly())
	before := read(t, dir, "report.csv")

	w, err := Create(dir, nightlyRun(), everything)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Add(nightly()[0]); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "report.csv"); got != before {
		t.Error("the earlier report.csv changed before Finish")
	}
	if _, err := w.Finish(nightlyEnd()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "report.csv"); got == before {
		t.Error("the earlier report.csv is still there after Finish")
	}
	if diff := cmp.Diff([]string{"report.csv", "report.jsonl", "summary.json"}, names(t, dir)); diff != "" {
		t.Errorf("files, with nothing left to retry (-want +got):\n%s", diff)
	}
}

func TestLeftoversOfAKilledRunAreReplaced(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"report.csv", "report.jsonl", "retry.csv", "summary.json"} {
		if err := os.WriteFile(filepath.Join(dir, name+partialSuffix), []byte("left over"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, everything, nightly()[:1])
	for _, name := range names(t, dir) {
		if strings.HasSuffix(name, partialSuffix) || strings.Contains(read(t, dir, name), "left over") {
			t.Errorf("%s is left over", name)
		}
	}
}

func TestOnlyTheOwnerCanReadTheReport(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such file modes")
	}
	dir := filepath.Join(t.TempDir(), "partners.csv.report", "run")
	write(t, dir, everything, nightly())
	for name, want := range map[string]os.FileMode{
		"..": 0o700, ".": 0o700, "report.csv": 0o600, "report.jsonl": 0o600, "retry.csv": 0o600, "summary.json": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := Create(t.TempDir(), nightlyRun(), Options{Formats: []string{"csv", "pdf"}})
	if err == nil || !strings.Contains(err.Error(), `unknown report format "pdf"`) {
		t.Errorf("error %v, want one that names the format", err)
	}
}

func TestWriteErrorStaysAndSummaryIsMissing(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, nightlyRun(), everything)
	if err != nil {
		t.Fatal(err)
	}
	w.files[0].(*csvFile).file.Close() // as if the disk had gone
	w.flush()
	if err := w.Add(nightly()[0]); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Add: %v, want the write error", err)
	}
	s, err := w.Finish(nightlyEnd())
	if !errors.Is(err, os.ErrClosed) {
		t.Errorf("Finish: %v, want the write error", err)
	}
	if s.Verdicts["changed"] != 1 {
		t.Errorf("summary %v, want the counts all the same", s.Verdicts)
	}
	if _, err := os.Stat(filepath.Join(dir, summaryName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("summary.json: %v, want none, since the report is not complete", err)
	}
}

func TestSummaryCounts(t *testing.T) {
	s := write(t, t.TempDir(), everything, nightly())
	if diff := cmp.Diff(map[string]int{
		"changed": 1, "unchanged": 1, "partial": 1, "failed": 1, "invalid": 1, "deferred": 2,
	}, s.Verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if s.Problems[0].Code != "tenant.creation_quota" || s.Problems[0].Rows != 2 {
		t.Errorf("worst problem %+v, want the creation quota with 2 rows", s.Problems[0])
	}
	if s.RetryRows != 5 {
		t.Errorf("%d rows to retry, want 5", s.RetryRows)
	}
	empty := write(t, t.TempDir(), everything, nil)
	for _, v := range onboard.Verdicts() {
		if n, ok := empty.Verdicts[string(v)]; n != 0 || !ok {
			t.Errorf("verdict %s of an empty run: %d, %v; want an entry with 0", v, n, ok)
		}
	}
}
