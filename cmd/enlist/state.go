package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"enlist/pkg/journal"
)

// stateOff is the value of --state for going without.
const stateOff = "off"

// stateOptions say where runs are recorded.
type stateOptions struct {
	path   string
	source string
}

func (o *stateOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.path, "state", "", "file that records what runs do, for resume, history and show; off to go without (default: one for each tenant in the user's configuration folder, none for a simulated tenant)")
	flags.StringVar(&o.source, "source", "", "what the input is called from run to run, as in hr-nightly (default: its file name)")
}

// sourceOf is the name that the input goes by from run to run.
func (o *stateOptions) sourceOf(a assignment) string {
	switch {
	case a.resumed != nil:
		return a.resumed.Source
	case a.several && o.source != "":
		return o.source + "/" + filepath.Base(a.path)
	case o.source != "":
		return o.source
	}
	return filepath.Base(a.path)
}

// statePath is the file that the run is recorded in, empty for none. A
// simulated tenant has none unless one is named: its runs are trials.
func (o *runOptions) statePath() (string, error) {
	if o.dryRun {
		return "", nil
	}
	return o.recordPath()
}

// recordPath is the file in which runs like this one are recorded, empty for
// none.
func (o *runOptions) recordPath() (string, error) {
	switch {
	case o.state.path == stateOff:
		return "", nil
	case o.state.path != "":
		return o.state.path, nil
	case o.sim.chosen(o.tenant):
		return "", nil
	}
	return defaultState(o.tenant)
}

// defaultState is the state file of a tenant when none is named.
func defaultState(tenant string) (string, error) {
	folder, err := stateFolder()
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, fileName(tenant)+".db"), nil
}

func stateFolder() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", &usageError{Message: fmt.Sprintf("There is no folder for the state file: %v.", err),
			NextStep: "Name a file with --state, in a place that lasts from run to run, or go without one with --state off.", cause: err}
	}
	return filepath.Join(folder, "enlist"), nil
}

// fileName keeps what every file system takes in a name.
func fileName(tenant string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, strings.ToLower(tenant))
}

// lookup are the flags of the commands that look into a state file.
type lookup struct {
	state  string
	tenant string
}

func (l *lookup) register(flags *pflag.FlagSet) {
	flags.StringVar(&l.state, "state", "", "the state file to look into (default: that of --tenant, or the only one in the user's configuration folder)")
	flags.StringVar(&l.tenant, "tenant", "", "the tenant whose runs are meant")
}

// path is the state file that is meant.
func (l *lookup) path() (string, error) {
	switch {
	case l.state == stateOff:
		return "", &usageError{Message: "With --state off, no runs are recorded.", NextStep: "Name the file that they were recorded in with --state."}
	case l.state != "":
		return l.state, nil
	case l.tenant != "":
		return defaultState(l.tenant)
	}
	folder, err := stateFolder()
	if err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(folder, "*.db"))
	if err != nil {
		return "", err
	}
	switch len(found) {
	case 0:
		return "", &usageError{Message: "No run is recorded in " + folder + ".",
			NextStep: "Name the file that the runs were recorded in with --state. A simulated tenant's runs are recorded only if --state names a file."}
	case 1:
		return found[0], nil
	}
	return "", &usageError{Message: "The runs of more than one tenant are recorded in " + folder + ".",
		NextStep: "Name the one that is meant with --tenant, or its file with --state: " + strings.Join(found, ", ") + "."}
}

// read opens the state file to look into it.
func (l *lookup) read(ctx context.Context) (*journal.Journal, error) {
	path, err := l.path()
	if err != nil {
		return nil, err
	}
	return journal.Read(ctx, path)
}
