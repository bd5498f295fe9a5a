// Package opath reads and applies recipient filters in OPATH, the language of
// the -Filter parameter of Exchange's cmdlets:
//
//	EmailAddresses -eq 'ana@fabrikam.example' -or (Company -like 'Fabri*' -and -not (Title -eq $null))
//
// Text stands in single or double quotes, the quote itself doubled; $true,
// $false, $null and numbers need none. Comparisons ignore letter case. A
// wildcard may stand only at the end of a -like text, as in the cloud.
//
// Source: "Recipient filters in Exchange PowerShell" and "Filterable properties
// for the Filter parameter" (office-docs-powershell). That -and binds tighter
// than -or is our choice: the documentation puts parentheses wherever it matters.
package opath

import "strings"

// Expr is a filter: one of *And, *Or, *Not and *Compare.
type Expr interface {
	// Match reports whether an object passes the filter.
	Match(o Object) bool
}

// Object is what a filter is applied to.
type Object interface {
	// Property gives the values of a property as text, one for each value of
	// a property that may have several; none when it is empty. The name is as
	// written in the filter. Booleans are "True" and "False".
	Property(name string) []string
}

// And is true where both sides are.
type And struct{ Left, Right Expr }

// Or is true where one side is.
type Or struct{ Left, Right Expr }

// Not turns its operand around.
type Not struct{ Operand Expr }

// Compare sets a property against a value.
type Compare struct {
	Property string
	Op       Op
	Value    Value
	// Pos is where the comparison begins in the filter, counted from 1.
	Pos int
}

// Op is a comparison operator.
type Op string

// The operators.
const (
	Equal        Op = "-eq"
	NotEqual     Op = "-ne"
	Less         Op = "-lt"
	LessEqual    Op = "-le"
	Greater      Op = "-gt"
	GreaterEqual Op = "-ge"
	Like         Op = "-like"
	NotLike      Op = "-notlike"
)

// Value is what a property is compared with.
type Value struct {
	Text string
	Null bool // $null
}

// Match implements Expr.
func (e *And) Match(o Object) bool { return e.Left.Match(o) && e.Right.Match(o) }

// Match implements Expr.
func (e *Or) Match(o Object) bool { return e.Left.Match(o) || e.Right.Match(o) }

// Match implements Expr.
func (e *Not) Match(o Object) bool { return !e.Operand.Match(o) }

// Match implements Expr. A property of several values passes when one of them
// does; for the negative operators, when none equals the value.
func (e *Compare) Match(o Object) bool {
	values := o.Property(e.Property)
	switch e.Op {
	case NotEqual:
		return !e.any(values, Equal)
	case NotLike:
		return !e.any(values, Like)
	}
	return e.any(values, e.Op)
}

func (e *Compare) any(values []string, op Op) bool {
	if e.Value.Null {
		return op == Equal && len(values) == 0
	}
	for _, v := range values {
		if compare(v, op, e.Value.Text) {
			return true
		}
	}
	return false
}

func compare(have string, op Op, want string) bool {
	switch op {
	case Equal:
		return strings.EqualFold(have, want)
	case Like:
		prefix, wild := strings.CutSuffix(want, "*")
		if !wild {
			return strings.EqualFold(have, want)
		}
		return strings.HasPrefix(strings.ToLower(have), strings.ToLower(prefix))
	}
	order := strings.Compare(strings.ToLower(have), strings.ToLower(want))
	switch op {
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

// Walk calls visit with every comparison of a filter.
func Walk(e Expr, visit func(*Compare)) {
	switch e := e.(type) {
	case *And:
		Walk(e.Left, visit)
		Walk(e.Right, visit)
	case *Or:
		Walk(e.Left, visit)
		Walk(e.Right, visit)
	case *Not:
		Walk(e.Operand, visit)
	case *Compare:
		visit(e)
	}
}

// Keys lists equality comparisons of which every object that passes the filter
// fulfils at least one, so that an index can find the candidates. usable says
// which properties have an index. ok is false when the filter allows no such
// list.
func Keys(e Expr, usable func(property string) bool) (keys []*Compare, ok bool) {
	switch e := e.(type) {
	case *Compare:
		if e.Op == Equal && !e.Value.Null && usable(e.Property) {
			return []*Compare{e}, true
		}
	case *And:
		if keys, ok = Keys(e.Left, usable); ok {
			return keys, true
		}
		return Keys(e.Right, usable)
	case *Or:
		left, okLeft := Keys(e.Left, usable)
		right, okRight := Keys(e.Right, usable)
		return append(left, right...), okLeft && okRight
	}
	return nil, false
}
