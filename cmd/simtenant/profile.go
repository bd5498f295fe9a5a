package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"enlist/pkg/simtenant"
)

// applyProfileFile returns the name of the built-in profile that --profile
// leads to. When it names a file, flags that were not given take their values
// from there.
func applyProfileFile(flags *pflag.FlagSet, profile string) (name string, err error) {
	if slices.Contains(simtenant.Profiles(), profile) {
		return profile, nil
	}
	content, err := os.ReadFile(profile)
	if err != nil {
		return "", fmt.Errorf("there is no profile %q, neither built in (%v) nor as a file: %w", profile, simtenant.Profiles(), err)
	}
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber() // as written: 1000000 must not become 1e+06
	if err := decoder.Decode(&values); err != nil {
		return "", fmt.Errorf("the profile %s is not a JSON object: %w", profile, err)
	}
	name = "ideal"
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := fmt.Sprint(values[key])
		if key == "profile" {
			name = value
			continue
		}
		flag := flags.Lookup(key)
		if flag == nil {
			return "", fmt.Errorf("the profile %s has %q, which is no flag of simtenant", profile, key)
		}
		if flag.Changed {
			continue
		}
		if err := flags.Set(key, value); err != nil {
			return "", fmt.Errorf("the profile %s: %w", profile, err)
		}
	}
	return name, nil
}
