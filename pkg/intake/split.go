package intake

import "strings"

// splitting is how splitting a text into fields went.
type splitting int

const (
	splitClean splitting = iota
	// splitOpen: the text ends inside a quoted field.
	splitOpen
	// splitStray: a quoted field goes on behind its closing quote.
	splitStray
)

// splitter takes the text of a record apart. Its fields are valid until the
// next call.
type splitter struct {
	dialect Dialect
	// lenient takes a quote inside a quoted field for a character unless a
	// delimiter or the end follows.
	lenient bool
	fields  []string
	// open is the index of the field in which the text ended, for splitOpen.
	open int
}

// plain splits at every delimiter, with no regard to quotes.
func (s *splitter) plain(text string) []string {
	s.fields = s.fields[:0]
	sep := s.dialect.Delimiter
	for {
		var i int
		if len(sep) == 1 {
			i = strings.IndexByte(text, sep[0])
		} else {
			i = strings.Index(text, sep)
		}
		if i < 0 {
			s.fields = append(s.fields, text)
			return s.fields
		}
		s.fields = append(s.fields, text[:i])
		text = text[i+len(sep):]
	}
}

// split splits text by the dialect.
func (s *splitter) split(text string) ([]string, splitting) {
	if !s.special(text) {
		return s.plain(text), splitClean
	}
	s.fields = s.fields[:0]
	result := splitClean
	for {
		field, rest, more, how := s.field(text)
		s.fields = append(s.fields, field)
		if how != splitClean {
			s.open, result = len(s.fields)-1, how
		}
		if !more {
			return s.fields, result
		}
		text = rest
	}
}

// special reports whether text holds anything but fields and delimiters.
func (s *splitter) special(text string) bool {
	return s.dialect.Quote != 0 && strings.IndexByte(text, s.dialect.Quote) >= 0 ||
		s.dialect.Backslash && strings.IndexByte(text, '\\') >= 0
}

// field takes the first field off text. more says that a delimiter followed.
func (s *splitter) field(text string) (field, rest string, more bool, how splitting) {
	if s.dialect.Quote != 0 {
		if inner := strings.TrimLeft(text, " "); inner != "" && inner[0] == s.dialect.Quote &&
			(len(inner) == len(text) || s.dialect.Delimiter != " ") {
			return s.quoted(inner[1:])
		}
	}
	if !s.dialect.Backslash {
		field, rest, more = strings.Cut(text, s.dialect.Delimiter)
		return field, rest, more, splitClean
	}
	end := s.unescapedDelimiter(text)
	if end < 0 {
		return s.unescape(text), "", false, splitClean
	}
	return s.unescape(text[:end]), text[end+len(s.dialect.Delimiter):], true, splitClean
}

// quoted takes a quoted field, whose opening quote is gone, off text.
func (s *splitter) quoted(text string) (field, rest string, more bool, how splitting) {
	quote := s.dialect.Quote
	escaped := false
	for i := 0; i < len(text); i++ {
		switch {
		case s.dialect.Backslash && text[i] == '\\' && i+1 < len(text):
			escaped = true
			i++
		case text[i] != quote:
		case !s.dialect.Backslash && i+1 < len(text) && text[i+1] == quote:
			escaped = true
			i++
		default:
			rest, more, closed := s.behind(text[i+1:])
			if closed {
				return s.unquote(text[:i], escaped), rest, more, how
			}
			how = splitStray
			if !s.lenient {
				return text, "", false, how
			}
		}
	}
	return s.unquote(text, escaped), "", false, splitOpen
}

// behind looks at what follows a closing quote: a delimiter or the end,
// possibly behind spaces.
func (s *splitter) behind(text string) (rest string, more, closed bool) {
	if rest, more = strings.CutPrefix(text, s.dialect.Delimiter); more || text == "" {
		return rest, more, true
	}
	if s.dialect.Delimiter == " " {
		return text, false, false
	}
	text = strings.TrimLeft(text, " ")
	rest, more = strings.CutPrefix(text, s.dialect.Delimiter)
	return rest, more, more || text == ""
}

// unquote undoes the escaping of a quoted field.
func (s *splitter) unquote(text string, escaped bool) string {
	switch {
	case !escaped:
		return text
	case s.dialect.Backslash:
		return s.unescape(text)
	}
	quote := string(s.dialect.Quote)
	return strings.ReplaceAll(text, quote+quote, quote)
}

// unescape takes the backslash from before quotes, delimiters and backslashes;
// before anything else it stands for itself, as in a Windows path.
func (s *splitter) unescape(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && s.escapable(text[i+1]) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func (s *splitter) escapable(c byte) bool {
	return c == '\\' || c == s.dialect.Quote || c == s.dialect.Delimiter[0]
}

func (s *splitter) unescapedDelimiter(text string) int {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		} else if strings.HasPrefix(text[i:], s.dialect.Delimiter) {
			return i
		}
	}
	return -1
}
