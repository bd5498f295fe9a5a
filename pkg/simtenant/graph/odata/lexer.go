package odata

import (
	"fmt"
	"strings"
)

// SyntaxError says what is wrong with an expression, and where.
type SyntaxError struct {
	Position int // offset in bytes
	Text     string
	Problem  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at position %d in '%s'.", e.Problem, e.Position, e.Text)
}

type tokenKind uint8

const (
	end  tokenKind = iota
	word           // a name, an operator, a literal that isn't a string
	text           // a string literal, its quotes taken off
	mark           // one of ( ) , :
)

type token struct {
	kind     tokenKind
	value    string
	position int
}

// lexer cuts an expression into tokens.
type lexer struct {
	input string
	at    int
}

func (l *lexer) next() (token, error) {
	for l.at < len(l.input) && (l.input[l.at] == ' ' || l.input[l.at] == '\t') {
		l.at++
	}
	start := l.at
	if start == len(l.input) {
		return token{kind: end, position: start}, nil
	}
	switch c := l.input[start]; c {
	case '\'':
		return l.quoted()
	case '(', ')', ',', ':':
		l.at++
		return token{mark, string(c), start}, nil
	}
	return l.word()
}

// word reads a name or a bare literal. A colon ends the variable of a lambda,
// but is a part of a time.
func (l *lexer) word() (token, error) {
	start := l.at
	isTime := '0' <= l.input[start] && l.input[start] <= '9'
	for l.at < len(l.input) && isWordByte(l.input[l.at]) && (isTime || l.input[l.at] != ':') {
		l.at++
	}
	if l.at == start {
		return token{}, l.problem(start, fmt.Sprintf("Syntax error: character '%c' is not valid", l.input[start]))
	}
	return token{word, l.input[start:l.at], start}, nil
}

// quoted reads a string literal, in which two quotes stand for one.
func (l *lexer) quoted() (token, error) {
	start := l.at
	var value strings.Builder
	for l.at++; l.at < len(l.input); l.at++ {
		if l.input[l.at] != '\'' {
			value.WriteByte(l.input[l.at])
			continue
		}
		if l.at+1 < len(l.input) && l.input[l.at+1] == '\'' {
			value.WriteByte('\'')
			l.at++
			continue
		}
		l.at++
		return token{text, value.String(), start}, nil
	}
	return token{}, l.problem(start, "There is an unterminated string literal")
}

func (l *lexer) problem(position int, what string) error {
	return &SyntaxError{Position: position, Text: l.input, Problem: what}
}

func isWordByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		return true
	}
	return strings.IndexByte("_-+.$/@:", c) >= 0
}
