package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var (
	codeSpan   = regexp.MustCompile("`([^`\n]+)`")
	flagName   = regexp.MustCompile(`--([a-z][a-z0-9-]+)`)
	codeName   = regexp.MustCompile(`^(?:row|contact|guest|group|tenant|run|plan)(?:\.[a-z0-9_]+)+$`)
	linkTarget = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^):]*)?\)`)
)

// notFlags are the variables of enlist that stand for no flag, since they are
// secrets.
var notFlags = []string{
	"ENLIST_NOTIFY_WEBHOOK", "ENLIST_NOTIFY_WEBHOOK_SECRET", "ENLIST_NOTIFY_PING",
	"ENLIST_NOTIFY_SMTP_USER", "ENLIST_NOTIFY_SMTP_PASSWORD",
}

// TestDocsNameWhatExists checks the flags, variables and codes that the pages
// name, and the files that they link to.
func TestDocsNameWhatExists(t *testing.T) {
	flags, variables, codes := knownFlags(), slices.Clone(notFlags), knownCodes()
	for _, name := range flags {
		variables = append(variables, variableOf(name))
	}
	for _, path := range docPages(t) {
		if filepath.Base(path) == "simulated-tenant.md" {
			continue // it has the flags of simtenant, which has tests of its own
		}
		text := string(readFile(t, path))
		for _, span := range codeSpan.FindAllStringSubmatch(text, -1) {
			for _, name := range flagName.FindAllStringSubmatch(span[1], -1) {
				if !slices.Contains(flags, name[1]) && !strings.HasPrefix(span[1], "simtenant ") && !strings.Contains(span[1], "/simtenant ") {
					t.Errorf("%s: there is no flag --%s", path, name[1])
				}
			}
			if codeName.MatchString(span[1]) && !slices.Contains(codes, span[1]) {
				t.Errorf("%s: there is no code %s", path, span[1])
			}
		}
		for _, name := range variable.FindAllString(text, -1) {
			if !slices.Contains(variables, name) {
				t.Errorf("%s: %s stands for no flag", path, name)
			}
		}
		for _, link := range linkTarget.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), link[1])); err != nil {
				t.Errorf("%s: a link leads nowhere: %v", path, err)
			}
		}
	}
}

func knownFlags() []string {
	names := []string{"help"}
	var add func(*cobra.Command)
	add = func(cmd *cobra.Command) {
		note := func(f *pflag.Flag) { names = append(names, f.Name) }
		cmd.Flags().VisitAll(note)
		cmd.PersistentFlags().VisitAll(note)
		for _, sub := range cmd.Commands() {
			add(sub)
		}
	}
	add(newRootCommand(streams{}))
	return names
}

func knownCodes() []string {
	var names []string
	for _, e := range allCodes() {
		names = append(names, string(e.Code))
	}
	return names
}
