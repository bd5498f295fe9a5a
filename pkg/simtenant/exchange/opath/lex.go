package opath

import "strings"

type kind int

const (
	end kind = iota
	bad
	word     // a property name or a number
	text     // quoted
	variable // $true, $false, $null
	operator // -eq …, -and, -or, -not (also written !)
	open
	shut
)

type token struct {
	kind kind
	text string // operators and variables in lower case
	pos  int    // counted from 1
}

func (t token) is(k kind, text string) bool { return t.kind == k && t.text == text }

// lexer cuts a filter into tokens.
type lexer struct {
	text string
	at   int
}

func (l *lexer) next() token {
	for l.at < len(l.text) && isSpace(l.text[l.at]) {
		l.at++
	}
	pos := l.at + 1
	if l.at >= len(l.text) {
		return token{kind: end, pos: pos}
	}
	switch c := l.text[l.at]; {
	case c == '(':
		l.at++
		return token{kind: open, pos: pos}
	case c == ')':
		l.at++
		return token{kind: shut, pos: pos}
	case c == '!':
		l.at++
		return token{kind: operator, text: "-not", pos: pos}
	case c == '\'' || c == '"':
		return l.quoted(c, pos)
	case c == '-':
		l.at++
		return token{kind: operator, text: "-" + strings.ToLower(l.name()), pos: pos}
	case c == '$':
		l.at++
		return variableToken(l.name(), pos)
	case isName(c):
		return token{kind: word, text: l.name(), pos: pos}
	}
	return token{kind: bad, pos: pos}
}

func variableToken(name string, pos int) token {
	name = "$" + strings.ToLower(name)
	switch name {
	case "$true", "$false", "$null":
		return token{kind: variable, text: name, pos: pos}
	}
	return token{kind: bad, pos: pos}
}

// quoted reads a text whose quote is doubled where it belongs to the text.
func (l *lexer) quoted(quote byte, pos int) token {
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		if c != quote {
			b.WriteByte(c)
			continue
		}
		if l.at+1 < len(l.text) && l.text[l.at+1] == quote {
			b.WriteByte(quote)
			l.at++
			continue
		}
		l.at++
		return token{kind: text, text: b.String(), pos: pos}
	}
	return token{kind: bad, pos: pos}
}

func (l *lexer) name() string {
	from := l.at
	for l.at < len(l.text) && isName(l.text[l.at]) {
		l.at++
	}
	return l.text[from:l.at]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
