package intake

import (
	"strings"
	"unicode"
)

// columnsByContent tells the meaning of the columns of a file without a
// header, from its first records. Only what is beyond doubt gets a meaning:
// the one column of addresses that differ, the one column of addresses that
// repeat, and the one column of names in several words.
func columnsByContent(probes []probed, mapping map[string]string) ([]column, error) {
	width := usualWidth(probes)
	cols, err := columnsOf(make([]string, width), mapping)
	if err != nil {
		return cols, err
	}
	var people, groups, names []int
	for i := range cols {
		if cols[i].field != "" || mapping != nil && isMapped(mapping, i) {
			continue
		}
		switch contentOf(probes, i) {
		case fieldEmail:
			people = append(people, i)
		case fieldGroups:
			groups = append(groups, i)
		case fieldDisplayName:
			names = append(names, i)
		}
	}
	settle(cols, fieldEmail, people)
	settle(cols, fieldGroups, groups)
	settle(cols, fieldDisplayName, names)
	return cols, nil
}

func isMapped(mapping map[string]string, index int) bool {
	_, found := mappingOf(mapping, "", index)
	return found
}

// settle gives a field to its column, if there is just one and no other has
// the field already.
func settle(cols []column, name string, at []int) {
	if len(at) != 1 || indexOf(cols, name) >= 0 {
		return
	}
	cols[at[0]].field, cols[at[0]].limit = name, fields()[fieldIndex(name)].limit
}

// contentOf tells what a column's cells look like. Addresses are those of
// people if they all differ, and of groups if they repeat; in a single record
// that can't be told, and they are taken for people's.
func contentOf(probes []probed, index int) string {
	rows, addresses, names := 0, 0, 0
	distinct := map[string]bool{}
	for _, p := range probes {
		if index >= len(p.Fields) || strings.TrimSpace(p.Fields[index]) == "" {
			continue
		}
		cell := strings.TrimSpace(p.Fields[index])
		rows++
		distinct[strings.ToLower(cell)] = true
		switch {
		case allAddresses(cell):
			addresses++
		case severalWords(cell):
			names++
		}
	}
	switch {
	case rows == 0:
		return ""
	case addresses*10 >= rows*8 && len(distinct)*2 > rows:
		return fieldEmail
	case addresses*10 >= rows*8:
		return fieldGroups
	case names*10 >= rows*8:
		return fieldDisplayName
	}
	return ""
}

func allAddresses(cell string) bool {
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";|,", r) }) {
		if !looksLikeAddress(part) {
			return false
		}
	}
	return true
}

func severalWords(cell string) bool {
	words := strings.Fields(cell)
	for _, r := range cell {
		if !unicode.IsLetter(r) && !strings.ContainsRune(" .'-’", r) {
			return false
		}
	}
	return len(words) >= 2
}
