package directory_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// work makes every kind of change once.
func work(t *testing.T, d *directory.Directory) {
	t.Helper()
	v := d.Exchange(0)
	ana := create(t, v, contact("Ana", "ana@fabrikam.example"))
	bo := create(t, v, contact("Bo", "bo@fabrikam.example"))
	group := find(t, d, "news@contoso.example")
	for _, err := range []error{
		v.AddMembers(group.ID, []uuid.UUID{ana.ID, bo.ID}),
		v.RemoveMember(group.ID, bo.ID),
		v.Remove(find(t, d, "sales@adatum.example").ID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := v.Change(ana.ID, func(o *directory.Object) error {
		o.Set(directory.Company, "Fabrikam")
		o.Restrictions().AcceptFrom = []uuid.UUID{bo.ID}
		o.MoreProxies = []string{"smtp:a@fabrikam.example"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStateSurvives(t *testing.T) {
	cases := map[string]func(*testing.T, *directory.Directory, string){
		"a restart":                     func(t *testing.T, d *directory.Directory, _ string) { _ = d.Close() },
		"a kill":                        func(*testing.T, *directory.Directory, string) {},
		"a kill in the midst of a line": func(t *testing.T, _ *directory.Directory, path string) { appendTo(t, path, `{"c":99,"obj`) },
	}
	for name, end := range cases {
		t.Run(name, func(t *testing.T) {
			opts := directory.Options{StateFile: statePath(t), Now: newClock().time}
			before := open(t, opts)
			work(t, before)
			end(t, before, opts.StateFile)

			for range 2 { // the second time from what the first one wrote
				after := open(t, opts)
				if diff := cmp.Diff(before.Export(), after.Export()); diff != "" {
					t.Fatalf("(-before +after)\n%s", diff)
				}
				if b, a := before.Graph().Latest(), after.Graph().Latest(); a != b {
					t.Errorf("change number %d, want %d", a, b)
				}
				if diff := cmp.Diff(changesSince(before, 1), changesSince(after, 1)); diff != "" {
					t.Errorf("what changed (-before +after)\n%s", diff)
				}
			}
		})
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// changesSince puts changes in words.
func changesSince(d *directory.Directory, since uint64) []string {
	var list []string
	d.Graph().Changes(since, directory.Recipients, 0, func(c directory.Change) bool {
		line := fmt.Sprintf("%s removed=%t properties=%t", c.Object.Name, c.Removed, c.Properties)
		for _, o := range c.Joined {
			line += " +" + o.Name
		}
		for _, o := range c.Left {
			line += " -" + o.Name
		}
		list = append(list, line)
		return true
	})
	return list
}

func TestStateIsRewrittenWhenMuchIsSuperseded(t *testing.T) {
	opts := directory.Options{StateFile: statePath(t), Now: newClock().time}
	d := open(t, opts)
	ada := find(t, d, "ada@contoso.example")
	for i := range 1500 {
		if _, err := d.Exchange(0).Change(ada.ID, func(o *directory.Object) error {
			o.Set(directory.Title, fmt.Sprint(i))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, opts)
	state, err := os.ReadFile(opts.StateFile)
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(state, []byte("\n")); lines > 100 {
		t.Errorf("%d lines are left", lines)
	}
	if got := find(t, again, "ada@contoso.example").Get(directory.Title); got != "1499" {
		t.Errorf("title %q", got)
	}
}

// A replication window that is open at a restart stays open.
func TestReplicationOutlivesARestart(t *testing.T) {
	c := newClock()
	opts := directory.Options{StateFile: statePath(t), Now: c.time, ReplicationDelay: time.Minute}
	d := open(t, opts)
	create(t, d.Exchange(0), contact("Ana", "ana@fabrikam.example"))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	c.forward(30 * time.Second)
	d = open(t, opts)
	sees := func(controller int) bool { return len(d.Exchange(controller).ByAddress("ana@fabrikam.example")) == 1 }
	if !sees(0) || sees(1) {
		t.Errorf("seen where it was written: %t, elsewhere: %t; want true, false", sees(0), sees(1))
	}
	c.forward(30 * time.Second)
	if !sees(1) {
		t.Error("not seen elsewhere after the delay")
	}
}

func TestDamagedStateIsRefused(t *testing.T) {
	opts := directory.Options{StateFile: statePath(t), Now: newClock().time}
	if err := open(t, opts).Close(); err != nil {
		t.Fatal(err)
	}
	appendTo(t, opts.StateFile, "nonsense\n")
	_, err := directory.Open(opts)
	if err == nil || !strings.Contains(err.Error(), "line ") {
		t.Errorf("error %v, want one that names the line", err)
	}
}

func TestClosedDirectoryRefusesWrites(t *testing.T) {
	d := open(t, directory.Options{StateFile: statePath(t)})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exchange(0).Create(contact("Ana", "ana@fabrikam.example")); err == nil {
		t.Error("a write after Close succeeds")
	}
}
