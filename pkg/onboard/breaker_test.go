package onboard_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"enlist/pkg/onboard"
)

// noMembers is a tenant that takes no new members.
type noMembers struct {
	*memory
	because error
}

func (t noMembers) AddMember(context.Context, onboard.Group, onboard.Recipient) error {
	return fmt.Errorf("HTTP 403: %w", t.because)
}

func TestRunStopsWhenOnePermissionIsWithdrawn(t *testing.T) {
	for _, c := range []struct {
		because error
		stops   bool
	}{
		{onboard.ErrDenied, true},
		{onboard.ErrUnavailable, true},
		{onboard.ErrOutsideScope, false}, // other groups may be inside
		{onboard.ErrNotManager, false},
	} {
		m := newMemory(news)
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: noMembers{m, c.because}, Workers: 1}, people(30)...)
		failed := 0
		for _, o := range outcomes {
			if o.Problem != nil && o.Problem.Code != onboard.CodeStopped {
				failed++
			}
		}
		if len(outcomes) != 30 {
			t.Errorf("%v: %d outcomes of 30 rows", c.because, len(outcomes))
		}
		switch {
		case c.stops && (!errors.Is(err, c.because) || failed != 5):
			t.Errorf("%v: the run ended with %v after %d rows had failed, want that it is stopped after 5", c.because, err, failed)
		case !c.stops && (err != nil || failed != 30):
			t.Errorf("%v: the run ended with %v after %d rows had failed, want all 30 tried", c.because, err, failed)
		}
	}
}
