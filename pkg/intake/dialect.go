package intake

import (
	"bytes"
	"fmt"
	"strings"
)

// delimiters are those that are tried, the likelier first.
func delimiters() []string { return []string{",", ";", "\t", "|", ":", " "} }

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
	var all []Dialect
	for _, sep := range seps {
		if !bytes.Contains(head, []byte(sep)) && sep != seps[0] {
			continue
		}
		d := Dialect{Delimiter: sep, Quote: '"', LineEnd: lineEnd(head)}
		if opts.Delimiter == "" && sep == "," && spaced(head) {
			d.Delimiter = ", "
		}
		if opts.Quote != "" {
			quote, err := quoteOption(opts.Quote)
			if err != nil {
				return nil, err
			}
			d.Quote = quote
		} else if singleQuoted(head, d.Delimiter) {
			d.Quote = '\''
		}
		escaped, err := escapes(head, d, opts.Escape)
		if err != nil {
			return nil, err
		}
		all = append(all, escaped...)
	}
	return all, nil
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

// spaced reports whether a space follows each comma that doesn't end a line.
func spaced(head []byte) bool {
	any := false
	for i, c := range head {
		if c != ',' || i+1 == len(head) || head[i+1] == '\n' || head[i+1] == '\r' {
			continue
		}
		if head[i+1] != ' ' {
			return false
		}
		any = true
	}
	return any
}

// singleQuoted reports whether fields are wrapped in ' and none in ".
func singleQuoted(head []byte, sep string) bool {
	single, double, lines := 0, 0, 0
	for line := range bytes.Lines(head) {
		lines++
		for field := range bytes.SplitSeq(bytes.TrimRight(line, "\r\n"), []byte(sep)) {
			switch {
			case len(field) < 2:
			case field[0] == '\'' && field[len(field)-1] == '\'':
				single++
			case field[0] == '"' && field[len(field)-1] == '"':
				double++
			}
		}
	}
	return double == 0 && single*2 >= lines && single > 0
}

// sepLine reads the first line that Excel takes for a hint, as in "sep=;", and
// gives its delimiter and where the next line starts.
func sepLine(head []byte) (sep string, next int) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	text := strings.Trim(strings.TrimRight(string(line), "\r"), `"`)
	if rest, found := strings.CutPrefix(strings.ToLower(text), "sep="); found && len(rest) == 1 {
		return rest, min(len(line)+1, len(head))
	}
	return "", 0
}
