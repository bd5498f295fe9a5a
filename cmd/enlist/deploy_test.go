package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"enlist/pkg/config"
)

var deployFolder = filepath.Join("..", "..", "deploy")

// TestDeployFiles checks what the deployment files say about enlist against
// enlist itself: command lines, variables, configuration and exit codes.
func TestDeployFiles(t *testing.T) {
	files := 0
	err := filepath.WalkDir(deployFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		t.Run(filepath.ToSlash(path), func(t *testing.T) {
			switch {
			case filepath.Base(path) == defaultConfig && strings.Contains(path, "systemd"):
				checkConfig(t, text)
			case filepath.Ext(path) == ".yaml":
				checkYAML(t, text)
			case filepath.Ext(path) == ".service":
				checkService(t, string(text))
			}
			checkVariables(t, string(text))
			checkCommandLines(t, string(text))
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 7 {
		t.Errorf("only %d files found: the test looks in the wrong place", files)
	}
}

// TestSystemdUnits has systemd itself read the unit files, where it is.
func TestSystemdUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"enlist.service", "enlist.timer"} {
		text := string(readFile(t, filepath.Join(deployFolder, "systemd", name)))
		text = strings.ReplaceAll(text, "/usr/local/bin/enlist", program)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := exec.Command("systemd-analyze", "verify", "--man=no", filepath.Join(dir, "enlist.service"), filepath.Join(dir, "enlist.timer"))
	if out, err := verify.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func checkConfig(t *testing.T, text []byte) {
	t.Helper()
	if _, err := config.Parse(defaultConfig, text, settingKeys()); err != nil {
		t.Error(err)
	}
}

// checkYAML looks into each document for what is enlist's.
func checkYAML(t *testing.T, text []byte) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document map[string]any
		err := decoder.Decode(&document)
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		visit(document, func(key string, value any) {
			switch v := value.(type) {
			case string:
				if key == defaultConfig {
					checkConfig(t, []byte(v))
				}
			case []any:
				if key == "args" {
					checkArguments(t, texts(v))
				}
			}
		})
	}
}

// visit calls f for each pair of a document, at any depth.
func visit(node any, f func(key string, value any)) {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			f(key, value)
			visit(value, f)
		}
	case []any:
		for _, value := range n {
			visit(value, f)
		}
	}
}

func texts(list []any) []string {
	var all []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// checkService wants every exit code that will not pass by itself to keep the
// service from being started again.
func checkService(t *testing.T, text string) {
	t.Helper()
	_, codes, found := strings.Cut(text, "RestartPreventExitStatus=")
	if !found {
		t.Fatal("RestartPreventExitStatus is missing")
	}
	codes, _, _ = strings.Cut(codes, "\n")
	for _, match := range regexp.MustCompile(`(?m)^  (\d+) `).FindAllStringSubmatch(rootHelp, -1) {
		code := match[1]
		again := code == "0" || code == "5" || code == "10"
		if slices.Contains(strings.Fields(codes), code) == again {
			t.Errorf("exit code %s: started again = %v", code, !again)
		}
	}
}

var (
	variable    = regexp.MustCompile(`\bENLIST_[A-Z_]+`)
	commandLine = regexp.MustCompile(`(?m)(?:/usr/local/bin/enlist|ENLIST_IMAGE }}) (.+)$`)
)

func checkVariables(t *testing.T, text string) {
	t.Helper()
	flags := newRootCommand(streams{}).PersistentFlags()
	flags.AddFlagSet(runFlags())
	known := []string{"ENLIST_IMAGE"} // of the GitHub workflow
	flags.VisitAll(func(f *pflag.Flag) { known = append(known, variableOf(f.Name)) })
	for _, name := range variable.FindAllString(text, -1) {
		if !slices.Contains(known, name) {
			t.Errorf("%s stands for no flag", name)
		}
	}
}

func checkCommandLines(t *testing.T, text string) {
	t.Helper()
	for _, match := range commandLine.FindAllStringSubmatch(text, -1) {
		checkArguments(t, strings.Fields(match[1]))
	}
}

func checkArguments(t *testing.T, args []string) {
	t.Helper()
	cmd, rest, err := newRootCommand(streams{}).Find(args)
	if err != nil || !cmd.Runnable() {
		t.Fatalf("%q is no command: %v", args, err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%q: %v", args, err)
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%q: %v", args, err)
	}
}
