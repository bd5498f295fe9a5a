package opath

import (
	"fmt"
	"strings"
)

// SyntaxError says what is wrong with a filter, in the service's words.
type SyntaxError struct {
	Filter string
	Pos    int // counted from 1
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("Invalid filter syntax. For a description of the filter parameter syntax see the command help.\n\"%s\" at position %d.", e.Filter, e.Pos)
}

// maxDepth bounds how deep parentheses and -not may nest, so that a hostile
// filter cannot exhaust the stack.
const maxDepth = 200

// Parse reads a filter. Its error is a *SyntaxError.
func Parse(filter string) (Expr, error) {
	p := &parser{lexer: lexer{text: filter}}
	p.next()
	e := p.or()
	if p.token.kind != end {
		p.fail()
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

// parser is a recursive descent over one token of look-ahead. After an error
// the token is always end, so every loop comes to a stop.
type parser struct {
	lexer lexer
	token token
	depth int
	err   error
}

func (p *parser) next() {
	p.token = p.lexer.next()
	if p.token.kind == bad {
		p.fail()
	}
}

func (p *parser) fail() {
	if p.err == nil {
		p.err = &SyntaxError{Filter: p.lexer.text, Pos: p.token.pos}
	}
	p.lexer.at = len(p.lexer.text)
	p.token = token{kind: end, pos: p.token.pos}
}

func (p *parser) or() Expr {
	left := p.and()
	for p.token.is(operator, "-or") {
		p.next()
		left = &Or{left, p.and()}
	}
	return left
}

func (p *parser) and() Expr {
	left := p.unary()
	for p.token.is(operator, "-and") {
		p.next()
		left = &And{left, p.unary()}
	}
	return left
}

func (p *parser) unary() Expr {
	p.depth++
	defer func() { p.depth-- }()
	switch {
	case p.depth > maxDepth:
		p.fail()
		return nil
	case p.token.is(operator, "-not"):
		p.next()
		return &Not{p.unary()}
	case p.token.kind == open:
		p.next()
		e := p.or()
		if p.token.kind != shut {
			p.fail()
			return nil
		}
		p.next()
		return e
	}
	return p.comparison()
}

func (p *parser) comparison() Expr {
	c := &Compare{Property: p.token.text, Pos: p.token.pos}
	if p.token.kind != word {
		p.fail()
		return nil
	}
	p.next()
	c.Op = Op(p.token.text)
	if p.token.kind != operator || !c.Op.compares() {
		p.fail()
		return nil
	}
	p.next()
	switch p.token.kind {
	case text, word:
		c.Value.Text = p.token.text
	case variable:
		switch p.token.text {
		case "$null":
			c.Value.Null = true
		case "$true":
			c.Value.Text = "True"
		case "$false":
			c.Value.Text = "False"
		}
	default:
		p.fail()
		return nil
	}
	if p.token.kind == word && !isNumber(p.token.text) || c.misusesWildcard() {
		p.fail()
		return nil
	}
	p.next()
	return c
}

func (op Op) compares() bool {
	switch op {
	case Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Like, NotLike:
		return true
	}
	return false
}

// misusesWildcard reports whether a -like text has a wildcard anywhere but at
// its end.
func (c *Compare) misusesWildcard() bool {
	if c.Op != Like && c.Op != NotLike {
		return false
	}
	return strings.Contains(strings.TrimSuffix(c.Value.Text, "*"), "*")
}

func isNumber(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}
