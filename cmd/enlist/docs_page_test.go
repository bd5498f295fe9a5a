package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func docPages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 5 {
		t.Fatalf("found %d pages: %v", len(pages), err)
	}
	return append(pages, "../../README.md")
}

// page is what there is to do on a page.
type page struct {
	steps []step
	files map[string]string
}

// step is a command, or the commands of one sh block.
type step struct {
	line    int // on the page
	command string
	want    []string // lines that it prints
}

var fileHead = regexp.MustCompile("^`([^`]+)`:$")

func readPage(t *testing.T, path string) *page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{files: map[string]string{}}
	lines := strings.Split(string(text), "\n")
	above := "" // the last line with anything on it
	for i := 0; i < len(lines); i++ {
		kind, isBlock := strings.CutPrefix(lines[i], "```")
		if !isBlock {
			if lines[i] != "" {
				above = lines[i]
			}
			continue
		}
		n := slices.Index(lines[i+1:], "```")
		if n < 0 {
			t.Fatalf("%s:%d: the block has no end", path, i+1)
		}
		p.take(kind, above, i+2, lines[i+1:i+1+n])
		i += n + 1
		above = ""
	}
	return p
}

func (p *page) take(kind, above string, line int, body []string) {
	text := strings.Join(body, "\n")
	name := fileHead.FindStringSubmatch(above)
	switch {
	case kind == "sh":
		p.steps = append(p.steps, step{line: line, command: text})
	case kind == "console":
		p.takeConsole(line, body)
	case name != nil:
		p.files[name[1]] = text + "\n"
	}
}

func (p *page) takeConsole(line int, body []string) {
	for i, text := range body {
		command, isCommand := strings.CutPrefix(text, "$ ")
		switch {
		case isCommand:
			p.steps = append(p.steps, step{line: line + i, command: command})
		case i > 0 && strings.HasSuffix(body[i-1], `\`):
			p.steps[len(p.steps)-1].command += "\n" + text
		default:
			last := &p.steps[len(p.steps)-1]
			last.want = append(last.want, text)
		}
	}
}
