package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"enlist/pkg/config"
)

func TestPublishedSchemaIsCurrent(t *testing.T) {
	published, err := os.ReadFile(filepath.Join("..", "..", "docs", "enlist.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := config.Schema(schemaTitle, settingKeys())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(published), string(schema)); diff != "" {
		t.Errorf("docs/enlist.schema.json is not what the flags give; write it with\n\tgo run ./cmd/enlist config schema > docs/enlist.schema.json\n(-published +current):\n%s", diff)
	}
}

func TestChoicesAreOfFlagsThatExist(t *testing.T) {
	flags := runFlags()
	for name, choices := range flagChoices() {
		f := flags.Lookup(name)
		if f == nil {
			t.Errorf("--%s has choices, but run has no such flag", name)
			continue
		}
		defaults := []string{f.DefValue}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			defaults = list.GetSlice()
		}
		for _, value := range defaults {
			if !slices.Contains(choices, value) {
				t.Errorf("the default of --%s, %q, is not among its choices", name, value)
			}
		}
	}
}
