package odata

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Match tells whether an entity fulfils a condition. get gives the value of a
// property. Text is compared without regard to letter case, as the directory
// does. A property that is not there, or of another type than the literal,
// equals nothing but null.
func Match(n Node, get func(property string) Value) bool {
	switch n := n.(type) {
	case And:
		return Match(n.Left, get) && Match(n.Right, get)
	case Or:
		return Match(n.Left, get) || Match(n.Right, get)
	case Not:
		return !Match(n.Operand, get)
	case Compare:
		return n.match(get(n.Property))
	case In:
		value := get(n.Property)
		return slices.ContainsFunc(n.Values, func(v Value) bool { return compare(Eq, value, v) })
	case Call:
		value, ok := get(n.Property).(string)
		return ok && n.match(value)
	case Any:
		values, _ := get(n.Property).([]string)
		return n.match(values, get)
	}
	return false
}

func (n Compare) match(value Value) bool {
	if !n.Count {
		return compare(n.Operator, value, n.Value)
	}
	values, _ := value.([]string)
	return compare(n.Operator, int64(len(values)), n.Value)
}

func (n Call) match(value string) bool {
	value, part := strings.ToLower(value), strings.ToLower(n.Value)
	switch n.Function {
	case "startsWith":
		return strings.HasPrefix(value, part)
	case "endsWith":
		return strings.HasSuffix(value, part)
	}
	return strings.Contains(value, part)
}

func (n Any) match(values []string, get func(string) Value) bool {
	if n.Condition == nil {
		return len(values) > 0
	}
	holds := func(value string) bool {
		return Match(n.Condition, func(property string) Value {
			if property == n.Variable {
				return value
			}
			return get(property)
		})
	}
	if n.All {
		return !slices.ContainsFunc(values, func(value string) bool { return !holds(value) })
	}
	return slices.ContainsFunc(values, holds)
}

func compare(op Operator, left, right Value) bool {
	order, comparable := ordered(left, right)
	switch op {
	case Eq:
		return comparable && order == 0
	case Ne:
		return !comparable || order != 0
	case Gt:
		return comparable && order > 0
	case Ge:
		return comparable && order >= 0
	case Lt:
		return comparable && order < 0
	default:
		return comparable && order <= 0
	}
}

// ordered compares two values of one type.
func ordered(left, right Value) (order int, comparable bool) {
	switch left := left.(type) {
	case nil:
		return 0, right == nil
	case string:
		right, ok := right.(string)
		return strings.Compare(strings.ToLower(left), strings.ToLower(right)), ok
	case bool:
		right, ok := right.(bool)
		if left == right {
			return 0, ok
		}
		return 1, ok
	case int64:
		right, ok := right.(int64)
		return cmp.Compare(left, right), ok
	case time.Time:
		right, ok := right.(time.Time)
		return left.Compare(right), ok
	}
	return 0, false
}
