package main

import (
	"os"
	"slices"
	"strings"

	"enlist/pkg/intake"
)

// fewRows is the most rows that an input may have for its addresses to be taken
// up beforehand. More would cost memory, and a file like that is seldom small
// beside the directory.
const fewRows = 5000

// addressesOf gives the addresses in the inputs, each once and in lower case;
// none if one can't be read twice, or if they have too many rows. What is wrong
// with an input is for the run to tell.
func addressesOf(assignments []assignment, opts intake.Options) []string {
	var all []string
	rows := 0
	for _, a := range assignments {
		stat, err := os.Stat(a.path)
		if a.path == stdin || err != nil || !stat.Mode().IsRegular() {
			return nil
		}
		file, err := intake.Open(a.path, opts)
		if err != nil {
			return nil
		}
		for row, err := range file.Rows() {
			if rows++; err != nil || rows > fewRows {
				_ = file.Close()
				return nil
			}
			if row.Problem == nil {
				all = append(all, strings.ToLower(row.Contact.Email))
			}
		}
		_ = file.Close() // nothing was written to it
	}
	slices.Sort(all)
	return slices.Compact(all)
}
