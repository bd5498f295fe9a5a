// Package pkg_test holds the build to the rules of the house: which room may
// import which.
package pkg_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package, with those below it that are no rooms of their own, and
// the rooms that it may import besides itself.
type room struct {
	path  string
	may   []string
	tests []string // what its tests may import besides
}

// rooms is the table that CONTRIBUTING.md explains. The simulated tenant shares
// nothing with the clients, so that it can catch their mistakes; only
// cmd/enlist and tests bring the two together.
func rooms() []room {
	sim := []string{"pkg/simtenant"}
	return []room{
		{path: "cmd/enlist", may: []string{
			"pkg/onboard", "pkg/intake", "pkg/m365", "pkg/m365/exchange", "pkg/m365/graph", "pkg/m365/pace", "pkg/m365/cloud", "pkg/m365/snapshot",
			"pkg/doctor", "pkg/journal", "pkg/notify", "pkg/report", "pkg/progress", "pkg/config", "pkg/cause", "pkg/simtenant",
			"pkg/telemetry", "pkg/textfile",
		}},
		{path: "cmd/simtenant", may: sim},
		{path: "pkg/onboard"},
		{path: "pkg/intake", may: []string{"pkg/onboard"}},
		{path: "pkg/m365", tests: sim, may: []string{
			"pkg/onboard", "pkg/m365/exchange", "pkg/m365/graph", "pkg/m365/pace", "pkg/m365/cloud", "pkg/m365/snapshot", "pkg/cause",
		}},
		{path: "pkg/m365/exchange", tests: sim, may: []string{"pkg/m365/pace"}},
		{path: "pkg/m365/graph", tests: sim, may: []string{"pkg/m365/pace"}},
		{path: "pkg/m365/pace"},
		{path: "pkg/m365/cloud", tests: sim},
		{path: "pkg/m365/snapshot"},
		{path: "pkg/doctor", tests: sim, may: []string{"pkg/m365/exchange", "pkg/m365/graph", "pkg/m365/cloud", "pkg/cause"}},
		{path: "pkg/journal", may: []string{"pkg/onboard"}},
		{path: "pkg/report", may: []string{"pkg/onboard"}},
		{path: "pkg/progress", may: []string{"pkg/onboard"}},
		{path: "pkg/telemetry", may: []string{"pkg/onboard"}},
		{path: "pkg/textfile"},
		{path: "pkg/notify"},
		{path: "pkg/config"},
		{path: "pkg/cause"},
		{path: "pkg/simtenant"},
	}
}

// The module's root package of the Graph SDK links every API that there is,
// and any of its packages costs a minute of compiling, so one room bears it.
const (
	graphSDK     = "github.com/microsoftgraph/msgraph-sdk-go"
	graphSDKRoom = "pkg/m365/graph"
)

func TestImports(t *testing.T) {
	module := modulePath(t)
	for _, file := range goFiles(t, "..") {
		for _, imported := range imports(t, file) {
			if wrong := judge(module, file, imported); wrong != "" {
				t.Errorf("%s imports %s: %s", file, imported, wrong)
			}
		}
	}
}

func TestPackageNamesSaySomething(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc"}
	for _, file := range goFiles(t, "..") {
		if name := path.Base(path.Dir(file)); slices.Contains(empty, name) {
			t.Errorf("%s: a package called %s says nothing about what is in it", file, name)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		file, imported string
		ok             bool
	}{
		{"pkg/report/csv.go", "m/pkg/onboard", true},
		{"pkg/report/csv.go", "encoding/csv", true},
		{"pkg/report/csv.go", "m/pkg/intake", false},
		{"pkg/onboard/run.go", "m/pkg/m365", false},
		{"pkg/m365/tenant.go", "m/pkg/m365/exchange", true},
		{"pkg/m365/graph/client.go", "m/pkg/m365/pace", true},
		{"pkg/m365/graph/client.go", "m/pkg/m365/exchange", false},
		{"pkg/m365/graph/client.go", "m/pkg/m365", false},
		{"pkg/m365/graph/client.go", graphSDK + "/groups", true},
		{"pkg/m365/graph/client.go", graphSDK, false},
		{"pkg/m365/tenant.go", graphSDK + "/models", false},
		{"pkg/m365/tenant.go", graphSDK + "-core", false},
		{"pkg/m365/tenant.go", "m/pkg/simtenant", false},
		{"pkg/m365/tenant_test.go", "m/pkg/simtenant", true},
		{"pkg/simtenant/graph/groups.go", "m/pkg/simtenant/directory", true},
		{"pkg/simtenant/graph/groups_test.go", "m/pkg/m365/graph", false},
		{"cmd/simtenant/main.go", "m/pkg/simtenant/fault", true},
		{"cmd/simtenant/main.go", "m/pkg/onboard", false},
		{"cmd/enlist/run.go", "m/pkg/simtenant", true},
		{"pkg/attic/old.go", "m/pkg/onboard", false},
	} {
		if wrong := judge("m", c.file, c.imported); (wrong == "") != c.ok {
			t.Errorf("%s importing %s: %q, want allowed = %v", c.file, c.imported, wrong, c.ok)
		}
	}
}

// judge says what is wrong with an import; nothing if it is allowed.
func judge(module, file, imported string) string {
	from, ok := roomOf(path.Dir(file))
	if !ok {
		return "this package is in no room; add it to the table in imports_test.go and to CONTRIBUTING.md"
	}
	if strings.HasPrefix(imported, graphSDK) && (from.path != graphSDKRoom || imported == graphSDK) {
		return "only " + graphSDKRoom + " may use the Graph SDK, and not its root package"
	}
	inside, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		return ""
	}
	to, ok := roomOf(inside)
	allowed := from.may
	if strings.HasSuffix(file, "_test.go") {
		allowed = slices.Concat(from.may, from.tests)
	}
	if ok && (to.path == from.path || slices.Contains(allowed, to.path)) {
		return ""
	}
	if len(allowed) == 0 {
		return from.path + " may import no other room"
	}
	return fmt.Sprintf("%s may import only %s", from.path, strings.Join(allowed, ", "))
}

// roomOf is the innermost room that the package lies in.
func roomOf(pkg string) (room, bool) {
	var found room
	for _, r := range rooms() {
		if (pkg == r.path || strings.HasPrefix(pkg, r.path+"/")) && len(r.path) > len(found.path) {
			found = r
		}
	}
	return found, found.path != ""
}

// modulePath is read rather than written down, since it changes when the
// project moves.
func modulePath(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name)
		}
	}
	t.Fatal("go.mod names no module")
	return ""
}

// goFiles lists the module's Go files below cmd and pkg, relative to its root.
func goFiles(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	for _, dir := range []string{"cmd", "pkg"} {
		err := fs.WalkDir(os.DirFS(root), dir, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && d.Name() == "testdata":
				return fs.SkipDir
			case path.Ext(name) == ".go" && path.Dir(name) != "pkg":
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatal("no Go files found: the test looks in the wrong place")
	}
	return files
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}
