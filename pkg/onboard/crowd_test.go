package onboard_test

import (
	"context"
	"errors"
	"testing"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
)

func TestCrowdedGroups(t *testing.T) {
	rows := []onboard.Row{row(2, "a@fabrikam.example", "News"), row(3, "b@fabrikam.example", "News"), row(4, "bo@contoso.example", "News")}
	const crowded = "changed, added/open, group.many_outside_members"
	tests := []struct {
		name  string
		all   int
		crowd int
		err   error
		limit int
		want  []string
	}{
		{"those whom the run adds count", 10, 9, nil, 10, []string{"changed, added/open", crowded, "changed, added/, group.many_outside_members"}},
		{"those inside do not", 10, 8, nil, 10, []string{"changed, added/open", "changed, added/open", "changed, added/"}},
		{"nobody asked", 4000, 4000, nil, 0, []string{"changed, added/open", "changed, added/open", "changed, added/"}},
		{"nobody can tell", 0, 0, errors.New("out of order"), 10, []string{"changed, added/open", "changed, added/open", "changed, added/"}},
		{"only members can write to a large group", 4998, 3, nil, 10, []string{"changed, added/open", "changed, added/open", "changed, added/, group.over_5000_members"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMemory(news)
			m.hold(onboard.Recipient{ID: "u-1", Kind: onboard.KindMailbox, Address: "bo@contoso.example"})
			m.crowd, m.crowdErr = onboard.MemberCount{All: tt.all, Outside: tt.crowd}, tt.err
			outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Policies: onboard.Policies{Default: onboard.Policy{Crowd: tt.limit}}, Workers: 1}, rows...)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range outcomes {
				got = append(got, tell(o))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("outcomes (-want +got):\n" + diff)
			}
		})
	}
}

// failsOnce can't count at first.
type failsOnce struct {
	*memory
	asked int
}

func (f *failsOnce) KnownMembers(ctx context.Context, g onboard.Group) (onboard.MemberCount, error) {
	if f.asked++; f.asked == 1 {
		return onboard.MemberCount{}, errors.New("out of order")
	}
	return f.memory.KnownMembers(ctx, g)
}

func TestMembersAreCountedUntilThatSucceeds(t *testing.T) {
	m := &failsOnce{memory: newMemory(news)}
	m.crowd = onboard.MemberCount{All: 100, Outside: 100}
	job := onboard.Job{Tenant: m, Policies: onboard.Policies{Default: onboard.Policy{Crowd: 10}}, Workers: 1}
	same := people(1)[0]
	outcomes, err := runJob(t.Context(), job, same, same, same)
	if err != nil {
		t.Fatal(err)
	}
	var told []*onboard.Problem
	for _, o := range outcomes {
		told = append(told, o.Groups[0].Findings...)
	}
	if len(told) != 1 || m.asked != 2 {
		t.Errorf("told %v after %d questions", told, m.asked)
	}
}
