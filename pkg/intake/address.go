package intake

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// address is what a cell says about an email address.
type address struct {
	// email is the address itself, with its domain in lower case and ASCII.
	email string
	// name is the person's name, if it stood beside the address.
	name string
	// change says what was changed beyond trimming and letter case.
	change string
}

// maxAddress is the most characters of an address that can be mailed to: a
// path of 256 less its angle brackets (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// addressError says why something is no address that can be used.
type addressError struct {
	why string
	// unsupported: right by the standards, but Exchange Online takes none.
	unsupported bool
}

func (e *addressError) Error() string { return e.why }

func invalid(format string, args ...any) error {
	return &addressError{why: fmt.Sprintf(format, args...)}
}

// parseAddress reads the address in a cleaned cell: a bare one, one with a
// mailto: before it, or one in angle brackets behind a name.
func parseAddress(cell string) (address, error) {
	var a address
	if simpleAddress(cell) {
		a.email = cell
		return a, nil
	}
	text := cell
	if before, rest, found := strings.Cut(text, "<"); found {
		inner, behind, closed := strings.Cut(rest, ">")
		if !closed || strings.TrimSpace(behind) != "" {
			return a, invalid("%q has a < without its >, or something behind it", cell)
		}
		a.name, text = unwrap(strings.TrimSpace(before)), inner
	}
	text = tidy(text, &a.change)
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return a, invalid("%q has no @", cell)
	}
	if several(text) {
		return a, invalid("%q holds more than one address", cell)
	}
	local, domain := text[:at], text[at+1:]
	if err := checkLocal(local); err != nil {
		return a, err
	}
	domain, err := normalDomain(domain)
	if err != nil {
		return a, err
	}
	a.email = local + "@" + domain
	if len(a.email) > maxAddress {
		return a, invalid("the address is longer than %d characters", maxAddress)
	}
	return a, nil
}

// simpleAddress reports whether an address is of the commonest form and in
// order as it stands, so that it needs no further look: words of letters and
// digits with single dots or hyphens between, and its domain in lower case.
func simpleAddress(cell string) bool {
	local, domain, found := strings.Cut(cell, "@")
	if !found || len(local) > 64 || len(domain) > 63 || !joinedWords(local) || !joinedWords(domain) {
		return false
	}
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && len(domain)-dot > 2 && lowerCase(domain) && allLetters(domain[dot+1:])
}

// joinedWords reports whether s is words of ASCII letters and digits with
// single dots or hyphens between.
func joinedWords(s string) bool {
	inWord := false
	for i := range len(s) {
		switch c := s[i]; {
		case asciiLetter(c), '0' <= c && c <= '9':
			inWord = true
		case (c == '.' || c == '-') && inWord:
			inWord = false
		default:
			return false
		}
	}
	return inWord
}

func allLetters(s string) bool {
	for i := range len(s) {
		if !asciiLetter(s[i]) {
			return false
		}
	}
	return true
}

func lowerCase(s string) bool {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return false
		}
	}
	return true
}

// tidy takes off what often sticks to an address, and notes it.
func tidy(text string, change *string) string {
	tidied := strings.TrimSpace(text)
	if len(tidied) > 7 && strings.EqualFold(tidied[:7], "mailto:") {
		tidied, _, _ = strings.Cut(tidied[7:], "?")
		*change = "mailto: was taken off"
	}
	if bare := strings.Trim(unwrap(tidied), ",;"); bare != tidied {
		tidied, *change = strings.TrimSpace(bare), "quotes and separators around the address were taken off"
	}
	if strings.ContainsRune(tidied, '’') {
		tidied, *change = strings.ReplaceAll(tidied, "’", "'"), "a typographic apostrophe was made a plain one"
	}
	if strings.Contains(tidied, " @") || strings.Contains(tidied, "@ ") {
		local, domain, _ := strings.Cut(tidied, "@")
		tidied, *change = strings.TrimRight(local, " ")+"@"+strings.TrimLeft(domain, " "), "spaces beside the @ were taken out"
	}
	return tidied
}

func several(text string) bool {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",; |\n", r) }) {
		if part == text {
			return false
		}
		if strings.Count(part, "@") == 1 && strings.Count(text, "@") > 1 {
			return true
		}
	}
	return false
}

// checkLocal checks the part before the @: a dot-atom (RFC 5322, 3.2.3) of at
// most 64 octets (RFC 5321, 4.5.3.1.1).
func checkLocal(local string) error {
	switch {
	case local == "":
		return invalid("there is nothing before the @")
	case len(local) > 64:
		return invalid("the part before the @ is longer than 64 characters")
	case local[0] == '"':
		return &addressError{"the part before the @ is quoted, which Exchange Online does not take", true}
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return invalid("the part before the @ has a dot at its start or end, or two in a row")
	}
	for _, r := range local {
		switch {
		case r == utf8.RuneError:
			return invalid("the address has a damaged character")
		case r >= utf8.RuneSelf:
			return &addressError{fmt.Sprintf("%q in the part before the @ is not supported by Exchange Online", r), true}
		case !atomCharacter(byte(r)):
			return invalid("%q can't stand in the part before the @", r)
		}
	}
	return nil
}

func atomCharacter(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// normalDomain checks the part behind the @ and gives it in lower case, an
// internationalised one in its ASCII form (IDNA2008).
func normalDomain(domain string) (string, error) {
	domain = strings.TrimSuffix(domain, ".")
	if !plainDomain(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil || strings.ContainsRune(domain, utf8.RuneError) {
			return "", invalid("%q is not the name of a mail domain", domain)
		}
		domain = ascii
	}
	for name := range strings.SplitSeq(domain, ".") {
		if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
			return "", invalid("%q is not the name of a mail domain", domain)
		}
	}
	dot := strings.LastIndexByte(domain, '.')
	if top := domain[dot+1:]; dot < 0 || len(top) < 2 || top[0] >= '0' && top[0] <= '9' {
		return "", invalid("%q is not the name of a mail domain", domain)
	}
	return strings.ToLower(domain), nil
}

// plainDomain reports whether a domain is made of letters, digits, hyphens and
// dots, and has no label in the ASCII form of an internationalised name.
func plainDomain(domain string) bool {
	for i := range len(domain) {
		switch c := domain[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return !strings.Contains(domain, "--")
}
