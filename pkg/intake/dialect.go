package intake

import (
	"bytes"
	"fmt"
	"strings"
)

// delimiters are those that are tried, the likelier first.
func delimiters() []string { return []string{",", ";", "\t", "|", ", ", ":", " "} }

// delimiterOption reads the option for a delimiter.
func delimiterOption(text string) (string, error) {
	words := map[string]string{"comma": ",", "semicolon": ";", "tab": "\t", `\t`: "\t", "pipe": "|", "colon": ":", "space": " "}
	if d, found := words[strings.ToLower(text)]; found {
		return d, nil
	}
	if len(text) == 1 && text[0] < 0x80 && !strings.ContainsAny(text, "\r\n\"\\@") || len(text) == 2 && text[1] == ' ' {
		return text, nil
	}
	return "", &InputError{
		Message:  fmt.Sprintf("%q can't be a delimiter", text),
		NextStep: "Give one character, or comma, semicolon, tab, pipe, colon or space",
	}
}

// quoteOption reads the option for a quote; 0 stands for none.
func quoteOption(text string) (byte, error) {
	switch strings.ToLower(text) {
	case "none":
		return 0, nil
	case "double":
		return '"', nil
	case "single":
		return '\'', nil
	}
	if len(text) == 1 && text[0] > ' ' && text[0] < 0x7f && text[0] != '\\' {
		return text[0], nil
	}
	return 0, &InputError{
		Message:  fmt.Sprintf("%q can't be a quote", text),
		NextStep: `Give one character, or "none"`,
	}
}

// candidates gives the dialects that a text may be written in, the likelier
// first, as far as the options leave them open.
func candidates(head []byte, opts Options) ([]Dialect, error) {
	seps := delimiters()
	if opts.Delimiter != "" {
		sep, err := delimiterOption(opts.Delimiter)
		if err != nil {
			return nil, err
		}
		seps = []string{sep}
	}
	end := lineEnd(head)
	var all []Dialect
	for i, sep := range seps {
		if i > 0 && !bytes.Contains(head, []byte(sep)) {
			continue
		}
		marks, err := quotes(head, sep, opts.Quote)
		if err != nil {
			return nil, err
		}
		for _, quote := range marks {
			ways, err := escapes(head, Dialect{Delimiter: sep, Quote: quote, LineEnd: end}, opts.Escape)
			if err != nil {
				return nil, err
			}
			all = append(all, ways...)
		}
	}
	return all, nil
}

// quotes gives the quotes that may stand around fields.
func quotes(head []byte, sep, told string) ([]byte, error) {
	if told != "" {
		quote, err := quoteOption(told)
		return []byte{quote}, err
	}
	if bytes.Contains(head, []byte(sep+"'")) || bytes.Contains(head, []byte("'"+sep)) {
		return []byte{'"', '\''}, nil
	}
	return []byte{'"'}, nil
}

// escapes gives the ways in which quotes may be escaped in a dialect.
func escapes(head []byte, d Dialect, told string) ([]Dialect, error) {
	backslash := d
	backslash.Backslash = true
	switch told {
	case "double":
		return []Dialect{d}, nil
	case "backslash":
		return []Dialect{backslash}, nil
	case "":
		quoted := d.Quote != 0 && bytes.Contains(head, []byte{'\\', d.Quote})
		if quoted || bytes.Contains(head, []byte(`\`+d.Delimiter)) {
			return []Dialect{d, backslash}, nil
		}
		return []Dialect{d}, nil
	}
	return nil, &InputError{Message: fmt.Sprintf("%q is no way to escape a quote", told), NextStep: "Give double or backslash"}
}

// lineEnd gives the line end that the text starts with.
func lineEnd(head []byte) string {
	i := bytes.IndexAny(head, "\r\n")
	switch {
	case i < 0:
		return "\n"
	case head[i] == '\n':
		return "\n"
	case i+1 < len(head) && head[i+1] == '\n':
		return "\r\n"
	}
	return "\r"
}

// sepLine reads the first line that Excel takes for a hint, as in "sep=;", and
// gives its delimiter and where the next line starts.
func sepLine(head []byte) (sep string, next int) {
	text, next, ended := newWindow(bytes.NewReader(head)).line(0)
	if !ended || text > 10 {
		return "", 0
	}
	line := strings.ToLower(strings.Trim(string(head[:text]), `"`))
	if rest, found := strings.CutPrefix(line, "sep="); found && len(rest) == 1 {
		return rest, next
	}
	return "", 0
}
