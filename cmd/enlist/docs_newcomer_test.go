package main

import (
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var newcomer = flag.Bool("newcomer", false, "follow README.md and docs/get-started.md on a new machine, as they are printed")

// lastOfTrying is the heading in README.md behind what can be tried at once.
const lastOfTrying = "## What it needs in a real tenant"

// TestNewcomer does what somebody does who has just found enlist: clones it, and
// follows the first part of README.md and then docs/get-started.md, with nothing
// in the home folder and each command as it is printed, addresses included. Go's
// caches are shared to save time.
func TestNewcomer(t *testing.T) {
	if !*newcomer {
		t.Skip("asked for with -newcomer only: it takes the ports that the pages name")
	}
	for _, address := range []string{pageAddress, pageSMTP} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatalf("another program uses %s, which the pages name: %v", address, err)
		}
		l.Close()
	}
	home, folder := t.TempDir(), filepath.Join(t.TempDir(), "enlist")
	if out, err := exec.Command("git", "clone", "--quiet", "../..", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := &session{dir: folder, address: pageAddress, smtp: pageSMTP, asPrinted: true, env: newEnvironment(t, home)}

	readme := readPage(t, filepath.Join(folder, "README.md"))
	text := string(readFile(t, filepath.Join(folder, "README.md")))
	before, _, found := strings.Cut(text, lastOfTrying)
	if !found {
		t.Fatalf("README.md has no heading %q", lastOfTrying)
	}
	end := strings.Count(before, "\n")
	s.follow(t, slices.DeleteFunc(readme.steps, func(step step) bool { return step.line > end }))

	started := readPage(t, filepath.Join(folder, "docs", "get-started.md"))
	for name, text := range started.files {
		s.write(t, name, text)
	}
	s.follow(t, started.steps)
}

// newEnvironment is that of somebody who has Go and nothing else.
func newEnvironment(t *testing.T, home string) []string {
	t.Helper()
	env := slices.DeleteFunc(cleanEnvironment(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "HOME" || name == "PATH" || name == "GOPATH" || name == "GOBIN"
	})
	for _, cache := range []string{"GOCACHE", "GOMODCACHE"} {
		out, err := exec.Command("go", "env", cache).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, cache+"="+strings.TrimSpace(string(out)))
	}
	path := filepath.Join(home, "go", "bin") + string(filepath.ListSeparator) + os.Getenv("PATH")
	return append(env, "HOME="+home, "PATH="+path)
}
