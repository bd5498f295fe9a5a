package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"
)

// perSitting are the flags that may be given anew when a run is gone on with.
func perSitting() []string {
	return []string{"workers", "max-duration", "grace-period", "settle", "wait-for-quota", "max-creates", "max-failures", "max-removals", "log-format", "progress", "quiet", "verbose", "metrics-file", "log-personal-data"}
}

// namesFile are the flags whose values are paths.
func namesFile() []string {
	return []string{"cloud-ca", "sim-ca", "sim-seed", "sim-state", "report", "plan", "metrics-file"}
}

// settingsOf are the flags that make the run what it is, with their values,
// wherever they were set.
// Paths are made absolute, since the run may be gone on with elsewhere.
func settingsOf(flags *pflag.FlagSet) map[string][]string {
	settings := map[string][]string{}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Value.String() == f.DefValue || f.Name == "state" || f.Name == "config" {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if slices.Contains(namesFile(), f.Name) {
			values[0] = absolute(values[0])
		}
		settings[f.Name] = values
	})
	return settings
}

// applySettings sets the flags that were not given anew as they were recorded.
func applySettings(flags *pflag.FlagSet, settings map[string][]string) error {
	for name, values := range settings {
		f := flags.Lookup(name)
		if f == nil {
			return &usageError{Message: fmt.Sprintf("The run was given --%s, which this enlist does not know.", name),
				NextStep: "Use the enlist that began the run, or run the file again: what is done is found, not done twice."}
		}
		if f.Changed {
			continue
		}
		var err error
		if list, ok := f.Value.(pflag.SliceValue); ok {
			err = list.Replace(values)
		} else {
			err = flags.Set(name, values[0])
		}
		if err != nil {
			return fmt.Errorf("the recorded value of --%s: %w", name, err)
		}
	}
	return nil
}

// absolute gives the path as it is reached from everywhere.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}
