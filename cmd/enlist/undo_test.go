package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/journal"
	"enlist/pkg/simtenant"
	"enlist/pkg/simtenant/directory"
)

// undoStand is a simulated tenant with enlist at work on it.
type undoStand struct {
	tenant *simtenant.Server
	folder string
	ca     string
}

func newUndoStand(t *testing.T) *undoStand {
	t.Helper()
	tenant, err := simtenant.Start(t.Context(), simtenant.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tenant.Close() })
	t.Setenv("AZURE_CLIENT_ID", tenant.App().ClientID)
	t.Setenv("AZURE_CLIENT_SECRET", tenant.App().Secret)
	s := &undoStand{tenant: tenant, folder: t.TempDir()}
	s.ca = filepath.Join(s.folder, "ca.pem")
	if err := os.WriteFile(s.ca, tenant.CertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// do carries out a command line and gives what was said.
func (s *undoStand) do(args ...string) (string, error) {
	var said bytes.Buffer
	args = append(args, "--state", filepath.Join(s.folder, "state.db"))
	if code := run(args, streams{in: strings.NewReader(""), out: &said, err: &said}); code != exitDone {
		return "", fmt.Errorf("enlist %s ended with exit code %d\n%s", strings.Join(args, " "), code, &said)
	}
	return said.String(), nil
}

// run puts people on groups, and gives the run's id.
func (s *undoStand) run(rows []string, flags ...string) (string, error) {
	text := "email,groups,company\n" + strings.Join(rows, "\n") + "\n"
	input := filepath.Join(s.folder, "people.csv")
	if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
		return "", err
	}
	address := strings.TrimPrefix(s.tenant.URL(), "https://")
	args := []string{"run", "--tenant", "sim", "--sim-address", address, "--sim-ca", s.ca, "--accept-shrunk-input", "--report", filepath.Join(s.folder, "report"), input}
	if _, err := s.do(append(args, flags...)...); err != nil {
		return "", err
	}
	j, err := journal.Read(context.Background(), filepath.Join(s.folder, "state.db"))
	if err != nil {
		return "", err
	}
	defer j.Close()
	last, err := j.Last(context.Background())
	return last.ID, err
}

// state is the tenant's state, byte for byte.
func (s *undoStand) state(t *rapid.T) string {
	text, err := json.MarshalIndent(s.tenant.State(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// drawRows gives rows: some people are known to the company, some are not.
func drawRows(t *rapid.T, label string) []string {
	person := rapid.SampledFrom([]string{"carla.costa@fabrikam.example", "d.braun@northwind.example", "gita@wingtip.example",
		"new.one@torture.example", "new.two@torture.example", "new.three@torture.example"})
	group := rapid.SampledFrom([]string{"partners@contoso.example", "news@contoso.example", "suppliers@contoso.example"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		return person.Draw(t, "person") + "," + group.Draw(t, "group") + ","
	}), 1, 5).Draw(t, label)
}

// TestUndoBringsTheTenantBack checks that after two runs are taken back, the
// later one first, the tenant is as before each of them, byte for byte.
func TestUndoBringsTheTenantBack(t *testing.T) {
	s := newUndoStand(t)
	fewerChecks(t, "12")
	rapid.Check(t, func(t *rapid.T) {
		var runs, states []string
		for _, label := range []string{"rows of the first run", "rows of the second run"} {
			states = append(states, s.state(t))
			run, err := s.run(drawRows(t, label))
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, run)
		}
		for i := len(runs) - 1; i >= 0; i-- {
			said, err := s.do("undo", runs[i], "--yes")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(states[i], s.state(t)); diff != "" {
				t.Fatalf("the tenant (-before the run +after its undo):\n%s\n%s", diff, said)
			}
		}
	})
}

// contact is who has the address in a simulated tenant; the zero value for nobody.
func contact(in *directory.Seed, address string) directory.SeedContact {
	i := slices.IndexFunc(in.Contacts, func(c directory.SeedContact) bool { return strings.EqualFold(c.Email, address) })
	if i < 0 {
		return directory.SeedContact{}
	}
	return in.Contacts[i]
}

// TestUndoOfPruneCreatesContactsAnew checks that a contact that was removed comes
// back as it was, reachable by the address that Outlook remembers, and that all
// else in the tenant is as before.
func TestUndoOfPruneCreatesContactsAnew(t *testing.T) {
	s := newUndoStand(t)
	const eva = "Eva.Rus@fabrikam.example"
	source := []string{"--source", "hr", "--prune=contacts", "--grace", "0s", "--max-removals", "9"}
	if _, err := s.run([]string{eva + ",partners@contoso.example,Fabrikam", "ana.pop@fabrikam.example,news@contoso.example,"}, source...); err != nil {
		t.Fatal(err)
	}
	before := s.tenant.State()
	run, err := s.run([]string{"ana.pop@fabrikam.example,news@contoso.example,"}, source...)
	if err != nil {
		t.Fatal(err)
	}
	if c := contact(s.tenant.State(), eva); c.Email != "" {
		t.Fatal("the contact was not removed")
	}
	if said, err := s.do("undo", run, "--yes"); err != nil || !strings.Contains(said, "create the contact eva.rus@fabrikam.example anew") {
		t.Fatal(said, err)
	}
	after := s.tenant.State()
	was, is := contact(before, eva), contact(after, eva)
	if is.ID == was.ID || len(is.ProxyAddresses) != 1 || !strings.HasPrefix(is.ProxyAddresses[0], "X500:/o=ExchangeLabs/") {
		t.Errorf("the contact has id %q (it had %q) and addresses %q; want a new id and the former X500 address", is.ID, was.ID, is.ProxyAddresses)
	}
	is.ID, is.ProxyAddresses = was.ID, was.ProxyAddresses
	if diff := cmp.Diff(was, is); diff != "" {
		t.Error("the contact (-before +after):\n" + diff)
	}
	if diff := cmp.Diff(before.Groups, after.Groups); diff != "" {
		t.Error("groups (-before +after):\n" + diff)
	}
	if said, err := s.do("undo", run, "--yes"); err != nil || !strings.Contains(said, "nothing to take back") {
		t.Error(said, err)
	}
}

// fewerChecks lowers the number of checks of a test whose checks take seconds,
// unless a number was asked for.
func fewerChecks(t *testing.T, number string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	if err := f.Value.Set(number); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
}
