package onboard_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/onboard"
)

// A row that waits for the tenant to show a new group holds up neither itself
// nor the rows that wait for it, however few work at once.
func TestRowsThatWaitForEachOtherGoOn(t *testing.T) {
	for workers := range 3 {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			shown := time.Now().Add(time.Minute)
			m.onOpen = func(onboard.Group) error { return notBefore(shown) }
			m.onAllow = func(onboard.Group, onboard.Recipient) error { return notBefore(shown.Add(-30 * time.Second)) }
			job := onboard.Job{Tenant: m, Workers: workers + 1, Policies: onboard.Policies{Default: toListed},
				NewGroups: &onboard.NewGroups{Owner: "ada", Domain: "contoso.example"}}
			var rows []onboard.Row
			for i := range 20 {
				rows = append(rows, row(2+i, fmt.Sprintf("p%d@fabrikam.example", i), []string{"Launch", "launch!", "LAUNCH@contoso.example"}[i%3]))
			}
			outcomes, err := runJob(t.Context(), job, rows...)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outcomes {
				if o.Verdict != onboard.Changed || o.Groups[0].Senders != onboard.SendersListed {
					t.Errorf("%d workers, line %d: %s", workers+1, o.Row.Line, tell(o))
				}
			}
			if m.sent("create group") != 1 {
				t.Errorf("commands: %q", m.commands)
			}
		})
	}
}
