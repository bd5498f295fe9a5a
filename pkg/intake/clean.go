package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// controlTaken is the change that makes an address doubtful.
const controlTaken = "control characters were taken out"

// cleanText takes off what copying between programs leaves in a value: spaces
// around it, invisible characters, non-breaking spaces in place of spaces,
// control characters. It says what was changed beyond plain spaces around the
// value, in words for a person, or nothing.
func cleanText(s string) (cleaned, change string) {
	if plain(s) {
		return s, ""
	}
	cleaned = strings.Map(func(r rune) rune {
		clean, what := cleanRune(r)
		if change == "" || what == controlTaken {
			change = what
		}
		return clean
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimSpace(cleaned), change
}

// cleanRune gives what stands in place of a character, -1 if nothing does,
// and what to say about it.
func cleanRune(r rune) (clean rune, change string) {
	switch r {
	case '\n', '\t', ' ':
		return r, ""
	case '\r', '\u0085', '\u2028', '\u2029':
		return '\n', ""
	}
	switch {
	case invisibleRune(r):
		return -1, "invisible characters were taken out"
	case unicode.Is(unicode.Zs, r):
		return ' ', "special spaces were made plain ones"
	case unicode.IsControl(r):
		return -1, controlTaken
	}
	return r, ""
}

// plain reports whether s is visible ASCII, with spaces inside at most.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// ragged reports whether something at the ends of s may have to be taken off.
func ragged(s string) bool {
	return s != "" && (s[0] == ' ' || s[0] == '\'' || s[0] == '"' || s[len(s)-1] == ' ')
}

// invisibleRune reports whether r shows nothing and means nothing in a name:
// zero-width space, word joiner, byte order mark, soft hyphen, and the marks
// of writing direction. The zero-width joiners are part of some scripts'
// spelling, and are left alone.
func invisibleRune(r rune) bool {
	switch r {
	case '\u200b', '\u2060', '\ufeff', '\u00ad', '\u200e', '\u200f':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// oneLine makes line breaks and tabs in a value spaces.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\t") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// unwrap takes matching quotation marks off both ends of a value.
func unwrap(s string) string {
	for _, pair := range []string{`""`, "''", "“”", "„”", "„“", "‘’", "«»", "‹›"} {
		open, size := utf8.DecodeRuneInString(pair)
		rest, opened := strings.CutPrefix(s, string(open))
		rest, closed := strings.CutSuffix(rest, pair[size:])
		if opened && closed && rest != "" {
			return strings.TrimSpace(rest)
		}
	}
	return s
}
