// Package config reads the configuration file: one YAML mapping from the names
// of settings to their values. What settings there are, the caller says, so that
// they are defined once, where the flags are; from the same list come the check
// with line and column, the commented example and the JSON Schema for editors.
//
// Secrets have no place in the file. A key that looks like one is refused, with
// the environment variable that takes it, and its value is never repeated.
package config

import (
	"fmt"
	"os"
	"strings"
)

// Kind is what a setting's value looks like.
type Kind int

// The kinds of values, with what a [Value] holds for each.
const (
	Text     Kind = iota // one text
	Number               // one whole number
	Switch               // "true" or "false"
	Duration             // one span of time, "2h30m"
	Scalar               // any single value, as it is written
	List                 // texts; a single one may stand without brackets
	Mapping              // pairs "KEY=VALUE"
	Entries              // mappings one after the other, with settings of their own
)

// Key is a setting that the file may hold.
type Key struct {
	Name string
	Kind Kind
	// Usage says what it is for, in one line.
	Usage string
	// Default is the value that holds without the setting; empty for none.
	Default string
	// Sample shows in the example what a setting without a default looks like.
	Sample string
	// Choices are the values that it takes; of a List each item, of a Mapping
	// each value. Empty for any.
	Choices []string
	// Entry are the settings of each of the Entries. The first must be there.
	Entry []Key
}

// Value is a setting that the file does hold.
type Value struct {
	Key    string
	Values []string
	// Line and Column are where the value stands, counted from 1.
	Line, Column int
	// Entries has the settings of each of the Entries.
	Entries [][]Value
}

// Problem is a mistake in the file.
type Problem struct {
	Line, Column int // counted from 1
	Message      string
}

// Error is a file with mistakes, all of them in the order of the file.
type Error struct {
	File     string
	Problems []Problem
}

// Error gives one line for each mistake, in the form FILE:LINE:COLUMN.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", e.File, p.Line, p.Column, p.Message)
	}
	return strings.Join(lines, "\n")
}

// Read reads a file. The error is an *Error if the file holds mistakes, and one
// of package os if it can't be read.
func Read(path string, keys []Key) ([]Value, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, keys)
}
