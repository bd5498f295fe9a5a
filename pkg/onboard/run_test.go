package onboard_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"enlist/pkg/onboard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func rowsOf(rows ...onboard.Row) iter.Seq2[onboard.Row, error] {
	return func(yield func(onboard.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// runJob runs the job over rows and gives the outcomes.
func runJob(ctx context.Context, job onboard.Job, rows ...onboard.Row) ([]onboard.Outcome, error) {
	var outcomes []onboard.Outcome
	err := job.Run(ctx, rowsOf(rows...), func(o onboard.Outcome) error {
		outcomes = append(outcomes, o)
		return nil
	})
	return outcomes, err
}

// brief is an outcome in one line: verdict, contact, then member and senders
// for each group, then the problem.
func brief(o onboard.Outcome) string {
	parts := []string{string(o.Verdict), string(o.Contact.Action)}
	for _, g := range o.Groups {
		parts = append(parts, fmt.Sprintf("%s:%s/%s", g.Name, g.Member, g.Senders))
	}
	if o.Problem != nil {
		parts = append(parts, string(o.Problem.Code))
	}
	return strings.Join(parts, " ")
}

func briefs(outcomes []onboard.Outcome) []string {
	var lines []string
	for _, o := range outcomes {
		lines = append(lines, brief(o))
	}
	return lines
}

func TestOneRow(t *testing.T) {
	guest := onboard.Recipient{ID: "u-1", Kind: onboard.KindGuest, Address: "guest@fabrikam.example"}
	tests := []struct {
		name    string
		prepare func(m *memory)
		senders onboard.SenderPolicy
		row     onboard.Row
		want    string
		sent    []string
	}{
		{
			name: "a new person is created, added, and the group opened",
			row:  row(2, "ana@fabrikam.example", "Partners", "news@contoso.example"),
			want: "changed created Partners:added/opened news@contoso.example:added/open",
			sent: []string{"create ana@fabrikam.example", "add partners@contoso.example ana@fabrikam.example", "open partners@contoso.example", "add news@contoso.example ana@fabrikam.example"},
		},
		{
			name: "a contact found under another address and letter case is not created",
			prepare: func(m *memory) {
				c := onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "Ana.Pop@Fabrikam.example"}
				m.hold(c, "old@fabrikam.example")
				m.members["g-2"+c.Address] = true
			},
			row:  row(2, "OLD@fabrikam.example", "news@contoso.example"),
			want: "unchanged found news@contoso.example:existing/open",
		},
		{
			name:    "a guest is used, never covered by a contact",
			prepare: func(m *memory) { m.hold(guest) },
			row:     row(2, "guest@fabrikam.example", "news@contoso.example"),
			want:    "changed reused news@contoso.example:added/open",
			sent:    []string{"add news@contoso.example guest@fabrikam.example"},
		},
		{
			name:    "the address of a group is refused",
			prepare: func(m *memory) { m.hold(onboard.Recipient{Kind: onboard.KindGroup, Address: "list@fabrikam.example"}) },
			row:     row(2, "list@fabrikam.example", "news@contoso.example"),
			want:    "failed failed contact.address_is_group",
		},
		{
			name: "two holders are refused",
			prepare: func(m *memory) {
				m.hold(guest)
				m.hold(onboard.Recipient{ID: "c-9", Kind: onboard.KindContact, Address: guest.Address})
			},
			row:  row(2, "guest@fabrikam.example"),
			want: "failed failed contact.address_ambiguous",
		},
		{
			name: "an address of an own domain that nobody holds is refused",
			row:  row(2, "nobody@contoso.example", "news@contoso.example"),
			want: "failed failed contact.own_domain",
		},
		{
			name: "groups that can't take the contact leave the others alone",
			row:  row(2, "ana@fabrikam.example", "nowhere", "Everyone", "Project", "Rooms", "Old", "news@contoso.example"),
			want: "partial created nowhere:failed/ Everyone:failed/ Project:failed/ Rooms:failed/ Old:failed/ news@contoso.example:added/open group.not_found",
			sent: []string{"create ana@fabrikam.example", "add news@contoso.example ana@fabrikam.example"},
		},
		{
			name:    "a name that two groups share is ambiguous",
			prepare: func(m *memory) { m.addGroup("News", twin) },
			row:     row(2, "ana@fabrikam.example", "News"),
			want:    "partial created News:failed/ group.ambiguous",
			sent:    []string{"create ana@fabrikam.example"},
		},
		{
			name: "the same group under two names counts once",
			row:  row(2, "ana@fabrikam.example", "News", "news@contoso.example"),
			want: "changed created News:added/open",
			sent: []string{"create ana@fabrikam.example", "add news@contoso.example ana@fabrikam.example"},
		},
		{
			name: "already a member, though it was not known",
			prepare: func(m *memory) {
				m.onAdd = func(onboard.Group, onboard.Recipient) error { return onboard.ErrAlreadyMember }
			},
			row:  row(2, "ana@fabrikam.example", "News"),
			want: "changed created News:existing/open",
			sent: []string{"create ana@fabrikam.example", "add news@contoso.example ana@fabrikam.example"},
		},
		{
			name:    "report says that the group is closed and leaves it",
			senders: onboard.SendersReport,
			row:     row(2, "ana@fabrikam.example", "Partners"),
			want:    "changed created Partners:added/closed",
			sent:    []string{"create ana@fabrikam.example", "add partners@contoso.example ana@fabrikam.example"},
		},
		{
			name:    "off does not look at senders",
			senders: onboard.SendersOff,
			row:     row(2, "ana@fabrikam.example", "Partners"),
			want:    "changed created Partners:added/",
			sent:    []string{"create ana@fabrikam.example", "add partners@contoso.example ana@fabrikam.example"},
		},
		{
			name: "a group that can't be opened makes the row partial",
			prepare: func(m *memory) {
				m.onOpen = func(onboard.Group) error { return onboard.ErrNotManager }
			},
			row:  row(2, "ana@fabrikam.example", "Partners"),
			want: "partial created Partners:added/failed group.not_manager",
			sent: []string{"create ana@fabrikam.example", "add partners@contoso.example ana@fabrikam.example", "open partners@contoso.example"},
		},
		{
			name: "a contact created without its attributes still gets its memberships",
			prepare: func(m *memory) {
				m.onSet = func(onboard.Contact) error { return onboard.ErrRefused }
			},
			row:  onboard.Row{Contact: onboard.Contact{Email: "ana@fabrikam.example", Company: "Fabrikam"}, Groups: []string{"News"}},
			want: "partial created News:added/open contact.attributes_not_set",
			sent: []string{"create ana@fabrikam.example", "set ana@fabrikam.example", "add news@contoso.example ana@fabrikam.example"},
		},
		{
			name: "throttling beyond the bound is deferred",
			prepare: func(m *memory) {
				m.onCreate = func(onboard.Contact) error { return onboard.ErrThrottled }
			},
			row:  row(2, "ana@fabrikam.example", "News"),
			want: "deferred deferred tenant.throttled",
			sent: []string{"create ana@fabrikam.example"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(partners, news, dynamic, modern, rooms, synced)
				if tt.prepare != nil {
					tt.prepare(m)
				}
				outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Policies: onboard.Policies{Default: onboard.Policy{Senders: tt.senders}}}, tt.row)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{tt.want}, briefs(outcomes)); diff != "" {
					t.Errorf("outcome (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.sent, m.commands); diff != "" {
					t.Errorf("commands (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestEveryProblemSaysWhatToDo(t *testing.T) {
	for _, e := range onboard.Explanations() {
		if e.Meaning == "" || e.NextStep == "" {
			t.Errorf("%s lacks a meaning or a next step", e.Code)
		}
	}
}

func TestSamePersonTwice(t *testing.T) {
	m := newMemory(partners, news)
	outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m},
		row(2, "ana@fabrikam.example", "Partners"),
		row(3, "ANA@Fabrikam.example", "News", "Partners"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"changed created Partners:added/opened",
		"changed found News:added/open Partners:existing/open",
	}
	if diff := cmp.Diff(want, briefs(outcomes)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if n := m.sent("create"); n != 1 {
		t.Errorf("created %d times", n)
	}
}

func TestCreationQuotaStopsCreatingOnly(t *testing.T) {
	m := newMemory(news)
	m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "known@fabrikam.example"})
	m.onCreate = func(c onboard.Contact) error { return onboard.ErrCreationQuota }
	outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1},
		row(2, "one@fabrikam.example", "News"),
		row(3, "two@fabrikam.example", "News"),
		row(4, "known@fabrikam.example", "News"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"deferred deferred tenant.creation_quota",
		"deferred deferred tenant.creation_quota",
		"changed found News:added/open",
	}
	if diff := cmp.Diff(want, briefs(outcomes)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if n := m.sent("create"); n != 1 {
		t.Errorf("tried to create %d times after the quota was reached", n)
	}
}

func TestTimeoutAfterTheServiceHadCreated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		m.onCreate = func(c onboard.Contact) error {
			m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: c.Email})
			return fmt.Errorf("timeout: %w", onboard.ErrUncertain)
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "News"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"changed found News:added/open"}, briefs(outcomes)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAddressTakenAndHolderShownLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		start := time.Now()
		m.onCreate = func(c onboard.Contact) error { return onboard.ErrAlreadyExists }
		m.onLook = func(address string) error {
			if time.Since(start) > 20*time.Second && m.holders[address] == nil {
				m.hold(onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: address})
			}
			return nil
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "News"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"changed found News:added/open"}, briefs(outcomes)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAddressTakenByNobodyShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		m.onCreate = func(c onboard.Contact) error { return onboard.ErrAlreadyExists }
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"failed failed contact.address_in_use"}, briefs(outcomes)); diff != "" {
			t.Error(diff)
		}
	})
}

// A new contact that can't be found yet waits without holding up other rows:
// with one worker, the rows behind it are done before it.
func TestNotYetVisibleWaitsAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		start := time.Now()
		var finished []string
		m.onAdd = func(g onboard.Group, r onboard.Recipient) error {
			if r.Address == "slow@fabrikam.example" && time.Since(start) < 30*time.Second {
				return onboard.ErrRecipientNotFound
			}
			finished = append(finished, r.Address)
			return nil
		}
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1},
			row(2, "slow@fabrikam.example", "News"),
			row(3, "b@fabrikam.example", "News"),
			row(4, "c@fabrikam.example", "News"))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			if brief(o) != "changed created News:added/open" {
				t.Errorf("line %d: %s", o.Row.Line, brief(o))
			}
		}
		slices.Sort(finished[:2]) // the two wait as long as each other
		want := []string{"b@fabrikam.example", "c@fabrikam.example", "slow@fabrikam.example"}
		if diff := cmp.Diff(want, finished); diff != "" {
			t.Errorf("order of the additions (-want +got):\n%s", diff)
		}
		if outcomes[0].Attempts < 2 {
			t.Errorf("attempts of the slow row: %d", outcomes[0].Attempts)
		}
	})
}

// What was read earlier may be wrong: the contact was deleted meanwhile. That
// shows before anything is written for it, and costs nothing when nothing is.
func TestContactGoneSinceItWasRead(t *testing.T) {
	m := newMemory(news, partners)
	old := onboard.Recipient{ID: "c-old", Kind: onboard.KindContact, Address: "ana@fabrikam.example", Remembered: true}
	m.hold(old)
	m.stale = map[string]bool{"ana@fabrikam.example": true}
	m.members["g-2"+old.Address] = true

	outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "News"))
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomes[0]; brief(got) != "unchanged found News:existing/open" || len(m.holders) == 0 {
		t.Errorf("a row that needs nothing: %s", brief(got))
	}
	outcomes, err = runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "Partners"))
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomes[0]; brief(got) != "changed created Partners:added/opened" || got.Contact.ID == "c-old" {
		t.Errorf("a row that needs a change: %s with contact %s", brief(got), got.Contact.ID)
	}
}

// What was read may be trusted, and yet be out of date: then the tenant doesn't
// find the contact when it is to be added, and that is looked into.
func TestTrustedContactIsGone(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stale bool
		want  string
	}{
		{"deleted meanwhile", true, "changed created Partners:added/opened"},
		{"there, and not found at once", false, "changed found Partners:added/opened"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(partners)
				old := onboard.Recipient{ID: "c-old", Kind: onboard.KindContact, Address: "ana@fabrikam.example"}
				m.hold(old)
				m.stale = map[string]bool{"ana@fabrikam.example": tt.stale}
				tries := 0
				m.onAdd = func(_ onboard.Group, r onboard.Recipient) error {
					tries++
					if r.ID == "c-old" && (tt.stale || tries < 3) {
						return onboard.ErrRecipientNotFound
					}
					return nil
				}
				outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "Partners"))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{tt.want}, briefs(outcomes)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// Once the tenant has needed time to show a new contact, later ones get it
// before their first try, without holding a slot, and need no second one.
func TestNewContactsWaitOnceOneWasNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news, partners)
		born := map[string]time.Time{}
		m.onCreate = func(c onboard.Contact) error {
			born[c.Email] = time.Now()
			return nil
		}
		m.onAdd = func(_ onboard.Group, r onboard.Recipient) error {
			if time.Since(born[r.Address]) < 10*time.Second {
				return onboard.ErrRecipientNotFound
			}
			return nil
		}
		rows := []onboard.Row{row(2, "p2@fabrikam.example", "News")}
		for line := 3; line < 103; line++ {
			rows = append(rows, row(line, fmt.Sprintf("p%d@fabrikam.example", line), "News", "Partners"))
		}
		start := time.Now()
		if _, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1}, rows...); err != nil {
			t.Fatal(err)
		}
		if failed := m.sent("add ") - 201; failed > 4 {
			t.Errorf("%d tries failed, which are more than the first row's", failed)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %s: rows waited one after the other", took)
		}
	})
}

func TestInterruptedRunAccountsForEveryRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		ctx, cancel := context.WithCancelCause(t.Context())
		m.onCreate = func(c onboard.Contact) error {
			if strings.HasPrefix(c.Email, "p3@") {
				cancel(onboard.ErrInterrupted)
			}
			time.Sleep(time.Second)
			return nil
		}
		rows := people(20)
		outcomes, err := runJob(ctx, onboard.Job{Tenant: m, Workers: 2}, rows...)
		if !errors.Is(err, onboard.ErrInterrupted) {
			t.Fatalf("err = %v", err)
		}
		if len(outcomes) != len(rows) {
			t.Fatalf("%d outcomes for %d rows", len(outcomes), len(rows))
		}
		verdicts := map[onboard.Verdict]int{}
		for i, o := range outcomes {
			if o.Row.Line != rows[i].Line {
				t.Fatalf("outcome %d is of line %d", i, o.Row.Line)
			}
			verdicts[o.Verdict]++
			if o.Verdict == onboard.Deferred && (o.Problem.Code != onboard.CodeInterrupted || o.Problem.NextStep == "") {
				t.Errorf("line %d: %v", o.Row.Line, o.Problem)
			}
		}
		if verdicts[onboard.Changed] == 0 || verdicts[onboard.Deferred] == 0 || len(verdicts) != 2 {
			t.Errorf("verdicts: %v", verdicts)
		}
	})
}

func TestParkedRowEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(news)
		ctx, cancel := context.WithCancelCause(t.Context())
		m.onAdd = func(onboard.Group, onboard.Recipient) error { return onboard.ErrRecipientNotFound }
		time.AfterFunc(5*time.Second, func() { cancel(onboard.ErrDeadline) })
		outcomes, err := runJob(ctx, onboard.Job{Tenant: m}, row(2, "ana@fabrikam.example", "News"))
		if !errors.Is(err, onboard.ErrDeadline) {
			t.Fatalf("err = %v", err)
		}
		if diff := cmp.Diff([]string{"deferred created News:deferred/ run.deadline"}, briefs(outcomes)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunStopsWhenEveryRowWouldFail(t *testing.T) {
	for _, reason := range []error{onboard.ErrDenied, onboard.ErrUnavailable} {
		m := newMemory(news)
		m.onLook = func(string) error { return fmt.Errorf("HTTP 403: %w", reason) }
		outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1}, people(100)...)
		if !errors.Is(err, reason) {
			t.Fatalf("err = %v, want %v", err, reason)
		}
		left := 0
		for _, o := range outcomes {
			if o.Problem.Code == onboard.CodeStopped {
				left++
			}
		}
		if len(outcomes) != 100 || left < 90 {
			t.Errorf("%v: %d outcomes, %d of them left over", reason, len(outcomes), left)
		}
	}
}

func TestEmitErrorEndsTheRun(t *testing.T) {
	m := newMemory(news)
	full := errors.New("disk full")
	err := onboard.Job{Tenant: m}.Run(t.Context(), rowsOf(people(5000)...), func(onboard.Outcome) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("err = %v", err)
	}
}

func TestReadErrorEndsTheRunAfterTheRowsBefore(t *testing.T) {
	m := newMemory(news)
	broken := errors.New("unexpected end of file")
	rows := func(yield func(onboard.Row, error) bool) {
		if yield(row(2, "ana@fabrikam.example", "News"), nil) {
			yield(onboard.Row{}, broken)
		}
	}
	var outcomes []onboard.Outcome
	err := onboard.Job{Tenant: m}.Run(t.Context(), rows, func(o onboard.Outcome) error {
		outcomes = append(outcomes, o)
		return nil
	})
	if !errors.Is(err, broken) || len(outcomes) != 1 {
		t.Errorf("err = %v, %d outcomes", err, len(outcomes))
	}
}

func people(n int) []onboard.Row {
	rows := make([]onboard.Row, n)
	for i := range rows {
		rows[i] = row(i+2, fmt.Sprintf("p%d@fabrikam.example", i), "News")
	}
	return rows
}

// For any rows: one outcome each, in order; each person created at most once
// and each membership added at most once; and a second run changes nothing.
func TestAnyRowsTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMemory(partners, news, dynamic)
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) onboard.Row {
			r := row(0, rapid.SampledFrom([]string{"a@x.example", "A@X.example", "b@x.example", "c@x.example", "d@contoso.example"}).Draw(t, "email"),
				rapid.SliceOfN(rapid.SampledFrom([]string{"Partners", "News", "news@contoso.example", "Everyone", "gone"}), 0, 4).Draw(t, "groups")...)
			if rapid.IntRange(0, 9).Draw(t, "bad") == 0 {
				r.Problem = &onboard.Problem{Code: "row.email.invalid"}
			}
			return r
		}), 0, 40).Draw(t, "rows")
		for i := range rows {
			rows[i].Line = i + 2
		}
		job := onboard.Job{Tenant: m, Workers: rapid.IntRange(1, 8).Draw(t, "workers")}
		first, err := runJob(context.Background(), job, rows...)
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != len(rows) {
			t.Fatalf("%d outcomes for %d rows", len(first), len(rows))
		}
		for i := range first {
			if first[i].Row.Line != rows[i].Line {
				t.Fatalf("outcome %d is of line %d", i, first[i].Row.Line)
			}
		}
		sent := slices.Clone(m.commands)
		slices.Sort(sent)
		if once := slices.Compact(slices.Clone(sent)); len(once) != len(sent) {
			t.Fatalf("a command went out twice: %v", sent)
		}
		// The group that the first run opened is open now.
		m.groups["partners"][0].InsideSendersOnly = m.sent("open") == 0
		before := len(m.commands)
		second, err := runJob(context.Background(), job, rows...)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.commands) != before {
			t.Fatalf("the second run sent %v", m.commands[before:])
		}
		for _, o := range second {
			if o.Verdict == onboard.Changed {
				t.Fatalf("the second run changed line %d: %s", o.Row.Line, brief(o))
			}
		}
	})
}

// A dry run tells what the run then does, row for row, and changes nothing.
func TestDryRunTellsWhatTheRunDoes(t *testing.T) {
	rows := []onboard.Row{
		row(2, "ana@fabrikam.example", "Partners"),
		row(3, "ana@fabrikam.example", "Partners", "News"),
		row(4, "known@fabrikam.example", "News"),
		row(5, "x@contoso.example", "News"),
	}
	m := newMemory(partners, news)
	known := onboard.Recipient{ID: "c-1", Kind: onboard.KindContact, Address: "known@fabrikam.example"}
	m.hold(known)
	m.members["g-2"+known.Address] = true
	planned, err := runJob(t.Context(), onboard.Job{Tenant: onboard.NewDryRun(m), Workers: 1}, rows...)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.commands) != 0 {
		t.Fatalf("the dry run sent %v", m.commands)
	}
	done, err := runJob(t.Context(), onboard.Job{Tenant: m, Workers: 1}, rows...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(briefs(done), briefs(planned)); diff != "" {
		t.Errorf("run and dry run (-run +dry run):\n%s", diff)
	}
}

func TestKnownOutcomeTakesTheRowsPlace(t *testing.T) {
	m := newMemory(partners, news)
	before := onboard.Outcome{Verdict: onboard.Failed, Problem: &onboard.Problem{Code: onboard.CodeGroupNotFound}, Attempts: 1}
	known := row(3, "ben@fabrikam.example", "news@contoso.example")
	known.Known = &before

	outcomes, err := runJob(t.Context(), onboard.Job{Tenant: m},
		row(2, "ana@fabrikam.example", "news@contoso.example"), known, row(4, "eva@fabrikam.example", "news@contoso.example"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"changed created news@contoso.example:added/open",
		"failed  group.not_found",
		"changed created news@contoso.example:added/open",
	}
	if diff := cmp.Diff(want, briefs(outcomes)); diff != "" {
		t.Error("outcomes (-want +got):\n" + diff)
	}
	if outcomes[1].Row.Line != 3 || outcomes[1].Attempts != 1 {
		t.Errorf("the known outcome came out as line %d, %d attempts; want line 3 and the 1 attempt of then", outcomes[1].Row.Line, outcomes[1].Attempts)
	}
	if n := m.sent("create ben"); n != 0 {
		t.Error("a contact was created for the row whose outcome was known")
	}
}

type watchKey struct{}

// withContext notes with which row's context a contact is created.
type withContext struct {
	onboard.Tenant
	asked map[int]int
}

func (w withContext) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	line, _ := ctx.Value(watchKey{}).(int)
	w.asked[line]++
	return w.Tenant.CreateContact(ctx, c)
}

func TestEachRowThatIsTakenUpIsWatched(t *testing.T) {
	tenant := withContext{newMemory(news), map[int]int{}}
	got := map[int]onboard.Verdict{}
	job := onboard.Job{Tenant: tenant, Workers: 1, Watch: func(ctx context.Context, row onboard.Row) (context.Context, func(onboard.Outcome)) {
		return context.WithValue(ctx, watchKey{}, row.Line), func(o onboard.Outcome) { got[row.Line] = o.Verdict }
	}}
	invalid := row(4, "", "News")
	invalid.Problem = &onboard.Problem{Code: "row.email.missing"}
	err := job.Run(t.Context(), rowsOf(row(2, "a@fabrikam.example", "News"), row(3, "b@fabrikam.example", "Nowhere"), invalid), func(onboard.Outcome) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int]onboard.Verdict{2: onboard.Changed, 3: onboard.Partial}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[int]int{2: 1, 3: 1}, tenant.asked); diff != "" {
		t.Errorf("the tenant was not asked with the row's context: %s", diff)
	}
}
