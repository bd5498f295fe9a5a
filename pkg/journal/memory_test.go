package journal_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
)

// memory is a tenant in memory. after is asked when a command has been carried
// out, and can keep the answer back.
type memory struct {
	mu       sync.Mutex
	contacts map[string]onboard.Recipient
	members  map[string]bool
	open     map[string]bool
	keys     map[string]string // of contacts, by address
	commands []string
	after    func(command string) error
}

func newMemory() *memory {
	return &memory{contacts: map[string]onboard.Recipient{}, members: map[string]bool{}, open: map[string]bool{}}
}

// carryOut notes the command, does it, and asks whether to say so.
func (m *memory) carryOut(command string, do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.commands = append(m.commands, command)
	if err := do(); err != nil {
		return err
	}
	if m.after == nil {
		return nil
	}
	return m.after(command)
}

// sent tells how often each command was carried out.
func (m *memory) sent() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := map[string]int{}
	for _, c := range m.commands {
		count[c]++
	}
	return count
}

func (m *memory) Holders(_ context.Context, address string) ([]onboard.Recipient, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.contacts[strings.ToLower(address)]; ok {
		return []onboard.Recipient{r}, nil
	}
	return nil, nil
}

func (m *memory) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	return m.Holders(ctx, address)
}

func (m *memory) OwnDomain(context.Context, string) (bool, error) { return false, nil }

func (m *memory) CreateContact(_ context.Context, c onboard.Contact) (onboard.Recipient, error) {
	key := strings.ToLower(c.Email)
	r := onboard.Recipient{ID: "id-" + key, Ref: "ref-" + key, Kind: onboard.KindContact, Address: c.Email}
	err := m.carryOut("create "+key, func() error {
		if _, ok := m.contacts[key]; ok {
			return onboard.ErrAlreadyExists
		}
		m.contacts[key] = r
		return nil
	})
	return r, err
}

func (m *memory) SetAttributes(_ context.Context, r onboard.Recipient, c onboard.Contact) error {
	if c.Company == "" {
		return nil
	}
	return m.carryOut("set "+strings.ToLower(r.Address), func() error { return nil })
}

func (m *memory) Groups(_ context.Context, name string) ([]onboard.Group, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []onboard.Group{{ID: "id-" + name, Ref: "ref-" + name, Kind: onboard.GroupDistribution, Address: name, InsideSendersOnly: !m.open[name]}}, nil
}

func (m *memory) IsMember(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.members[g.Address+" "+strings.ToLower(r.Address)], nil
}

func (m *memory) AddMember(_ context.Context, g onboard.Group, r onboard.Recipient) error {
	key := g.Address + " " + strings.ToLower(r.Address)
	return m.carryOut("add "+key, func() error {
		if m.members[key] {
			return onboard.ErrAlreadyMember
		}
		m.members[key] = true
		return nil
	})
}

func (m *memory) AllowOutsideSenders(_ context.Context, g onboard.Group) error {
	return m.carryOut("open "+g.Address, func() error { m.open[g.Address] = true; return nil })
}

func (m *memory) IsAllowedSender(_ context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.members["senders of "+g.Address+" "+strings.ToLower(r.Address)], nil
}

func (m *memory) AllowSender(_ context.Context, g onboard.Group, r onboard.Recipient) error {
	key := g.Address + " " + strings.ToLower(r.Address)
	return m.carryOut("allow "+key, func() error { m.members["senders of "+key] = true; return nil })
}

func (m *memory) ReportToOriginator(_ context.Context, g onboard.Group) error {
	return m.carryOut("report "+g.Address, func() error { return nil })
}

func (m *memory) InviteGuest(_ context.Context, c onboard.Contact) (onboard.Recipient, error) {
	r := onboard.Recipient{ID: "id-" + c.Email, Kind: onboard.KindGuest, DisplayName: c.DisplayName, Address: c.Email}
	return r, m.carryOut("invite "+strings.ToLower(c.Email), func() error { return nil })
}

func (m *memory) Attributes(_ context.Context, r onboard.Recipient, _ []onboard.Field, _ onboard.Contact) (onboard.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for address, holder := range m.contacts {
		if holder.ID == r.ID {
			return onboard.Contact{Email: address}, nil
		}
	}
	return onboard.Contact{}, nil
}

// UpdateContact gives the contact with the id another address, if that is asked for.
func (m *memory) UpdateContact(_ context.Context, r onboard.Recipient, fields []onboard.Field, c onboard.Contact) error {
	return m.carryOut("update "+strings.ToLower(r.Address), func() error {
		for address, holder := range m.contacts {
			if holder.ID == r.ID && address != c.Email && slices.Contains(fields, onboard.FieldEmail) {
				holder.Address = c.Email
				m.keys[c.Email] = m.keys[address]
				delete(m.contacts, address)
				delete(m.keys, address)
				m.contacts[c.Email] = holder
			}
		}
		return nil
	})
}

func (m *memory) KeyHolders(_ context.Context, _ onboard.Field, key string) ([]onboard.Recipient, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []onboard.Recipient
	for address, has := range m.keys {
		if has == key {
			found = append(found, m.contacts[address])
		}
	}
	return found, nil
}

func (m *memory) KnownMembers(context.Context, onboard.Group) (onboard.MemberCount, error) {
	return onboard.MemberCount{}, nil
}

func (m *memory) Restriction(context.Context, onboard.Recipient) (onboard.Restriction, error) {
	return onboard.Restriction{}, nil
}

func (m *memory) CreateGroup(context.Context, string, onboard.NewGroup) (onboard.Group, error) {
	return onboard.Group{}, onboard.ErrRefused
}

// inputOf gives rows of the people, all in the group news.
func inputOf(people ...string) []onboard.Row {
	rows := make([]onboard.Row, len(people))
	for i, p := range people {
		rows[i] = onboard.Row{
			Line:    i + 2,
			Contact: onboard.Contact{Email: p + "@fabrikam.example", DisplayName: p, Company: "Fabrikam"},
			Groups:  []string{"news@contoso.example"},
		}
	}
	return rows
}

func each(rows []onboard.Row) iter.Seq2[onboard.Row, error] {
	return func(yield func(onboard.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// briefs tells outcomes in a line each.
func briefs(outcomes []onboard.Outcome) []string {
	lines := make([]string, len(outcomes))
	for i, o := range outcomes {
		lines[i] = fmt.Sprintf("%d %s %s", o.Row.Line, o.Verdict, o.Contact.Action)
		for _, g := range o.Groups {
			lines[i] += fmt.Sprintf(" %s/%s", g.Member, g.Senders)
		}
		if o.Problem != nil {
			lines[i] += " " + string(o.Problem.Code)
		}
	}
	return lines
}

// sitting does the run, or goes on with it, until the outcome of the row in
// place cut was handed out; -1 for to the end.
func sitting(t *testing.T, path string, m *memory, rows []onboard.Row, cut int) []onboard.Outcome {
	t.Helper()
	return plannedSitting(t, path, m, nil, rows, cut)
}

// plannedSitting is a sitting of a run that is held to a plan, if there is one.
func plannedSitting(t *testing.T, path string, m *memory, plan *journal.Plan, rows []onboard.Row, cut int) []onboard.Outcome {
	t.Helper()
	j := open(t, path)
	defer closeIt(t, j)
	run, err := j.Last(t.Context())
	var record *journal.Recorder
	if errors.Is(err, journal.ErrNoRun) {
		record, err = j.Begin(t.Context(), journal.Run{ID: "run-1", Tenant: "contoso", Source: "people", Started: time.Now()})
	} else if err == nil {
		record, err = j.Continue(t.Context(), run)
	}
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []onboard.Outcome
	tenant := record.Tenant(m)
	if plan != nil {
		tenant = plan.Hold(tenant, record)
	}
	job := onboard.Job{Tenant: tenant, Key: onboard.CustomAttribute(15), Workers: 4, Patience: onboard.Patience{First: time.Millisecond}}
	err = job.Run(t.Context(), record.Rows(t.Context(), each(rows)), func(o onboard.Outcome) error {
		if len(outcomes) == cut {
			return errCut
		}
		outcomes = append(outcomes, o)
		return record.Record(o)
	})
	if errors.Is(err, errCut) {
		return outcomes
	}
	if err := errors.Join(err, record.End(journal.End{Ended: time.Now(), WholeInput: true})); err != nil {
		t.Fatal(err)
	}
	return outcomes
}

var errCut = errors.New("the run was cut off here")

func open(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeIt(t *testing.T, j *journal.Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "state.db") }
