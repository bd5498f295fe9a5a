package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// column is a column of the file and what it means.
type column struct {
	name  string // as in the header, empty without one
	field string // a name of fields(), empty if unused
	limit int
}

// label names a column for messages: by its number, and name if it has one.
func label(name string, index int) string {
	if name == "" {
		return fmt.Sprintf("column %d", index+1)
	}
	return fmt.Sprintf("column %d (%s)", index+1, name)
}

// How well it is known what a column means, in rising order.
const (
	rankWeak   = iota // a name that may mean this
	rankNamed         // a name that does mean this
	rankMapped        // the user says so
)

// columnsOf tells the meaning of each column from the header and the mapping,
// and which columns clash.
func columnsOf(header []string, mapping map[string]string) ([]column, error) {
	cols := make([]column, len(header))
	ranks := make([]int, len(header))
	for i, name := range header {
		cols[i].name = cleanHeader(name)
		if to, found := mappingOf(mapping, cols[i].name, i); found {
			cols[i].field, ranks[i] = to, rankMapped
			continue
		}
		c := claimOf(cols[i].name)
		cols[i].field = c.field
		if !c.weak {
			ranks[i] = rankNamed
		}
	}
	settleOutlook(cols, ranks)
	settleName(cols)
	for i := range cols {
		if cols[i].field == fieldIgnore {
			cols[i].field = ""
		}
	}
	if err := settleClashes(cols, ranks); err != nil {
		return cols, err
	}
	for i := range cols {
		if at := fieldIndex(cols[i].field); at >= 0 {
			cols[i].limit = fields()[at].limit
		}
	}
	return cols, nil
}

// settleClashes gives a field that several columns claim to the one of the
// highest rank. Two of the same rank are an error, except for the employee id,
// which few runs have a use for: they are told then that no column has it.
func settleClashes(cols []column, ranks []int) error {
	best := map[string]int{}
	for i, c := range cols {
		if j, found := best[c.field]; !found || ranks[i] > ranks[j] {
			best[c.field] = i
		}
	}
	for i := range cols {
		j := best[cols[i].field]
		switch {
		case i == j || cols[i].field == "":
		case ranks[i] == ranks[j] && cols[i].field == fieldEmployeeID:
			cols[i].field, cols[j].field = "", ""
		case ranks[i] == ranks[j]:
			return clash(cols, j, i)
		default:
			cols[i].field = ""
		}
	}
	return nil
}

// cleanHeader takes spaces and line breaks in a column's name together.
func cleanHeader(name string) string {
	cleaned, _ := cleanText(name)
	return strings.Join(strings.Fields(cleaned), " ")
}

func mappingOf(mapping map[string]string, name string, index int) (to string, found bool) {
	if to, found = mapping[strconv.Itoa(index+1)]; found {
		return to, true
	}
	for from, to := range mapping {
		if name != "" && normalHeader(from) == normalHeader(name) {
			return to, true
		}
	}
	return "", false
}

func clash(cols []column, i, j int) error {
	return &InputError{
		Message: fmt.Sprintf("%s and %s both give the %s", label(cols[i].name, i), label(cols[j].name, j), cols[i].field),
		NextStep: fmt.Sprintf("Say which one counts, for example with --map %q, or leave one out with --map %q",
			strconv.Itoa(i+1)+"="+cols[i].field, strconv.Itoa(j+1)+"="+fieldIgnore),
	}
}

// settleOutlook drops the column Title of a contacts export from Outlook:
// there it is Mr. or Dr., and Job Title is what Exchange calls title. Such an
// export is known by the middle name and suffix that no other has.
func settleOutlook(cols []column, ranks []int) {
	has := func(name string) bool {
		return slices.ContainsFunc(cols, func(c column) bool { return normalHeader(c.name) == name })
	}
	if !has("middlename") || !has("emailaddress") {
		return
	}
	for i := range cols {
		if normalHeader(cols[i].name) == "title" && ranks[i] < rankMapped {
			cols[i].field = ""
		}
	}
}

// settleName tells what a column called just "name" is: the part of the name
// that no other column gives, or else the display name.
func settleName(cols []column) {
	has := func(field string) bool {
		return slices.ContainsFunc(cols, func(c column) bool { return c.field == field })
	}
	first, last, display := has(fieldFirstName), has(fieldLastName), has(fieldDisplayName)
	for i := range cols {
		if cols[i].field != fieldName {
			continue
		}
		switch {
		case first && !last:
			cols[i].field = fieldLastName
		case last && !first:
			cols[i].field = fieldFirstName
		case !display:
			cols[i].field = fieldDisplayName
		default:
			cols[i].field = ""
		}
	}
}

// checkMapping finds mappings to fields that don't exist.
func checkMapping(mapping map[string]string) error {
	for from, to := range mapping {
		if !slices.Contains(Fields(), to) {
			return &InputError{
				Message:  fmt.Sprintf("the mapping %q leads to no field", from+"="+to),
				NextStep: "Fields are " + strings.Join(Fields(), ", "),
			}
		}
	}
	return nil
}

// unmatched gives the mappings that speak of a column that isn't there.
func unmatched(mapping map[string]string, cols []column) []string {
	var none []string
	for from := range mapping {
		if n, err := strconv.Atoi(from); err == nil && n >= 1 && n <= len(cols) {
			continue
		}
		if !slices.ContainsFunc(cols, func(c column) bool { return normalHeader(c.name) == normalHeader(from) }) {
			none = append(none, from)
		}
	}
	slices.Sort(none)
	return none
}

// indexOf gives the index of the column for a field, or -1.
func indexOf(cols []column, field string) int {
	return slices.IndexFunc(cols, func(c column) bool { return c.field == field })
}
