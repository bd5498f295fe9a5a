package odata

import "time"

// Node is a parsed condition: one of [And], [Or], [Not], [Compare], [In],
// [Call] and [Any].
type Node interface{ node() }

// And holds when both sides do.
type And struct{ Left, Right Node }

// Or holds when one of the sides does.
type Or struct{ Left, Right Node }

// Not holds when its operand doesn't.
type Not struct{ Operand Node }

// Operator compares a property with a literal: eq, ne, gt, ge, lt or le.
type Operator string

// The comparison operators.
const (
	Eq Operator = "eq"
	Ne Operator = "ne"
	Gt Operator = "gt"
	Ge Operator = "ge"
	Lt Operator = "lt"
	Le Operator = "le"
)

// Compare is "property operator literal". A property alone stands for "property
// eq true". Count says that the number of the property's values is meant, as in
// "proxyAddresses/$count eq 0".
type Compare struct {
	Property string
	Operator Operator
	Value    Value
	Count    bool
}

// In is "property in (literal, …)".
type In struct {
	Property string
	Values   []Value
}

// Call is "startsWith(property, literal)" and its kin.
type Call struct {
	Function string // "startsWith", "endsWith" or "contains"
	Property string
	Value    string
}

// Any is "property/any(x: condition)"; Condition is nil for "property/any()".
// Inside, the property called Variable is the value at hand. All turns it into
// "property/all(x: condition)".
type Any struct {
	Property  string
	Variable  string
	Condition Node
	All       bool
}

func (And) node()     {}
func (Or) node()      {}
func (Not) node()     {}
func (Compare) node() {}
func (In) node()      {}
func (Call) node()    {}
func (Any) node()     {}

// Value is a literal or a property's value: nil, string, bool, int64,
// time.Time, or, of a property only, []string.
type Value any

// Leaf is a single condition of an expression.
type Leaf struct {
	// Property is the entity's property, also where a lambda's variable stands
	// for one of its values.
	Property string
	// Operation is the operator, "in", a function's name, or "any" for an
	// any without a condition.
	Operation string
	// Lambda says that the condition is inside an any or all.
	Lambda bool
	// Negated says that the condition is inside a not.
	Negated bool
	// Count says that the number of values is compared.
	Count bool
}

// Leaves lists the conditions of an expression from left to right.
func Leaves(n Node) []Leaf {
	var found []Leaf
	collect(n, Leaf{}, "", &found)
	return found
}

// collect carries what is known on the way down in context; variable is the
// name that stands for context.Property inside a lambda.
func collect(n Node, context Leaf, variable string, found *[]Leaf) {
	add := func(property, operation string, count bool) {
		leaf := context
		leaf.Operation, leaf.Count = operation, count
		if !context.Lambda || property != variable {
			leaf.Property = property
		}
		*found = append(*found, leaf)
	}
	switch n := n.(type) {
	case And:
		collect(n.Left, context, variable, found)
		collect(n.Right, context, variable, found)
	case Or:
		collect(n.Left, context, variable, found)
		collect(n.Right, context, variable, found)
	case Not:
		context.Negated = true
		collect(n.Operand, context, variable, found)
	case Compare:
		add(n.Property, string(n.Operator), n.Count)
	case In:
		add(n.Property, "in", false)
	case Call:
		add(n.Property, n.Function, false)
	case Any:
		if n.Condition == nil {
			add(n.Property, "any", false)
			return
		}
		context.Lambda, context.Property = true, n.Property
		collect(n.Condition, context, n.Variable, found)
	}
}

// timeLayouts are the forms of a date or a time in a filter.
var timeLayouts = []string{time.RFC3339Nano, time.DateOnly}
