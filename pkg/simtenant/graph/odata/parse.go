package odata

import (
	"strconv"
	"strings"
	"time"
)

// maxDepth bounds how deep an expression may be nested.
const maxDepth = 50

// Parse reads a $filter expression. Operators and functions may be in any
// letter case, as Graph allows. The error is a *[SyntaxError].
func Parse(expression string) (Node, error) {
	p := &parser{lexer: lexer{input: expression}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.current.kind != end {
		return nil, p.unexpected()
	}
	return n, nil
}

// parser reads one token ahead.
type parser struct {
	lexer   lexer
	current token
	depth   int
}

func (p *parser) advance() (err error) {
	p.current, err = p.lexer.next()
	return err
}

func (p *parser) unexpected() error {
	if p.current.kind == end {
		return p.lexer.problem(p.current.position, "Expression expected")
	}
	return p.lexer.problem(p.current.position, "Syntax error")
}

func (p *parser) isWord(keyword string) bool {
	return p.current.kind == word && strings.EqualFold(p.current.value, keyword)
}

func (p *parser) isMark(c string) bool { return p.current.kind == mark && p.current.value == c }

// skipMark takes a punctuation mark that must be there.
func (p *parser) skipMark(c string) error {
	if !p.isMark(c) {
		return p.unexpected()
	}
	return p.advance()
}

func (p *parser) or() (Node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.lexer.problem(p.current.position, "The expression is nested too deeply")
	}
	defer func() { p.depth-- }()
	left, err := p.and()
	for err == nil && p.isWord("or") {
		if err = p.advance(); err != nil {
			break
		}
		var right Node
		right, err = p.and()
		left = Or{left, right}
	}
	return left, err
}

func (p *parser) and() (Node, error) {
	left, err := p.unary()
	for err == nil && p.isWord("and") {
		if err = p.advance(); err != nil {
			break
		}
		var right Node
		right, err = p.unary()
		left = And{left, right}
	}
	return left, err
}

// unary reads a negation, a parenthesis or a single condition. "not" applies to
// what follows it: "not(a)", "not a eq b", "not startsWith(a,'b')".
func (p *parser) unary() (Node, error) {
	switch {
	case p.isWord("not"):
		if p.depth++; p.depth > maxDepth {
			return nil, p.lexer.problem(p.current.position, "The expression is nested too deeply")
		}
		defer func() { p.depth-- }()
		if err := p.advance(); err != nil {
			return nil, err
		}
		operand, err := p.unary()
		return Not{operand}, err
	case p.isMark("("):
		if err := p.advance(); err != nil {
			return nil, err
		}
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		return inner, p.skipMark(")")
	}
	return p.condition()
}

func (p *parser) condition() (Node, error) {
	if p.current.kind != word {
		return nil, p.unexpected()
	}
	name := p.current.value
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.isMark("(") {
		return p.call(name)
	}
	property, count := strings.CutSuffix(name, "/$count")
	for _, op := range []Operator{Eq, Ne, Gt, Ge, Lt, Le} {
		if !p.isWord(string(op)) {
			continue
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		value, err := p.literal()
		return Compare{property, op, value, count}, err
	}
	if p.isWord("in") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		values, err := p.literals()
		return In{property, values}, err
	}
	if count {
		return nil, p.unexpected()
	}
	return Compare{Property: property, Operator: Eq, Value: true}, nil
}

// call reads what follows the name of a function or of a lambda operator.
func (p *parser) call(name string) (Node, error) {
	property, operator := "", name
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		property, operator = name[:slash], name[slash+1:]
	}
	switch strings.ToLower(operator) {
	case "any", "all":
		if property != "" {
			return p.lambda(property, strings.EqualFold(operator, "all"))
		}
	case "startswith":
		return p.function("startsWith")
	case "endswith":
		return p.function("endsWith")
	case "contains":
		return p.function("contains")
	}
	return nil, p.lexer.problem(p.current.position, "An unknown function with name '"+name+"' was found")
}

func (p *parser) function(name string) (Node, error) {
	if err := p.skipMark("("); err != nil {
		return nil, err
	}
	if p.current.kind != word {
		return nil, p.unexpected()
	}
	property := p.current.value
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.skipMark(","); err != nil {
		return nil, err
	}
	if p.current.kind != text {
		return nil, p.unexpected()
	}
	value := p.current.value
	if err := p.advance(); err != nil {
		return nil, err
	}
	return p.comparedWithTrue(Call{name, property, value})
}

// comparedWithTrue reads the end of a call: "startsWith(a,'b') eq true" is the
// same as the call alone, "eq false" its negation.
func (p *parser) comparedWithTrue(call Call) (Node, error) {
	if err := p.skipMark(")"); err != nil {
		return nil, err
	}
	if !p.isWord("eq") {
		return call, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	value, err := p.literal()
	if err != nil {
		return nil, err
	}
	switch value {
	case true:
		return call, nil
	case false:
		return Not{call}, nil
	}
	return nil, p.unexpected()
}

func (p *parser) lambda(property string, all bool) (Node, error) {
	if err := p.skipMark("("); err != nil {
		return nil, err
	}
	if p.isMark(")") && !all {
		return Any{Property: property}, p.advance()
	}
	if p.current.kind != word {
		return nil, p.unexpected()
	}
	variable := p.current.value
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.skipMark(":"); err != nil {
		return nil, err
	}
	condition, err := p.or()
	if err != nil {
		return nil, err
	}
	return Any{property, variable, condition, all}, p.skipMark(")")
}

func (p *parser) literals() ([]Value, error) {
	if err := p.skipMark("("); err != nil {
		return nil, err
	}
	var values []Value
	for {
		value, err := p.literal()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		if !p.isMark(",") {
			return values, p.skipMark(")")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) literal() (Value, error) {
	literal := p.current
	switch literal.kind {
	case text:
		return literal.value, p.advance()
	case word:
		value, ok := bareLiteral(literal.value)
		if !ok {
			return nil, p.unexpected()
		}
		return value, p.advance()
	}
	return nil, p.unexpected()
}

// bareLiteral reads a literal without quotes. A GUID may be written so, too.
func bareLiteral(word string) (Value, bool) {
	switch strings.ToLower(word) {
	case "true":
		return true, true
	case "false":
		return false, true
	case "null":
		return nil, true
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, true
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, word); err == nil {
			return t, true
		}
	}
	if len(word) == len("00000000-0000-0000-0000-000000000000") && strings.Count(word, "-") == 4 {
		return word, true
	}
	return nil, false
}
