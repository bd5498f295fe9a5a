package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"enlist/pkg/intake"
	"enlist/pkg/onboard"
)

// stdin stands for standard input in the place of a file's name.
const stdin = "-"

// stdinName is what standard input is called in messages.
const stdinName = "standard input"

// rereadable is an input that can be read more than once: to be counted before
// the first write, and for the run.
type rereadable struct {
	name string // in messages
	file *os.File
	size int64
	// copied: the file is a copy of what comes only once, as through a pipe.
	copied bool
}

// reread makes the input at path ready to be read more than once. What is not a
// file is copied to one that only its owner can read.
func reread(path string, in io.Reader) (*rereadable, error) {
	if path == stdin {
		return copied(stdinName, in)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, intake.Unopened(path, err)
	}
	info, err := file.Stat()
	if err == nil && (info.Mode().IsRegular() || info.IsDir()) { // who reads a folder is told
		return &rereadable{name: path, file: file, size: info.Size()}, nil
	}
	defer file.Close()
	return copied(path, file)
}

func copied(name string, from io.Reader) (*rereadable, error) {
	file, err := os.CreateTemp("", "enlist-input-*") // mode 0600
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("There is no place for a copy of %s: %v.", name, err),
			NextStep: "Name a folder that can be written in the environment variable TMPDIR (TEMP on Windows), or put the input into a file.", cause: err}
	}
	in := &rereadable{name: name, file: file, copied: true}
	// Where a file that is open can be removed, a killed run leaves nothing.
	_ = os.Remove(file.Name())
	if in.size, err = io.Copy(file, from); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		in.Close()
		return nil, &usageError{Message: fmt.Sprintf("There is no copy of %s to be had: %v.", name, err),
			NextStep: "If the disk is full, make room, or name another folder in the environment variable TMPDIR (TEMP on Windows).", cause: err}
	}
	return in, nil
}

// Close closes the file, and removes it if it is a copy. Nothing was written to
// it that is needed.
func (in *rereadable) Close() {
	_ = in.file.Close()
	if in.copied {
		_ = os.Remove(in.file.Name()) // on Windows it is still there
	}
}

// survey is what is known of an input beforehand.
type survey struct {
	rows, invalid int
	sha256        string
	// addresses are those of the good rows, in lower case; nil if the input has
	// more than fewRows.
	addresses []string
	// groups are those that the rows name, by their names in lower case.
	groups map[string]string
}

// fewRows is the most rows that inputs may have for their addresses to be taken
// up beforehand. More would cost memory, and a file like that is seldom small
// beside the directory.
const fewRows = 5000

// lookedThrough is how many rows are looked through for groups. It takes half a
// second; a group that only later rows name is looked up when they come.
const lookedThrough = 100_000

// survey reads the input once through, without moving the place that the run
// reads from.
func (in *rereadable) survey(opts intake.Options) (survey, error) {
	sum := sha256.New()
	bytes := io.TeeReader(io.NewSectionReader(in.file, 0, in.size), sum)
	file, err := intake.OpenReader(in.name, bytes, opts)
	if err != nil {
		return survey{}, err
	}
	s := survey{groups: map[string]string{}}
	for row, err := range file.Inspect(lookedThrough) {
		if err != nil {
			return survey{}, err
		}
		if row.Problem == nil {
			s.see(row)
		}
	}
	if _, err := io.Copy(io.Discard, bytes); err != nil { // what stands behind the last record
		return survey{}, err
	}
	f := file.Findings()
	s.rows, s.invalid, s.sha256 = f.Rows, f.Invalid, hex.EncodeToString(sum.Sum(nil))
	if s.rows > fewRows {
		s.addresses = nil
	}
	return s, nil
}

// see notes what a good row is about.
func (s *survey) see(row onboard.Row) {
	if len(s.addresses) <= fewRows {
		s.addresses = append(s.addresses, strings.ToLower(row.Contact.Email))
	}
	for _, name := range row.Groups {
		if key := strings.ToLower(name); s.groups[key] == "" {
			s.groups[strings.Clone(key)] = strings.Clone(name) // not the row with it
		}
	}
}

// foreseen is what a run is about, as far as it is known before the first row.
type foreseen struct {
	addresses []string // of people, each once and in lower case; none if there are too many
	groups    []string // as the rows name them, each once
}

// foresee gathers what the inputs are about.
func foresee(assignments []assignment) foreseen {
	var about foreseen
	rows := 0
	groups := map[string]string{}
	for _, a := range assignments {
		about.addresses = append(about.addresses, a.survey.addresses...)
		maps.Copy(groups, a.survey.groups)
		rows += a.survey.rows
	}
	about.groups = slices.Sorted(maps.Values(groups))
	if rows > fewRows {
		about.addresses = nil
	}
	slices.Sort(about.addresses)
	about.addresses = slices.Compact(about.addresses)
	return about
}
