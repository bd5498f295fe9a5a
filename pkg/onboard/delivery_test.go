package onboard_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

var staff = onboard.Group{ID: "g-20", Kind: onboard.GroupDynamic, DisplayName: "All Staff", Address: "all-staff@contoso.example", Ref: "staff"}

// toListed is the policy that a group takes mail from a list only.
var toListed = onboard.Policy{Senders: onboard.SendersFromList, InternalSenders: staff}

// troubled is a group with everything that can be wrong with its delivery.
var troubled = onboard.Group{ID: "g-21", Kind: onboard.GroupDistribution, DisplayName: "Troubled", Address: "troubled@contoso.example",
	Delivery: onboard.Delivery{Accepts: 1, Rejects: 2, Moderated: true, Hidden: true, NoReports: true}}

// tell writes what came of the groups: member/senders, then what was changed
// and what was found.
func tell(o onboard.Outcome) string {
	parts := []string{string(o.Verdict)}
	for _, g := range o.Groups {
		parts = append(parts, string(g.Member)+"/"+string(g.Senders))
		if g.NewlyListed {
			parts = append(parts, "newly listed")
		}
		for _, c := range g.Changes {
			parts = append(parts, fmt.Sprintf("%s %q to %q", c.What, c.From, c.To))
		}
		for _, f := range g.Findings {
			parts = append(parts, string(f.Code))
		}
	}
	if o.Problem != nil {
		parts = append(parts, string(o.Problem.Code))
	}
	return strings.Join(parts, ", ")
}

func TestGroupPolicies(t *testing.T) {
	insider := onboard.Recipient{ID: "u-9", Kind: onboard.KindMailbox, Address: "bo@contoso.example"}
	const ana = "ana@fabrikam.example"
	tests := []struct {
		name    string
		job     onboard.Job
		prepare func(m *memory)
		row     onboard.Row
		want    string
		sent    []string // but for creating and adding the person
	}{
		{
			name: "what else makes mail bounce or vanish is told, and left as it is",
			row:  row(2, ana, "Troubled"),
			want: "changed, added/open, group.senders_limited, group.senders_rejected, group.moderated, group.hidden, group.no_delivery_reports",
		},
		{
			name: "with a list kept by enlist, a list is nothing to tell of",
			job:  onboard.Job{Policies: onboard.Policies{Default: toListed}},
			row:  row(2, ana, "Troubled"),
			want: `changed, added/listed, newly listed, AcceptMessagesOnlyFromSendersOrMembers "" to "all-staff@contoso.example", group.senders_rejected, group.moderated, group.hidden, group.no_delivery_reports`,
			sent: []string{"allow troubled@contoso.example all-staff@contoso.example", "allow troubled@contoso.example ana@fabrikam.example"},
		},
		{
			name: "who does not look at senders still hears of lost reports",
			job:  onboard.Job{Policies: onboard.Policies{Default: onboard.Policy{Senders: onboard.SendersOff}}},
			row:  row(2, ana, "Troubled"),
			want: "changed, added/, group.no_delivery_reports",
		},
		{
			name: "reports are set right when asked for",
			job:  onboard.Job{Policies: onboard.Policies{Default: onboard.Policy{Senders: onboard.SendersOff, Reports: onboard.ReportsFix}}},
			row:  row(2, ana, "Troubled"),
			want: `changed, added/, ReportToOriginatorEnabled "False" to "True"`,
			sent: []string{"report troubled@contoso.example"},
		},
		{
			name: "an opened group tells from what to what",
			row:  row(2, ana, "Partners"),
			want: `changed, added/opened, RequireSenderAuthenticationEnabled "True" to "False"`,
			sent: []string{"open partners@contoso.example"},
		},
		{
			name: "the list comes before the opening: those inside, the person, then the authentication",
			job:  onboard.Job{Policies: onboard.Policies{Default: toListed}},
			row:  row(2, ana, "Partners"),
			want: `changed, added/listed, newly listed, AcceptMessagesOnlyFromSendersOrMembers "" to "all-staff@contoso.example", RequireSenderAuthenticationEnabled "True" to "False"`,
			sent: []string{"allow partners@contoso.example all-staff@contoso.example", "allow partners@contoso.example ana@fabrikam.example", "open partners@contoso.example"},
		},
		{
			name: "without a list the group is not opened",
			job:  onboard.Job{Policies: onboard.Policies{Default: toListed}},
			prepare: func(m *memory) {
				m.onAllow = func(onboard.Group, onboard.Recipient) error { return onboard.ErrNotManager }
			},
			row:  row(2, ana, "Partners"),
			want: "partial, added/failed, group.not_manager",
			sent: []string{"allow partners@contoso.example all-staff@contoso.example"},
		},
		{
			name: "a protected group takes the member and stays closed",
			job:  onboard.Job{Policies: onboard.Policies{Protected: []string{"board@*", "PART*@contoso.example"}}},
			row:  row(2, ana, "Partners"),
			want: "changed, added/closed, group.protected",
		},
		{
			name: "a protected group that is open is no trouble",
			job:  onboard.Job{Policies: onboard.Policies{Protected: []string{"*@contoso.example"}}},
			row:  row(2, ana, "News"),
			want: "changed, added/open",
		},
		{
			name:    "a group is not opened for somebody inside",
			prepare: func(m *memory) { m.hold(insider) },
			row:     row(2, insider.Address, "Partners"),
			want:    "changed, added/",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory(partners, news, troubled)
			if tt.prepare != nil {
				tt.prepare(m)
			}
			tt.job.Tenant = onboard.NewDryRun(m)
			planned, err := runJob(t.Context(), tt.job, tt.row)
			if err != nil {
				t.Fatal(err)
			}
			if m.onAllow == nil && tell(planned[0]) != tt.want {
				t.Errorf("the plan says %s; want %s", tell(planned[0]), tt.want)
			}
			if len(m.commands) > 0 {
				t.Errorf("the plan sent %q", m.commands)
			}
			tt.job.Tenant = m
			outcomes, err := runJob(t.Context(), tt.job, tt.row)
			if err != nil {
				t.Fatal(err)
			}
			if got := tell(outcomes[0]); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			sent := slices.DeleteFunc(m.commands, func(c string) bool { return strings.HasPrefix(c, "create") || strings.HasPrefix(c, "add") })
			if diff := cmp.Diff(tt.sent, sent); diff != "" && len(tt.sent)+len(sent) > 0 {
				t.Error("commands (-want +got):\n" + diff)
			}
		})
	}
}

func TestSettingsAreChangedOnce(t *testing.T) {
	closed := troubled
	closed.InsideSendersOnly = true
	m := newMemory(closed)
	policy := toListed
	policy.Reports = onboard.ReportsFix
	job := onboard.Job{Tenant: m, Policies: onboard.Policies{Default: policy}}
	var rows []onboard.Row
	for i := range 40 {
		rows = append(rows, row(2+i, fmt.Sprintf("p%d@fabrikam.example", i), "Troubled"))
	}
	outcomes, err := runJob(t.Context(), job, rows...)
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	for _, o := range outcomes {
		changes += len(o.Groups[0].Changes)
		if o.Groups[0].Senders != onboard.SendersListed || !o.Groups[0].NewlyListed {
			t.Errorf("line %d: %s", o.Row.Line, tell(o))
		}
	}
	if changes != 3 || m.sent("open") != 1 || m.sent("report") != 1 || m.sent("allow") != 41 {
		t.Errorf("%d changes told, commands: %d open, %d report, %d allow", changes, m.sent("open"), m.sent("report"), m.sent("allow"))
	}
	before := len(m.commands)
	m.groups["troubled"][0].InsideSendersOnly = false
	m.groups["troubled"][0].Delivery.NoReports = false
	if outcomes, err = runJob(t.Context(), job, rows...); err != nil {
		t.Fatal(err)
	}
	if len(m.commands) > before || outcomes[0].Verdict != onboard.Unchanged {
		t.Errorf("the second run sent %q and says %s", m.commands[before:], tell(outcomes[0]))
	}
}

func TestAListWithoutThoseInsideIsRefused(t *testing.T) {
	m := newMemory(partners)
	_, err := runJob(t.Context(), onboard.Job{Tenant: m, Policies: onboard.Policies{Default: onboard.Policy{Senders: onboard.SendersFromList}}}, row(2, "ana@fabrikam.example", "Partners"))
	if err == nil || len(m.commands) > 0 {
		t.Errorf("the job ran with error %v and sent %q", err, m.commands)
	}
}

// Two sources with people of their own and in common work on one group at the
// same time: the list holds the people of both, in whatever order they come.
func TestTwoSourcesLeaveTheUnion(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 7))
		m := newMemory(partners)
		want := map[string]bool{"g-1" + staff.Address: true}
		var sources [2][]onboard.Row
		for i := range sources {
			for n := range 3 {
				email := fmt.Sprintf("p%d@fabrikam.example", i+2*random.IntN(2)+n)
				sources[i] = append(sources[i], row(2+n, email, "Partners"))
				want["g-1"+email] = true
			}
			random.Shuffle(3, func(a, b int) { sources[i][a], sources[i][b] = sources[i][b], sources[i][a] })
		}
		var runs sync.WaitGroup
		errs := make([]error, 2)
		for i, rows := range sources {
			runs.Go(func() {
				job := onboard.Job{Tenant: m, Policies: onboard.Policies{Default: toListed}}
				_, errs[i] = runJob(t.Context(), job, rows...)
			})
		}
		runs.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, m.listed); diff != "" {
			t.Fatalf("seed %d: the list (-want +got):\n%s", seed, diff)
		}
	}
}
