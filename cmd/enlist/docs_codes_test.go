package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/intake"
	"enlist/pkg/journal"
	"enlist/pkg/onboard"
)

var update = flag.Bool("update", false, "write docs/error-codes.md anew")

const codesPage = "../../docs/error-codes.md"

const codesHead = `# Error codes

Every row that is not as wanted has a code in ` + "`report.csv`" + ` (column
` + "`error_code`" + `), with what happened and what to do. Codes stay the same from version
to version, so that a program can act on them. Each stands below with its cause and
its mend.

The verdict says how bad it is: ` + "`partial`" + ` (some of the row's groups are served),
` + "`failed`" + `, ` + "`invalid`" + ` (the row itself can't be used), ` + "`deferred`" + ` (nothing is wrong
with the row; try it again later, unchanged). All of these rows are in ` + "`retry.csv`" + `.

This page is made from the program: ` + "`go test ./cmd/enlist -run ErrorCodes -update`" + `.
`

// codeParts are the first parts of codes, with what they are about.
var codeParts = []struct{ prefix, title string }{
	{"row.", "The row itself"},
	{"contact.", "The person's contact"},
	{"guest.", "The person as a guest"},
	{"group.", "The group"},
	{"tenant.", "The tenant"},
	{"run.", "The run"},
	{"plan.", "The plan of \"run --plan\""},
}

// allCodes are the codes of all packages.
func allCodes() []onboard.Explanation {
	return slices.Concat(intake.Explanations(), onboard.Explanations(), journal.Explanations())
}

var codeConstant = regexp.MustCompile(`(?m)^\s*(?:const )?Code\w+\s+(?:onboard\.)?Code\s*=\s*"([^"]+)"`)

// TestEveryCodeIsExplained looks for codes in the program's source.
func TestEveryCodeIsExplained(t *testing.T) {
	known := knownCodes()
	found := 0
	err := filepath.WalkDir("../../pkg", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		for _, m := range codeConstant.FindAllStringSubmatch(string(readFile(t, path)), -1) {
			found++
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: the code %s is explained nowhere", path, m[1])
			}
		}
		return nil
	})
	if err != nil || found < len(known) {
		t.Errorf("found %d codes of %d: %v", found, len(known), err)
	}
}

// TestErrorCodesPage holds the page of error codes to the program.
func TestErrorCodesPage(t *testing.T) {
	want := codesPageText(t)
	if *update {
		if err := os.WriteFile(codesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(codesPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the page is not current; write it with -update (-want +got):\n%s", diff)
	}
}

func codesPageText(t *testing.T) string {
	t.Helper()
	all := allCodes()
	var b strings.Builder
	b.WriteString(codesHead)
	told := 0
	for _, part := range codeParts {
		fmt.Fprintf(&b, "\n## %s\n", part.title)
		for _, e := range all {
			if strings.HasPrefix(string(e.Code), part.prefix) {
				fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n**What to do:** %s\n", e.Code, e.Meaning, e.NextStep)
				told++
			}
		}
	}
	if told != len(all) {
		t.Fatalf("%d of %d codes are in no part of the page", len(all)-told, len(all))
	}
	return b.String()
}
