package exchange

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"enlist/pkg/simtenant/directory"
)

// kind is the type of a parameter.
type kind int

const (
	textParam kind = iota
	boolParam
	switchParam
	sizeParam      // a number or "Unlimited"
	listParam      // texts; one text stands for a list of one
	multiParam     // a list, or a hash table with add and remove
	aliasParam     // text of the characters that an alias may have
	recipientParam // one identity, or null for none
	countryParam   // an English country name or an ISO code
)

// param is a parameter that a cmdlet takes.
type param struct {
	name      string
	kind      kind
	required  bool
	max       int    // characters; 0 for no limit
	role      string // a role that one must have besides the cmdlet's own
	oneOf     []string
	countries countries // of a countryParam
	// attribute is what the parameter sets when it has an attribute's name; 0 for
	// the others.
	attribute directory.Attribute
}

// params are a command's bound parameters, by their name in the declaration.
type params map[string]any

// multi is the value of a multiParam: what to set, or what to add and remove.
type multi struct {
	set         bool
	values      []string
	add, remove []string
}

func (p params) has(name string) bool { _, ok := p[name]; return ok }

func (p params) text(name string) string {
	s, _ := p[name].(string)
	return s
}

func (p params) flag(name string) bool {
	b, _ := p[name].(bool)
	return b
}

func (p params) list(name string) []string {
	l, _ := p[name].([]string)
	return l
}

// bind gives every argument to the parameter of its name, in any letter case.
// A parameter outside the caller's roles behaves as if it did not exist.
func bind(c *cmdlet, args []argument, have rights) (params, *cmdletError) {
	bound := params{}
	var unknown []string
	for _, a := range args {
		if strings.Contains(a.name, "@") {
			continue // an OData annotation of a parameter
		}
		p := c.param(a.name)
		if p == nil || (p.role != "" && !have.any(p.role)) {
			unknown = append(unknown, a.name)
			continue
		}
		value, err := p.convert(a.value)
		if err != nil {
			return nil, err
		}
		bound[p.name] = value
	}
	if len(unknown) > 0 {
		return nil, unknownParameters(unknown)
	}
	var missing []string
	for _, p := range c.params {
		if p.required && isBlank(bound[p.name]) {
			missing = append(missing, p.name)
		}
	}
	if len(missing) > 0 {
		return nil, missingParameters(missing)
	}
	return bound, nil
}

func isBlank(v any) bool { return v == nil || v == "" }

func (p *param) convert(v any) (any, *cmdletError) {
	switch p.kind {
	case boolParam, switchParam:
		return p.convertBool(v)
	case sizeParam:
		return p.convertSize(v)
	case listParam:
		return p.convertList(v)
	case multiParam:
		return p.convertMulti(v)
	case recipientParam:
		if v == nil {
			return nil, nil
		}
	case countryParam:
		return p.convertCountry(v)
	}
	return p.convertText(v)
}

// convertBool takes JSON booleans only. The text is PowerShell's.
func (p *param) convertBool(v any) (any, *cmdletError) {
	b, ok := v.(bool)
	if !ok {
		return nil, transformation(p.name, fmt.Sprintf("Cannot convert value %q to type %q. Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.", printed(v), "System.Boolean"))
	}
	return b, nil
}

// unlimited is the size that has no bound.
const unlimited = -1

func (p *param) convertSize(v any) (any, *cmdletError) {
	s := printed(v)
	if strings.EqualFold(s, "unlimited") {
		return unlimited, nil
	}
	n := 0
	for _, digit := range s {
		if digit < '0' || digit > '9' || n > 1<<30 {
			n = -1
			break
		}
		n = n*10 + int(digit-'0')
	}
	if s == "" || n <= 0 {
		return nil, transformation(p.name, fmt.Sprintf("Cannot convert value %q to type %q. Error: %q", s, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]", "Input string was not in a correct format."))
	}
	return n, nil
}

func (p *param) convertText(v any) (any, *cmdletError) {
	switch v.(type) {
	case nil:
		return "", nil
	case map[string]any, []any:
		return nil, transformation(p.name, fmt.Sprintf("Cannot convert value to type %q.", "System.String"))
	}
	s := printed(v)
	if p.max > 0 && utf8.RuneCountInString(s) > p.max {
		return nil, tooLong(p.max, utf8.RuneCountInString(s))
	}
	if p.kind == aliasParam {
		if err := checkAlias(s); err != nil {
			return nil, err
		}
	}
	if len(p.oneOf) > 0 {
		return p.enumValue(s)
	}
	return s, nil
}

// enumValue matches names by their beginning, as PowerShell does: a short
// value that is the beginning of one name alone is taken for it.
func (p *param) enumValue(s string) (any, *cmdletError) {
	var matches []string
	for _, name := range p.oneOf {
		if strings.EqualFold(name, s) {
			return name, nil
		}
		if s != "" && len(s) <= len(name) && strings.EqualFold(name[:len(s)], s) {
			matches = append(matches, name)
		}
	}
	if len(matches) == 1 {
		return matches[0], nil
	}
	return nil, transformation(p.name, fmt.Sprintf("Cannot convert value %q to type %q. Error: %q", s,
		"Microsoft.Exchange.Management."+p.name, fmt.Sprintf("Unable to match the identifier name %s to a valid enumerator name. Specify one of the following enumerator names and try again: %s", s, strings.Join(p.oneOf, ", "))))
}

func (p *param) convertList(v any) (any, *cmdletError) {
	switch v := v.(type) {
	case nil:
		return []string{}, nil
	case []any:
		return p.texts(v)
	case map[string]any:
		return nil, transformation(p.name, fmt.Sprintf("Cannot convert the %q value of type %q to type %q.", "{}", "Newtonsoft.Json.Linq.JObject", "Microsoft.Exchange.Data.MultiValuedProperty"))
	}
	return []string{printed(v)}, nil
}

func (p *param) texts(values []any) (any, *cmdletError) {
	list := make([]string, 0, len(values))
	seen := map[string]bool{}
	for _, v := range values {
		if _, nested := v.(map[string]any); nested || v == nil {
			return nil, transformation(p.name, fmt.Sprintf("Cannot convert value to type %q.", "System.String"))
		}
		s := printed(v)
		if key := strings.ToLower(s); seen[key] {
			return nil, duplicateEntry(p.name, s)
		} else {
			seen[key] = true
		}
		list = append(list, s)
	}
	return list, nil
}

// hashTableType is the tag without which a hash table cannot be bound.
const hashTableType = "#Exchange.GenericHashTable"

func (p *param) convertMulti(v any) (any, *cmdletError) {
	table, ok := v.(map[string]any)
	if !ok || table["@odata.type"] != hashTableType {
		list, err := p.convertList(v)
		if err != nil {
			return nil, err
		}
		return multi{set: true, values: list.([]string)}, nil
	}
	var m multi
	for key, v := range table {
		list, err := p.convertList(v)
		switch {
		case strings.HasPrefix(key, "@") || strings.Contains(key, "@odata"):
			continue
		case err != nil:
			return nil, err
		case strings.EqualFold(key, "add"):
			m.add = list.([]string)
		case strings.EqualFold(key, "remove"):
			m.remove = list.([]string)
		default:
			return nil, transformation(p.name, fmt.Sprintf("%q is not a valid key of the hash table; use Add and Remove.", key))
		}
	}
	return m, nil
}

// printed is a JSON scalar as PowerShell would write it.
func printed(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	return ""
}
