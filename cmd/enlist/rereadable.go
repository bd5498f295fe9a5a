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
	name string
	copy *os.File // of what comes only once, as through a pipe; nil for a file
	size int64    // of the copy
}

// reread makes the input at path ready to be read more than once. What is not a
// file is copied to one that only its owner can read.
func reread(path string, in io.Reader) (*rereadable, error) {
	if path == stdin {
		return copied(stdinName, in)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().IsRegular() || info.IsDir() {
		return &rereadable{name: path}, nil // who opens it tells what is wrong
	}
	pipe, err := os.Open(path)
	if err != nil {
		return &rereadable{name: path}, nil
	}
	defer pipe.Close()
	return copied(path, pipe)
}

func copied(name string, from io.Reader) (*rereadable, error) {
	file, err := os.CreateTemp("", "enlist-input-*") // mode 0600
	if err != nil {
		return nil, &usageError{Message: fmt.Sprintf("There is no place for a copy of %s: %v.", name, err),
			NextStep: "Name a folder that can be written in the environment variable TMPDIR (TEMP on Windows), or put the input into a file.", cause: err}
	}
	in := &rereadable{name: name, copy: file}
	// Where a file that is open can be removed, a killed run leaves nothing.
	_ = os.Remove(file.Name())
	if in.size, err = io.Copy(file, from); err != nil {
		_ = in.Close()
		return nil, &usageError{Message: fmt.Sprintf("%s can't be copied: %v.", name, err),
			NextStep: "If the disk is full, make room, or name another folder in the environment variable TMPDIR (TEMP on Windows).", cause: err}
	}
	return in, nil
}

// Close removes the copy, if there is one.
func (in *rereadable) Close() error {
	if in.copy == nil {
		return nil
	}
	_ = os.Remove(in.copy.Name()) // on Windows it is still there
	return in.copy.Close()
}

// open opens the input to read its rows.
func (in *rereadable) open(opts intake.Options) (*intake.File, error) {
	if in.copy == nil {
		return intake.Open(in.name, opts)
	}
	return intake.OpenReader(in.name, in.bytes(), opts)
}

// bytes are those of the copy, from the first one on.
func (in *rereadable) bytes() io.Reader { return io.NewSectionReader(in.copy, 0, in.size) }

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

// survey reads the input once through.
func (in *rereadable) survey(opts intake.Options) (survey, error) {
	if in.copy != nil {
		return surveyed(in.name, in.bytes(), opts)
	}
	file, err := os.Open(in.name)
	if err != nil {
		return survey{}, err
	}
	defer file.Close()
	return surveyed(in.name, file, opts)
}

func surveyed(name string, stored io.Reader, opts intake.Options) (survey, error) {
	sum := sha256.New()
	bytes := io.TeeReader(stored, sum)
	file, err := intake.OpenReader(name, bytes, opts)
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
