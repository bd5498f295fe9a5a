package textfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

var night = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func goodRun() Run {
	return Run{
		Tenant: "contoso.onmicrosoft.com", Source: "hr-nightly", Started: night, Ended: night.Add(90 * time.Second),
		Done: &Done{
			Rows: map[string]int{"changed": 20, "unchanged": 100, "deferred": 0}, Commands: map[string]int{"New-MailContact": 20},
			Requests: 60, Throttled: 2, Opened: 1,
		},
	}
}

// sample writes the runs and reads them back as Prometheus does: the values by
// name and labels.
func sample(t *testing.T, path string, runs ...Run) map[string]float64 {
	t.Helper()
	if err := Write(path, runs); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(f)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for name, family := range families {
		if !model.LegacyValidation.IsValidMetricName(name) || family.GetHelp() == "" {
			t.Errorf("%q is not as Prometheus wants it", name)
		}
		for _, m := range family.Metric {
			key := name
			for _, l := range m.Label {
				if l.GetName() != "tenant" {
					key += " " + l.GetValue()
				}
			}
			values[key] = m.GetGauge().GetValue()
		}
	}
	return values
}

func TestRunAsPrometheusReadsIt(t *testing.T) {
	got := sample(t, filepath.Join(t.TempDir(), "enlist.prom"), goodRun())
	want := map[string]float64{
		"enlist_last_run_timestamp_seconds hr-nightly":        float64(night.Unix() + 90),
		"enlist_last_success_timestamp_seconds hr-nightly":    float64(night.Unix() + 90),
		"enlist_last_run_duration_seconds hr-nightly":         90,
		"enlist_last_run_exit_code hr-nightly":                0,
		"enlist_last_run_rows changed hr-nightly":             20,
		"enlist_last_run_rows unchanged hr-nightly":           100,
		"enlist_last_run_rows deferred hr-nightly":            0,
		"enlist_last_run_commands New-MailContact hr-nightly": 20,
		"enlist_last_run_requests hr-nightly":                 60,
		"enlist_last_run_throttled_requests hr-nightly":       2,
		"enlist_last_run_groups_opened hr-nightly":            1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A run that ends badly, even before its first row, does not hide when the job
// last went well; another job's success is not its own.
func TestLastSuccessIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enlist.prom")
	other := goodRun()
	other.Source, other.ExitCode = `R&D "new" \ people`, 3
	first := sample(t, path, goodRun(), other)
	if _, ok := first["enlist_last_success_timestamp_seconds "+other.Source]; ok {
		t.Error("a job that never went well has a success")
	}
	next := night.Add(24 * time.Hour)
	got := sample(t, path, Run{Tenant: "contoso.onmicrosoft.com", Source: "hr-nightly", Started: next, Ended: next, ExitCode: 6})
	want := map[string]float64{
		"enlist_last_run_timestamp_seconds hr-nightly":     float64(next.Unix()),
		"enlist_last_success_timestamp_seconds hr-nightly": float64(night.Unix() + 90),
		"enlist_last_run_duration_seconds hr-nightly":      0,
		"enlist_last_run_exit_code hr-nightly":             6,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFileIsReadableAndAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "enlist.prom")
	sample(t, path, goodRun())
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("the folder holds %v", files)
	}
}

func TestForeignFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("email,groups\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []Run{goodRun()}); err == nil || !strings.Contains(err.Error(), "no file of metrics") {
		t.Errorf("got %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "email,groups\n" {
		t.Errorf("the file is now %q", text)
	}
}
