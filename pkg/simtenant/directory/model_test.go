package directory_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"enlist/pkg/simtenant/directory"
)

// model is the organisation as plainly as it can be said: who has which
// address, and who is in the one group.
type model struct {
	opts    directory.Options
	clock   *clock
	dir     *directory.Directory
	address map[string]string // by Name
	members map[string]bool   // by Name
	group   uuid.UUID
}

// Whatever happens in whatever order, through whatever server, restarts
// included: the directory tells the same as the model.
func TestDirectoryIsTheModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(t, rt)
		defer m.dir.Close()
		rt.Repeat(map[string]func(*rapid.T){
			"create":    m.create,
			"readdress": m.readdress,
			"remove":    m.remove,
			"join":      m.join,
			"leave":     m.leave,
			"wait": func(rt *rapid.T) {
				m.clock.forward(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
			},
			"restart": m.restart,
			"":        m.check,
		})
	})
}

func newModel(t *testing.T, rt *rapid.T) *model {
	folder, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		rt.Fatal(err)
	}
	m := &model{clock: newClock(), address: map[string]string{}, members: map[string]bool{}}
	m.opts = directory.Options{
		Now: m.clock.time, ReplicationDelay: 10 * time.Second, GraphDelay: time.Minute,
		StateFile: filepath.Join(folder, "state"),
		Seed: &directory.Seed{
			Tenant: directory.SeedTenant{Domain: "contoso.example"},
			Groups: []directory.SeedGroup{{Kind: "distribution", Name: "group", Address: "group@contoso.example"}},
		},
	}
	if m.dir, err = directory.Open(m.opts); err != nil {
		rt.Fatal(err)
	}
	m.group = m.dir.Truth().ByAddress("group@contoso.example")[0].ID
	return m
}

func (m *model) view(rt *rapid.T) directory.View {
	return m.dir.Exchange(rapid.IntRange(0, 2).Draw(rt, "controller"))
}

func (m *model) name(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "name")
}

func anAddress(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"1@x.example", "2@x.example", "3@x.example"}).Draw(rt, "address")
}

func (m *model) holder(address string) string {
	for name, a := range m.address {
		if a == address {
			return name
		}
	}
	return ""
}

// conflicts checks that a write is refused exactly when the model says so.
func conflicts(rt *rapid.T, err error, want bool) bool {
	var conflict *directory.ConflictError
	if err != nil && !errors.As(err, &conflict) {
		rt.Fatal(err)
	}
	if (err != nil) != want {
		rt.Fatalf("error %v, want a conflict: %t", err, want)
	}
	return err != nil
}

func (m *model) create(rt *rapid.T) {
	name, address := m.name(rt), anAddress(rt)
	_, err := m.view(rt).Create(contact(name, address))
	if !conflicts(rt, err, m.address[name] != "" || m.holder(address) != "") {
		m.address[name] = address
	}
}

// id finds somebody by Name in the truth; false when there is nobody.
func (m *model) id(name string) (uuid.UUID, bool) {
	if m.address[name] == "" {
		return uuid.Nil, false
	}
	return m.dir.Truth().ByAddress(m.address[name])[0].ID, true
}

func (m *model) readdress(rt *rapid.T) {
	name, address := m.name(rt), anAddress(rt)
	id, ok := m.id(name)
	if !ok {
		return
	}
	_, err := m.view(rt).Change(id, func(o *directory.Object) error {
		o.Address, o.External = address, address
		return nil
	})
	if h := m.holder(address); !conflicts(rt, err, h != "" && h != name) {
		m.address[name] = address
	}
}

func (m *model) remove(rt *rapid.T) {
	name := m.name(rt)
	id, ok := m.id(name)
	if !ok {
		return
	}
	if err := m.view(rt).Remove(id); err != nil {
		rt.Fatal(err)
	}
	delete(m.address, name)
	delete(m.members, name)
}

func (m *model) join(rt *rapid.T) {
	name := m.name(rt)
	if id, ok := m.id(name); ok {
		if err := m.view(rt).AddMember(m.group, id); errors.Is(err, directory.ErrMemberExists) != m.members[name] {
			rt.Fatalf("join: %v", err)
		}
		m.members[name] = true
	}
}

func (m *model) leave(rt *rapid.T) {
	name := m.name(rt)
	if id, ok := m.id(name); ok {
		if err := m.view(rt).RemoveMember(m.group, id); errors.Is(err, directory.ErrNotMember) == m.members[name] {
			rt.Fatalf("leave: %v", err)
		}
		delete(m.members, name)
	}
}

func (m *model) restart(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "orderly") {
		if err := m.dir.Close(); err != nil {
			rt.Fatal(err)
		}
	}
	dir, err := directory.Open(m.opts)
	if err != nil {
		rt.Fatal(err)
	}
	m.dir = dir
}

func (m *model) check(rt *rapid.T) {
	address, members := map[string]string{}, map[string]bool{}
	truth := m.dir.Truth()
	for o := range truth.All(directory.Contact) {
		address[o.Name] = o.Address
		if found := truth.ByAddress(o.Address); len(found) != 1 || found[0] != o {
			rt.Fatalf("%s does not lead to %s alone", o.Address, o.Name)
		}
	}
	for o := range truth.Members(m.group) {
		members[o.Name] = true
	}
	if diff := cmp.Diff(m.address, address); diff != "" {
		rt.Fatalf("addresses (-model +directory)\n%s", diff)
	}
	if diff := cmp.Diff(m.members, members); diff != "" {
		rt.Fatalf("members (-model +directory)\n%s", diff)
	}
	if n := truth.MemberCount(m.group); n != len(members) {
		rt.Fatalf("%d members counted, %d there", n, len(members))
	}
}

// One address, many writers: one of them gets it.
func TestConcurrentCreatesOfOneAddress(t *testing.T) {
	d := open(t, directory.Options{})
	var wins, losses int
	var mu sync.Mutex
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			_, err := d.Exchange(i).Create(contact(fmt.Sprint("n", i), "ana@fabrikam.example"))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				wins++
			} else {
				losses++
			}
		})
	}
	work.Wait()
	if wins != 1 || losses != 19 {
		t.Errorf("%d created, %d refused; want 1 and 19", wins, losses)
	}
}

// Changes of one object by many at once all count.
func TestConcurrentChangesAreAllKept(t *testing.T) {
	d := open(t, directory.Options{})
	id := find(t, d, "Old Supplier").ID
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			_, err := d.Exchange(i).Change(id, func(o *directory.Object) error {
				o.MoreProxies = append(o.MoreProxies, fmt.Sprintf("smtp:n%d@adatum.example", i))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if o := find(t, d, "Old Supplier"); len(o.MoreProxies) != 20 {
		t.Errorf("%d of 20 addresses are there", len(o.MoreProxies))
	}
}
