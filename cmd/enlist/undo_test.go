package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
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

// undoStand is a simulated tenant with enlist at work on it, over a wire that can
// kill it.
type undoStand struct {
	tenant *simtenant.Server
	wire   *wire
	wireCA string
	enlist string // the program, to be killed
	folder string
}

// silent is a group that sends mail on with an empty return path.
const silent = "silent@contoso.example"

func newUndoStand(t *testing.T) *undoStand {
	t.Helper()
	seed, reports := directory.DefaultSeed(), false
	seed.Groups = append(seed.Groups, directory.SeedGroup{Kind: "distribution", DisplayName: "Silent", Address: silent,
		ReportToOriginator: &reports, AllowedSenders: []string{"sales@adatum.example"}, ManagedBy: []string{"ada@contoso.example"}})
	tenant, err := simtenant.Start(t.Context(), simtenant.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tenant.Close() })
	t.Setenv("AZURE_CLIENT_ID", tenant.App().ClientID)
	t.Setenv("AZURE_CLIENT_SECRET", tenant.App().Secret)
	s := &undoStand{tenant: tenant, wire: newWire(t, tenant), enlist: programOf(t), folder: t.TempDir()}
	s.wireCA = s.wire.saveCA(t)
	return s
}

// do carries out a command line, which may end with one of the exit codes, and
// gives what was said.
func (s *undoStand) do(args []string, codes ...exitCode) (string, error) {
	var said bytes.Buffer
	args = append(args, "--state", filepath.Join(s.folder, "state.db"))
	if code := run(args, streams{in: strings.NewReader(""), out: &said, err: &said}); !slices.Contains(codes, code) {
		return "", fmt.Errorf("enlist %s ended with exit code %d\n%s", strings.Join(args, " "), code, &said)
	}
	return said.String(), nil
}

// undo takes a run back.
func (s *undoStand) undo(run string) (string, error) {
	return s.do([]string{"undo", run, "--yes"}, exitDone)
}

// undoKilled begins to take a run back, and is killed at the nth change if that
// comes.
func (s *undoStand) undoKilled(run string, n int, when phase) error {
	cmd := exec.Command(s.enlist, "undo", run, "--yes", "--workers", "2", "--state", filepath.Join(s.folder, "state.db"))
	started := make(chan struct{})
	s.wire.strikeAt(n, func(p phase) {
		if p == when {
			<-started
			_ = cmd.Process.Kill()
		}
	})
	defer s.wire.strikeAt(0, nil)
	if err := cmd.Start(); err != nil {
		return err
	}
	close(started)
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
		return err
	}
	return nil
}

// run puts people on groups, and gives the run's id. Rows may fail.
func (s *undoStand) run(rows []string, flags ...string) (string, error) {
	text := "email,groups,company\n" + strings.Join(rows, "\n") + "\n"
	input := filepath.Join(s.folder, "people.csv")
	if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
		return "", err
	}
	address := strings.TrimPrefix(s.wire.server.URL, "https://")
	args := []string{"run", "--tenant", "sim", "--sim-address", address, "--sim-ca", s.wireCA, "--accept-shrunk-input", "--report", filepath.Join(s.folder, "report"), input}
	if _, err := s.do(append(args, flags...), exitDone, exitRowsFailed); err != nil {
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

// drawRows gives rows: some people and groups are known to the company, some are
// not, and some people can't be in some groups.
func drawRows(t *rapid.T, label string) []string {
	person := rapid.SampledFrom([]string{"carla.costa@fabrikam.example", "d.braun@northwind.example", "gita@wingtip.example",
		"new.one@torture.example", "new.two@torture.example", "new.three@torture.example"})
	group := rapid.SampledFrom([]string{"partners@contoso.example", "news@contoso.example", silent,
		"project-access@contoso.example", "project-team@contoso.example", "launch@contoso.example"})
	company := rapid.SampledFrom([]string{"", "Litware", "Fabrikam"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		return person.Draw(t, "person") + "," + group.Draw(t, "group") + "," + company.Draw(t, "company")
	}), 1, 6).Draw(t, label)
}

// drawPolicy gives flags about senders, the same for all runs: a group that one
// run has opened to everybody and another one to listed senders only is left as
// the latter made it.
func drawPolicy(t *rapid.T) []string {
	return rapid.SampledFrom([][]string{
		nil, {"--senders", "report"}, {"--senders", "listed", "--internal-senders", "all-staff@contoso.example"},
	}).Draw(t, "policy")
}

// drawFlags gives flags of all else that a run may do.
func drawFlags(t *rapid.T, label string) []string {
	var flags []string
	for _, more := range [][]string{
		{"--m365-groups", "guest"}, {"--update"}, {"--delivery-reports", "fix"},
		{"--create-groups", "--group-owner", "ada@contoso.example"},
		{"--source", "people", "--prune", "--max-removals", "99"},
	} {
		if rapid.Bool().Draw(t, label+" "+more[0]) {
			flags = slices.Concat(flags, more)
		}
	}
	return flags
}

// TestUndoBringsTheTenantBack checks that after two runs are taken back, the
// later one first, the tenant is as before each of them, byte for byte, also if
// taking back is killed on the way.
func TestUndoBringsTheTenantBack(t *testing.T) {
	s := newUndoStand(t)
	fewerChecks(t, "8")
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t)
		var runs, states []string
		for _, label := range []string{"first run", "second run"} {
			states = append(states, s.state(t))
			run, err := s.run(drawRows(t, "rows of the "+label), slices.Concat(policy, drawFlags(t, label))...)
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, run)
		}
		kill := rapid.IntRange(0, 1).Draw(t, "undo to kill")
		for i := len(runs) - 1; i >= 0; i-- {
			if i == kill {
				n, when := rapid.IntRange(1, 8).Draw(t, "killed at"), rapid.SampledFrom([]phase{arrived, done}).Draw(t, "when")
				if err := s.undoKilled(runs[i], n, when); err != nil {
					t.Fatal(err)
				}
			}
			said, err := s.undo(runs[i])
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
	if said, err := s.undo(run); err != nil || !strings.Contains(said, "create the contact eva.rus@fabrikam.example anew") {
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
	if said, err := s.undo(run); err != nil || !strings.Contains(said, "nothing to take back") {
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
