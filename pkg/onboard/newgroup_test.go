package onboard_test

import (
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func TestNewGroups(t *testing.T) {
	job := onboard.Job{NewGroups: &onboard.NewGroups{Owner: "ada", Domain: "contoso.example"}, Workers: 1}
	two := func(group string) []onboard.Row {
		return []onboard.Row{row(2, "a@fabrikam.example", group), row(3, "b@fabrikam.example", group)}
	}
	opened := []string{
		`changed, added/opened, PrimarySmtpAddress "" to "big-launch@contoso.example", RequireSenderAuthenticationEnabled "True" to "False"`,
		"changed, added/open",
	}
	tests := []struct {
		name    string
		prepare func(m *memory, job *onboard.Job)
		rows    []onboard.Row
		want    []string
		created string // the command, if one is sent
	}{
		{"by its address", nil, two("Big-Launch@Contoso.example"), opened, "create group big-launch@contoso.example of ada"},
		{"by its name", nil, two("Big  Launch!"), opened, "create group big-launch@contoso.example of ada"},
		{
			"not without being asked", func(_ *memory, job *onboard.Job) { job.NewGroups = nil },
			two("Big Launch"), []string{"partial, failed/, group.not_found", "partial, failed/, group.not_found"}, "",
		},
		{
			"not by a name without a domain", func(_ *memory, job *onboard.Job) { job.NewGroups = &onboard.NewGroups{Owner: "ada"} },
			two("Big Launch"), []string{"partial, failed/, group.not_created", "partial, failed/, group.not_created"}, "",
		},
		{"not by a name that no address can be made of", nil, two("Anunțuri"), []string{"partial, failed/, group.not_created", "partial, failed/, group.not_created"}, ""},
		{"not in a domain of others", nil, two("launch@fabrikam.example"), []string{"partial, failed/, group.not_created", "partial, failed/, group.not_created"}, ""},
		{
			"not again when it is not known whether it was", func(m *memory, _ *onboard.Job) {
				m.onGroup = func(onboard.NewGroup) error { return onboard.ErrUncertain }
			},
			two("Big Launch"), []string{"partial, failed/, group.not_created", "partial, failed/, group.not_created"}, "create group big-launch@contoso.example of ada",
		},
		{
			"and waits until the tenant shows it", func(m *memory, _ *onboard.Job) {
				start := time.Now()
				m.onAdd = func(onboard.Group, onboard.Recipient) error { return notBefore(start.Add(20 * time.Second)) }
				m.onOpen = func(onboard.Group) error { return notBefore(start.Add(40 * time.Second)) }
			},
			two("Big Launch")[:1], opened[:1], "create group big-launch@contoso.example of ada",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, job := newMemory(), job
				if tt.prepare != nil {
					tt.prepare(m, &job)
				}
				job.Tenant = onboard.NewDryRun(m)
				plan, err := runJob(t.Context(), job, tt.rows...)
				if err != nil || len(m.commands) > 0 {
					t.Fatalf("the plan sent %q, and ended with %v", m.commands, err)
				}
				job.Tenant = m
				outcomes, err := runJob(t.Context(), job, tt.rows...)
				if err != nil {
					t.Fatal(err)
				}
				var planned, done []string
				for i := range outcomes {
					planned, done = append(planned, tell(plan[i])), append(done, tell(outcomes[i]))
				}
				if diff := cmp.Diff(tt.want, done); diff != "" {
					t.Error("outcomes (-want +got):\n" + diff)
				}
				if m.onGroup == nil && !cmp.Equal(tt.want, planned) {
					t.Errorf("planned: %q", planned)
				}
				if n := m.sent("create group"); tt.created == "" && n > 0 || tt.created != "" && (n != 1 || m.sent(tt.created) != 1) {
					t.Errorf("commands: %q", m.commands)
				}
			})
		})
	}
}

func notBefore(at time.Time) error {
	if time.Now().Before(at) {
		return onboard.ErrGroupNotFound
	}
	return nil
}

// A group that was created for a row is told of, also when the row's contact then
// fails.
func TestNewGroupOfAContactThatFails(t *testing.T) {
	m := newMemory()
	m.hold(onboard.Recipient{ID: "c-old", Kind: onboard.KindContact, Address: "ana@fabrikam.example", Remembered: true})
	m.stale = map[string]bool{"ana@fabrikam.example": true}
	m.onCreate = func(onboard.Contact) error { return onboard.ErrRefused }
	job := onboard.Job{Tenant: m, NewGroups: &onboard.NewGroups{Owner: "ada", Domain: "contoso.example"}, Workers: 1}
	outcomes, err := runJob(t.Context(), job, row(2, "ana@fabrikam.example", "Launch"), row(3, "ana@fabrikam.example", "Launch"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`partial, failed/, PrimarySmtpAddress "" to "launch@contoso.example", contact.refused`,
		"failed, contact.refused",
	}
	if diff := cmp.Diff(want, []string{tell(outcomes[0]), tell(outcomes[1])}); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
}
