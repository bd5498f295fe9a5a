package onboard_test

import (
	"context"
	"errors"
	"testing"

	"enlist/pkg/onboard"
)

// runLimited runs the job within limits.
func runLimited(t *testing.T, m *memory, limits *onboard.Limits, rows ...onboard.Row) ([]onboard.Outcome, error) {
	t.Helper()
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	limits.Stop = stop
	var outcomes []onboard.Outcome
	err := onboard.Job{Tenant: limits.Tenant(m), Workers: 1}.Run(ctx, rowsOf(rows...), func(o onboard.Outcome) error {
		outcomes = append(outcomes, o)
		limits.Count(o)
		return nil
	})
	return outcomes, err
}

func TestNoContactIsCreatedPastTheLimit(t *testing.T) {
	m := newMemory(news)
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "found@fabrikam.example"})
	known := row(2, "before@fabrikam.example", "News")
	known.Known = &onboard.Outcome{Verdict: onboard.Changed, Contact: onboard.ContactResult{Action: onboard.ContactCreated}}
	outcomes, err := runLimited(t, m, &onboard.Limits{Creates: 2, Failures: onboard.NoLimit},
		known, row(3, "found@fabrikam.example", "News"), row(4, "a@fabrikam.example", "News"), row(5, "b@fabrikam.example", "News"), row(6, "c@fabrikam.example", "News"))
	if !errors.Is(err, onboard.ErrLimit) {
		t.Errorf("the run ended with %v, want that a limit was reached", err)
	}
	if n := m.sent("create"); n != 1 {
		t.Errorf("%d contacts were created besides the one of before, want 1", n)
	}
	for i, want := range []onboard.Verdict{onboard.Changed, onboard.Changed, onboard.Changed, onboard.Deferred, onboard.Deferred} {
		if outcomes[i].Verdict != want {
			t.Errorf("line %d is %s, want %s", outcomes[i].Row.Line, outcomes[i].Verdict, want)
		}
	}
}

func TestContactThatWasRefusedDoesNotCount(t *testing.T) {
	m := newMemory(news)
	m.onCreate = func(c onboard.Contact) error {
		if c.Email == "a@fabrikam.example" {
			return onboard.ErrRefused
		}
		return nil
	}
	_, err := runLimited(t, m, &onboard.Limits{Creates: 1, Failures: onboard.NoLimit},
		row(2, "a@fabrikam.example", "News"), row(3, "b@fabrikam.example", "News"))
	if err != nil {
		t.Errorf("the run was stopped: %v", err)
	}
}

func TestRunStopsWhenTooManyRowsFail(t *testing.T) {
	m := newMemory(news)
	rows := []onboard.Row{row(2, "a@fabrikam.example", "nowhere"), row(3, "b@fabrikam.example", "nowhere")}
	for line := 4; line < 50; line++ {
		rows = append(rows, row(line, "ok@fabrikam.example", "News"))
	}
	outcomes, err := runLimited(t, m, &onboard.Limits{Creates: onboard.NoLimit, Failures: 1}, rows...)
	if !errors.Is(err, onboard.ErrLimit) {
		t.Errorf("the run ended with %v, want that a limit was reached", err)
	}
	if last := outcomes[len(outcomes)-1]; len(outcomes) != len(rows) || last.Verdict != onboard.Deferred || last.Problem.Code != onboard.CodeStopped {
		t.Errorf("%d outcomes, the last one %q; want one for each row, and the last ones left over", len(outcomes), brief(last))
	}
}
