package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func TestAPlanHoldsRemovals(t *testing.T) {
	removal := func(what, person string) journal.Reversal {
		return journal.Reversal{What: what, Person: onboard.Recipient{Address: person}, Group: onboard.Group{Address: "news@contoso.example"}}
	}
	path := filepath.Join(t.TempDir(), "people.plan")
	w, err := journal.NewPlan(path, journal.Plan{Tenant: "contoso", Made: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"ana", "ben", "eva"} {
		if err := w.AddRemoval(journal.AddMember, person, "news@contoso.example"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	plan, err := journal.ReadPlan(path)
	if err != nil {
		t.Fatal(err)
	}

	wanted := []journal.Reversal{removal(journal.AddMember, "ana"), removal(journal.AllowSender, "ana"), removal(journal.AddMember, "mia")}
	held, refused := plan.HoldRemovals(wanted, []journal.Reversal{removal(journal.AddMember, "ben")})
	names := func(reversals []journal.Reversal) []string {
		var all []string
		for _, v := range reversals {
			all = append(all, v.What+" "+v.Person.Address)
		}
		return all
	}
	if diff := cmp.Diff([]string{"add_member ana"}, names(held)); diff != "" {
		t.Error("held (-want +got):\n" + diff)
	}
	if diff := cmp.Diff([]string{"allow_sender ana", "add_member mia", "add_member eva"}, names(refused)); diff != "" {
		t.Error("refused (-want +got):\n" + diff)
	}
	for _, v := range refused {
		if v.Kept == "" || v.NextStep == "" {
			t.Errorf("%s %s is refused without a reason or a next step", v.What, v.Person.Address)
		}
	}
	if held, refused := (*journal.Plan)(nil).HoldRemovals(wanted, nil); len(held) != 3 || len(refused) != 0 {
		t.Errorf("without a plan %d are held and %d refused, want all held", len(held), len(refused))
	}
}
