package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Parse reads the content of a file. The error is an *Error.
func Parse(file string, data []byte, keys []Key) ([]Value, error) {
	c := &checker{keys: keys}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		c.syntax(err)
	} else {
		c.documents(parsed)
	}
	if len(c.problems) > 0 {
		return nil, &Error{File: file, Problems: c.problems}
	}
	return c.values, nil
}

// checker goes through a file and gathers its values and mistakes.
type checker struct {
	keys     []Key
	values   []Value
	problems []Problem
}

func (c *checker) refuse(at ast.Node, format string, args ...any) {
	line, column := position(at)
	c.problems = append(c.problems, Problem{line, column, fmt.Sprintf(format, args...)})
}

func position(n ast.Node) (line, column int) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 1, 1
}

// syntax notes where the file is no YAML. The library's own text would repeat
// the lines around, with whatever stands there.
func (c *checker) syntax(err error) {
	p := Problem{Line: 1, Column: 1, Message: "this is not YAML"}
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok && syntax.Token != nil {
		p = Problem{syntax.Token.Position.Line, syntax.Token.Position.Column, syntax.Message}
		if isAlias(syntax.Token) || isAlias(syntax.Token.Prev) {
			p.Message = "a text that begins with * has to stand in quotes"
		}
	}
	c.problems = append(c.problems, p)
}

// isAlias reports whether YAML takes the text for the name of a value that stands
// elsewhere in the file.
func isAlias(t *token.Token) bool { return t != nil && t.Type == token.AliasType }

func (c *checker) documents(file *ast.File) {
	for i, document := range file.Docs {
		if document.Body == nil {
			continue // nothing but comments
		}
		if i > 0 {
			c.refuse(document.Body, "a second document begins here; the file must hold one only")
			return
		}
		settings, ok := document.Body.(ast.MapNode)
		if !ok {
			c.refuse(document.Body, "the file must hold settings, each as NAME: VALUE")
			return
		}
		c.values = c.settings(c.keys, settings)
	}
}

// settings gives those values of the mapping that are right.
func (c *checker) settings(keys []Key, mapping ast.MapNode) []Value {
	var values []Value
	for pairs := mapping.MapRange(); pairs.Next(); {
		name := pairs.Key().GetToken().Value
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
		if i < 0 {
			c.refuse(pairs.Key(), "%s", unknown(keys, name))
			continue
		}
		if v, ok := c.setting(keys[i], pairs.Value()); ok {
			values = append(values, v)
		}
	}
	return values
}

// setting gives one value, if it is of the key's kind.
func (c *checker) setting(key Key, node ast.Node) (Value, bool) {
	v := Value{Key: key.Name}
	v.Line, v.Column = position(node)
	ok := true
	switch key.Kind {
	case List:
		v.Values, ok = c.list(key, node)
	case Mapping:
		v.Values, ok = c.pairs(key, node)
	case Entries:
		v.Entries, ok = c.entries(key, node)
	default:
		var text string
		text, ok = c.scalar(key, node)
		v.Values = []string{text}
	}
	return v, ok
}

// entries gives the settings of each entry.
func (c *checker) entries(key Key, node ast.Node) ([][]Value, bool) {
	first := key.Entry[0].Name
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		c.refuse(node, "%s wants a list, each entry beginning with - %s:", key.Name, first)
		return nil, false
	}
	good := true
	var entries [][]Value
	for _, item := range sequence.Values {
		mapping, ok := item.(ast.MapNode)
		if !ok {
			c.refuse(item, "%s wants settings in each entry, beginning with - %s:", key.Name, first)
			good = false
			continue
		}
		before := len(c.problems)
		values := c.settings(key.Entry, mapping)
		if len(c.problems) == before && !slices.ContainsFunc(values, func(v Value) bool { return v.Key == first }) {
			c.refuse(item, "this entry of %s lacks %s", key.Name, first)
		}
		good = good && len(c.problems) == before
		entries = append(entries, values)
	}
	return entries, good
}

func (c *checker) list(key Key, node ast.Node) ([]string, bool) {
	items := []ast.Node{node}
	if sequence, ok := node.(*ast.SequenceNode); ok {
		items = sequence.Values
	}
	good := true
	values := make([]string, 0, len(items))
	for _, item := range items {
		v, ok := c.scalar(key, item)
		good = good && ok
		values = append(values, v)
	}
	return values, good
}

func (c *checker) pairs(key Key, node ast.Node) ([]string, bool) {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		c.refuse(node, "%s wants pairs, each on a line of its own: COLUMN: FIELD", key.Name)
		return nil, false
	}
	good := true
	var values []string
	for pairs := mapping.MapRange(); pairs.Next(); {
		v, ok := c.scalar(key, pairs.Value())
		good = good && ok
		values = append(values, pairs.Key().GetToken().Value+"="+v)
	}
	return values, good
}

// wanted says what each kind wants.
var wanted = map[Kind]string{
	Text:     "a text; put it in quotes",
	List:     "a list of texts",
	Mapping:  "texts",
	Number:   "a whole number",
	Switch:   "true or false",
	Duration: "a span of time such as 90s, 30m or 2h",
	Scalar:   "a single value",
}

func (c *checker) scalar(key Key, node ast.Node) (string, bool) {
	value, ok := scalarOf(key.Kind, node)
	if !ok {
		c.refuse(node, "%s wants %s", key.Name, wanted[key.Kind])
		return "", false
	}
	if len(key.Choices) > 0 && !slices.Contains(key.Choices, value) {
		c.refuse(node, "%s does not take %q; it takes one of: %s", key.Name, value, listed(key.Choices))
		return "", false
	}
	return value, true
}

// listed names the choices, or the first of many.
func listed(choices []string) string {
	const most = 10
	if len(choices) <= most {
		return strings.Join(choices, ", ")
	}
	return fmt.Sprintf("%s and %d more, which the schema lists", strings.Join(choices[:most], ", "), len(choices)-most)
}

func scalarOf(kind Kind, node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, fits(kind, n.Value)
	case *ast.LiteralNode:
		return n.Value.Value, fits(kind, n.Value.Value)
	case *ast.IntegerNode:
		return n.GetToken().Value, kind == Number || kind == Scalar
	case *ast.BoolNode:
		return fmt.Sprint(n.Value), kind == Switch || kind == Scalar
	case *ast.FloatNode:
		return n.GetToken().Value, kind == Scalar
	}
	return "", false
}

// fits reports whether a text is of the kind.
func fits(kind Kind, text string) bool {
	switch kind {
	case Number, Switch:
		return false
	case Duration:
		_, err := time.ParseDuration(text)
		return err == nil
	}
	return true
}

// unknown says what is wrong with a key that is not known.
func unknown(keys []Key, name string) string {
	plain := plainly(name)
	for _, secret := range []struct{ part, variable string }{
		{"smtpuser", "ENLIST_NOTIFY_SMTP_USER"},
		{"smtppassword", "ENLIST_NOTIFY_SMTP_PASSWORD"},
		{"webhooksecret", "ENLIST_NOTIFY_WEBHOOK_SECRET"},
		{"webhook", "ENLIST_NOTIFY_WEBHOOK"},
		{"notifyping", "ENLIST_NOTIFY_PING"},
		{"password", "AZURE_CLIENT_CERTIFICATE_PASSWORD"},
		{"secret", "AZURE_CLIENT_SECRET"},
		{"certificate", "AZURE_CLIENT_CERTIFICATE_PATH"},
		{"token", "AZURE_FEDERATED_TOKEN_FILE"},
		{"clientid", "AZURE_CLIENT_ID"},
	} {
		if strings.Contains(plain, secret.part) {
			return fmt.Sprintf("%s: credentials have no place in this file; set %s in the environment", name, secret.variable)
		}
	}
	for _, key := range keys {
		if known := plainly(key.Name); strings.HasPrefix(known, plain) || strings.HasPrefix(plain, known) {
			return fmt.Sprintf("%s is not a setting; did you mean %s?", name, key.Name)
		}
	}
	return name + " is not a setting"
}

// plainly leaves out what people get wrong in names.
func plainly(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}
