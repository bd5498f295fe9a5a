package intake

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"enlist/pkg/onboard"
)

// checker cleans the cells of records and finds what keeps a record from
// being used.
type checker struct {
	cols []column
	warn func(Warning)
	// seen finds rows about the same person.
	seen *duplicates
	// groups is for use again from record to record.
	groups []string
}

// check cleans the record's fields in place and gives the address in it. The
// problem is the first one, from left to right behind the address, or nil.
func (c *checker) check(rec *Record) (address, *onboard.Problem) {
	if rec.Note != "" {
		c.warn(Warning{Line: rec.Line, Message: rec.Note})
	}
	if rec.Damage != nil {
		return c.anyAddress(rec), rec.Damage
	}
	var addr address
	problem := newProblem(CodeEmailMissing, "line %d: there is no email address", rec.Line)
	for i := range min(len(c.cols), len(rec.Fields)) {
		if c.cols[i].field != fieldEmail {
			continue
		}
		addr, problem = c.email(rec, i)
	}
	for i := range min(len(c.cols), len(rec.Fields)) {
		if name := c.cols[i].field; name == "" || name == fieldEmail {
			continue
		}
		if p := c.cell(rec, i); problem == nil {
			problem = p
		}
	}
	if problem == nil {
		c.repeats(rec, addr)
	}
	return addr, problem
}

// anyAddress gives what can be told of the address in a damaged record, so
// that the report can name the person.
func (c *checker) anyAddress(rec *Record) address {
	at := indexOf(c.cols, fieldEmail)
	if at < 0 || at >= len(rec.Fields) {
		return address{}
	}
	cell, _ := cleanText(rec.Fields[at])
	addr, err := parseAddress(cell)
	if err != nil {
		return address{}
	}
	return addr
}

// email reads the address in the field at index at.
func (c *checker) email(rec *Record, at int) (address, *onboard.Problem) {
	cell, change := cleanText(rec.Fields[at])
	if cell == "" {
		return address{}, newProblem(CodeEmailMissing, "line %d, %s: there is no email address", rec.Line, label(c.cols[at].name, at))
	}
	addr, err := parseAddress(cell)
	var why *addressError
	if errors.As(err, &why) {
		code := CodeEmailInvalid
		if why.unsupported {
			code = CodeEmailUnsupported
		}
		p := newProblem(code, "line %d, %s: %s", rec.Line, label(c.cols[at].name, at), why)
		p.Cause = err
		return address{email: cell}, p
	}
	if addr.change == "" {
		addr.change = change
	}
	if addr.change != "" {
		c.warnAt(rec, at, addr.change+": "+addr.email)
	}
	if meant := meantDomain(addr.email); meant != "" {
		c.warnAt(rec, at, fmt.Sprintf("%s: is %s meant?", addr.email, meant))
	}
	rec.Fields[at] = addr.email
	return addr, nil
}

// cell cleans and checks a field other than the address.
func (c *checker) cell(rec *Record, at int) *onboard.Problem {
	col := &c.cols[at]
	raw := rec.Fields[at]
	if raw == "" {
		return nil
	}
	value, change := cleanText(raw)
	if !plain(value) {
		value = c.tidy(rec, at, value)
	}
	rec.Fields[at] = value
	if change != "" {
		c.warnAt(rec, at, change)
	}
	switch col.field {
	case fieldGroups:
		c.groups = splitGroups(c.groups[:0], value)
		for _, name := range c.groups {
			if err := checkGroup(name); err != nil {
				return newProblem(CodeGroupInvalid, "line %d, %s: %v", rec.Line, label(col.name, at), err)
			}
		}
		return nil
	case fieldHidden:
		if _, err := parseYesNo(value); err != nil {
			return newProblem(CodeFieldInvalid, "line %d, %s: %v", rec.Line, label(col.name, at), err)
		}
		return nil
	}
	if n := len(value); n > col.limit && utf8.RuneCountInString(value) > col.limit {
		return newProblem(CodeFieldTooLong, "line %d, %s: %d characters, but Exchange Online keeps %d",
			rec.Line, label(col.name, at), utf8.RuneCountInString(value), col.limit)
	}
	if strings.ContainsRune(value, utf8.RuneError) {
		return newProblem(CodeFieldInvalid, "line %d, %s: a character is damaged: %q", rec.Line, label(col.name, at), value)
	}
	return nil
}

// tidy makes one line of values other than notes and streets, and takes
// quotation marks off that wrap a value.
func (c *checker) tidy(rec *Record, at int, value string) string {
	switch c.cols[at].field {
	case fieldNotes, "street_address", fieldGroups:
		return value
	}
	value = oneLine(value)
	if bare := unwrap(value); bare != value {
		c.warnAt(rec, at, "quotation marks around the value were taken off")
		return bare
	}
	return value
}

func (c *checker) warnAt(rec *Record, at int, message string) {
	c.warn(Warning{Line: rec.Line, Column: label(c.cols[at].name, at), Message: message})
}

// repeats warns of a row whose address an earlier row has too.
func (c *checker) repeats(rec *Record, addr address) {
	first, sameName, repeated := c.seen.add(addr.email, nameOf(rec, c.cols), rec.Line)
	switch {
	case !repeated:
	case sameName:
		c.warn(Warning{Line: rec.Line, Message: fmt.Sprintf("%s stands on line %d already; groups of both lines apply", addr.email, first)})
	default:
		c.warn(Warning{Line: rec.Line, Message: fmt.Sprintf("%s stands on line %d already with another name; the first one counts", addr.email, first)})
	}
}

// parseYesNo reads a yes or no in the languages that headers are understood
// in; nothing at all is unknown, nil.
func parseYesNo(text string) (*bool, error) {
	value := false
	switch strings.ToLower(text) {
	case "":
		return nil, nil
	case "true", "yes", "y", "1", "x", "da", "ja", "oui", "sí", "si", "sì", "tak", "$true", "wahr", "vrai", "verdadero", "vero", "prawda", "adevărat":
		value = true
	case "false", "no", "n", "0", "nu", "nein", "non", "nie", "$false", "falsch", "faux", "falso", "fałsz", "fals":
	default:
		return nil, fmt.Errorf("%q is neither yes nor no", text)
	}
	return &value, nil
}
