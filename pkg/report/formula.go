package report

import (
	"strings"
	"unicode"
)

// neutral makes a cell that no spreadsheet takes for a formula: a part that
// begins like one gets an apostrophe in front, which spreadsheets read as
// "this is text". Parts are what lies between semicolons, since a spreadsheet
// with European settings splits the lines of any CSV file there.
// The characters are those of OWASP ASVS 5.0, requirement 1.2.10.
func neutral(cell string) string {
	cell = strings.ToValidUTF8(cell, "\uFFFD")
	if !strings.Contains(cell, ";") {
		return neutralPart(cell)
	}
	parts := strings.Split(cell, ";")
	for i, part := range parts {
		parts[i] = neutralPart(part)
	}
	return strings.Join(parts, ";")
}

func neutralPart(s string) string {
	if beginsFormula(s) {
		return "'" + s
	}
	return s
}

// beginsFormula looks past leading white space, which spreadsheets drop.
func beginsFormula(s string) bool {
	for _, r := range s {
		switch r {
		case '\t', '\r', '\x00':
			return true
		case '=', '+', '-', '@', '＝', '＋', '－', '＠':
			return true
		case '\uFEFF', '\u200B': // a byte order mark, a zero width space
			continue
		}
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return false
}
