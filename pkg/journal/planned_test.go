package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAPlanIsGoneOnWith(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := rapid.SliceOfN(rapid.SampledFrom([]string{"ana", "ben", "eva", "ion", "mia"}), 1, 12).Draw(rt, "people")
		dir := t.TempDir()
		plan := planOf(t, filepath.Join(dir, "people.plan"), inputOf(people...))
		whole := newMemory()
		var want []onboard.Outcome
		job := onboard.Job{Tenant: plan.Hold(whole, nil), Workers: 4}
		if err := job.Run(t.Context(), each(inputOf(people...)), func(o onboard.Outcome) error { want = append(want, o); return nil }); err != nil {
			t.Fatal(err)
		}

		m, path := newMemory(), filepath.Join(dir, "state.db")
		plannedSitting(t, path, m, plan, inputOf(people...), rapid.IntRange(0, len(people)-1).Draw(rt, "cut after"))
		got := plannedSitting(t, path, m, plan, inputOf(people...), -1)
		if diff := cmp.Diff(tell(want), tell(got)); diff != "" {
			rt.Error("outcomes (-never cut off +gone on):\n" + diff)
		}
		if diff := cmp.Diff(whole.sent(), m.sent()); diff != "" {
			rt.Error("commands (-never cut off +gone on):\n" + diff)
		}
	})
}

func TestAPlanIsKeptToWhenItIsGoneOnWith(t *testing.T) {
	m, path := newMemory(), statePath(t)
	plan := planOf(t, filepath.Join(t.TempDir(), "people.plan"), inputOf("ana", "ben", "eva"))
	plannedSitting(t, path, m, plan, inputOf("ana"), -1) // cut off before the other rows
	m.contacts["eva@fabrikam.example"] = onboard.Recipient{ID: "other", Kind: onboard.KindContact, Address: "eva@fabrikam.example"}
	last := plannedSitting(t, path, m, plan, inputOf("ana", "ben", "eva"), -1)[2]
	if last.Problem == nil || last.Problem.Code != journal.CodePlanDiffers {
		t.Errorf("somebody else created a contact while the run was cut off: %+v, want %s", last, journal.CodePlanDiffers)
	}
}

// planOf is what a dry run of the rows plans for an empty tenant.
func planOf(t *testing.T, path string, rows []onboard.Row) *journal.Plan {
	t.Helper()
	w, err := journal.NewPlan(path, journal.Plan{Tenant: "contoso", Made: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	job := onboard.Job{Tenant: onboard.NewDryRun(newMemory()), Workers: 1}
	if err := job.Run(t.Context(), each(rows), w.Add); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	plan, err := journal.ReadPlan(path)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
