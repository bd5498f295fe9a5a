package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/journal"
	"enlist/pkg/simtenant"
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
func (s *undoStand) run(rows []string) (string, error) {
	text := "email,groups\n" + strings.Join(rows, "\n") + "\n"
	input := filepath.Join(s.folder, "people.csv")
	if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
		return "", err
	}
	address := strings.TrimPrefix(s.tenant.URL(), "https://")
	if _, err := s.do("run", "--tenant", "sim", "--sim-address", address, "--sim-ca", s.ca, "--accept-shrunk-input", "--report", filepath.Join(s.folder, "report"), input); err != nil {
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
		return person.Draw(t, "person") + "," + group.Draw(t, "group")
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
