package main

import (
	"encoding/xml"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	pictureFile   = "../../docs/terminal.svg"
	pictureFolder = "../../.ci/picture/"
)

// sessionStep is a command of the recorded session.
var sessionStep = regexp.MustCompile(`(?m)^show "(.*)"$`)

// TestPicture does what the terminal in README.md shows, and compares what is
// printed with what is to be read there, as TestDocs does with the pages.
func TestPicture(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the picture shows a shell")
	}
	var picture struct {
		Text string `xml:"desc"`
	}
	if err := xml.Unmarshal(readFile(t, pictureFile), &picture); err != nil {
		t.Fatal(err)
	}
	p := &page{files: map[string]string{"people.csv": string(readFile(t, pictureFolder+"people.csv"))}}
	p.takeConsole(1, strings.Split(picture.Text, "\n"))

	var commands, want []string
	for _, s := range p.steps {
		commands = append(commands, s.command)
	}
	for _, m := range sessionStep.FindAllStringSubmatch(string(readFile(t, pictureFolder+"session")), -1) {
		want = append(want, m[1])
	}
	if diff := cmp.Diff(want, commands); diff != "" {
		t.Errorf("the commands in the picture are not those of .ci/picture/session (-want +got):\n%s", diff)
	}
	p.run(t, t.TempDir())
	if t.Failed() {
		t.Error("the picture is not current; draw it with make picture")
	}
}
