package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"enlist/pkg/config"
)

// source gives flags values from elsewhere than the command line. from tells
// where a value stands, for an error about it; values is nil if it has none.
type source func(flag string) (values []string, from string)

// settle gives each flag that is not on the command line its value from the
// environment, or else from the configuration file.
func settle(cmd *cobra.Command) error {
	if err := fill(cmd.Flags(), environment(os.LookupEnv)); err != nil {
		return err
	}
	path := cmd.Flag("config").Value.String()
	if path == "" || !takesSettings(cmd) {
		return nil
	}
	values, err := config.Read(path, settingKeys())
	if err != nil {
		return unusableConfig(path, err)
	}
	from, err := configured(cmd.Flags(), path, values)
	if err != nil {
		return err
	}
	return fill(cmd.Flags(), from)
}

// takesSettings tells apart the commands that a configuration file is nothing
// to, such as version: a mistake in it must not keep them from working.
func takesSettings(cmd *cobra.Command) bool {
	takes := false
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		takes = takes || f.Name != "help"
	})
	return takes
}

// fill sets all flags that were not set yet and that the source has values for.
func fill(flags *pflag.FlagSet, from source) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed || failed != nil {
			return
		}
		values, place := from(f.Name)
		if values == nil {
			return
		}
		if err := set(flags, f, values); err != nil {
			failed = &usageError{Message: place + " has a value that can't be used. " + flagMistake(err), NextStep: "Correct or remove it.", cause: err}
		}
	})
	return failed
}

func set(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	list, ok := f.Value.(pflag.SliceValue)
	if !ok || len(values) == 1 {
		return flags.Set(f.Name, values[0])
	}
	f.Changed = true
	return list.Replace(values)
}

// environment takes --max-duration from ENLIST_MAX_DURATION, and so on.
func environment(lookup func(string) (string, bool)) source {
	return func(flag string) ([]string, string) {
		name := variableOf(flag)
		value, ok := lookup(name)
		if !ok || value == "" {
			return nil, ""
		}
		return []string{value}, "The environment variable " + name
	}
}

func variableOf(flag string) string {
	return "ENLIST_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configured takes flags from a configuration file that was read. Those that are
// set already count as set on the command line or in the environment.
func configured(flags *pflag.FlagSet, path string, values []config.Value) (source, error) {
	given := map[string]bool{}
	flags.VisitAll(func(f *pflag.Flag) { given[f.Name] = f.Changed })
	for i, v := range values {
		var err error
		if v.Entries == nil {
			continue
		}
		if values[i].Values, err = rulesOf(path, v.Entries, given); err != nil {
			return nil, err
		}
	}
	return func(flag string) ([]string, string) {
		for _, v := range values {
			if flagOf(v.Key) == flag {
				return v.Values, fmt.Sprintf("%s:%d:%d:", path, v.Line, v.Column)
			}
		}
		return nil, ""
	}, nil
}

// unusableConfig says why a configuration file can't be used.
func unusableConfig(path string, err error) error {
	if wrong, ok := errors.AsType[*config.Error](err); ok {
		return &usageError{Message: "The configuration file can't be used:\n" + wrong.Error(),
			NextStep: "Correct it; \"enlist config init\" writes one that explains every setting.", cause: err}
	}
	return &usageError{Message: fmt.Sprintf("The configuration file can't be read: %v.", err),
		NextStep: "Name another one with --config or ENLIST_CONFIG, or write one with: enlist config init " + path, cause: err}
}
