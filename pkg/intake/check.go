package intake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"enlist/pkg/onboard"
)

// checker cleans the cells of records and finds what keeps a record from
// being used.
type checker struct {
	cols    []column
	emailAt int
	others  []int // the columns with a field other than the address
	nameAt  []int // those that tell the person's name

	key   string // the field by which people are known; empty for the address alone
	keyAt int    // its column

	notes *notes
	seen  *duplicates // finds rows about the same person
	keys  *duplicates // finds rows of one key and several addresses
}

// use sets the columns of the records to come.
func (c *checker) use(cols []column) {
	c.cols, c.emailAt, c.keyAt = cols, indexOf(cols, fieldEmail), indexOf(cols, c.key)
	c.others, c.nameAt = nil, nil
	for i, col := range cols {
		switch col.field {
		case "", fieldEmail:
			continue
		case fieldDisplayName, fieldFirstName, fieldLastName:
			c.nameAt = append(c.nameAt, i)
		}
		c.others = append(c.others, i)
	}
}

// check cleans the record's fields in place and gives the address in it. The
// problem is that of the address, or else the first one from left to right,
// or nil.
func (c *checker) check(rec *Record) (address, *onboard.Problem) {
	if rec.Note != "" {
		c.notes.warn(Warning{Line: rec.Line, Message: rec.Note})
	}
	if rec.Damage != nil {
		return c.anyAddress(rec), rec.Damage
	}
	addr, problem := c.email(rec)
	for _, i := range c.others {
		if i >= len(rec.Fields) {
			break
		}
		if value := rec.Fields[i]; rec.ascii && len(value) <= c.cols[i].limit && !ragged(value) {
			continue // the common case: nothing to clean, nothing to check
		}
		if p := c.cell(rec, i); problem == nil {
			problem = p
		}
	}
	if problem == nil {
		c.repeats(rec, addr)
		problem = c.checkKey(rec, addr)
	}
	return addr, problem
}

// anyAddress gives what can be told of the address in a damaged record, so
// that the report can name the person.
func (c *checker) anyAddress(rec *Record) address {
	if c.emailAt < 0 || c.emailAt >= len(rec.Fields) {
		return address{}
	}
	cell, _ := cleanText(rec.Fields[c.emailAt])
	addr, err := parseAddress(cell)
	if err != nil {
		return address{}
	}
	return addr
}

// email reads the address of a record.
func (c *checker) email(rec *Record) (address, *onboard.Problem) {
	at := c.emailAt
	if at < 0 || at >= len(rec.Fields) {
		return address{}, newProblem(CodeEmailMissing, "Line %d: there is no email address.", rec.Line)
	}
	cell, change := rec.Fields[at], ""
	if !rec.ascii || ragged(cell) {
		cell, change = cleanText(cell)
	}
	if cell == "" {
		return address{}, newProblem(CodeEmailMissing, "Line %d, %s: there is no email address.", rec.Line, label(c.cols[at].name, at))
	}
	addr, err := parseAddress(cell)
	if err == nil && change == controlTaken {
		err = invalid("a control character stands in %s", addr.email)
	}
	if err != nil {
		return address{email: cell}, c.refused(rec, err)
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

// refused makes a problem of what is wrong with an address.
func (c *checker) refused(rec *Record, err error) *onboard.Problem {
	code := CodeEmailInvalid
	var why *addressError
	if errors.As(err, &why) && why.unsupported {
		code = CodeEmailUnsupported
	}
	p := newProblem(code, "Line %d, %s: %v.", rec.Line, label(c.cols[c.emailAt].name, c.emailAt), err)
	p.Cause = err
	return p
}

// cell cleans and checks a field other than the address, which is not plain
// or longer than it may be.
func (c *checker) cell(rec *Record, at int) *onboard.Problem {
	value, change := cleanText(rec.Fields[at])
	if change != "" {
		c.warnAt(rec, at, change)
	}
	value = c.tidy(rec, at, value)
	rec.Fields[at] = value
	code, err := checkValue(c.cols[at], value)
	if err != nil {
		return newProblem(code, "Line %d, %s: %v.", rec.Line, label(c.cols[at].name, at), err)
	}
	return nil
}

// checkValue says what is wrong with a cleaned value.
func checkValue(col column, value string) (onboard.Code, error) {
	switch col.field {
	case fieldGroups:
		for _, name := range splitGroups(nil, value) {
			if err := checkGroup(name); err != nil {
				return CodeGroupInvalid, err
			}
		}
		return "", nil
	case fieldHidden:
		_, err := parseYesNo(value)
		return CodeFieldInvalid, err
	}
	if _, ok := CountryCode(value); col.field == fieldCountry && value != "" && !ok {
		return CodeFieldInvalid, fmt.Errorf("%q is no country that is known by this name; write its ISO code, as in DE", value)
	}
	if n := utf8.RuneCountInString(value); col.limit > 0 && n > col.limit {
		return CodeFieldTooLong, fmt.Errorf("%d characters, but Exchange Online keeps %d", n, col.limit)
	}
	if strings.ContainsRune(value, utf8.RuneError) {
		return CodeFieldInvalid, fmt.Errorf("a character is damaged: %q", value)
	}
	return "", nil
}

// tidy makes one line of values other than notes and streets, and takes off
// the quotation marks that wrap a value and the apostrophe that marks it as
// text in a spreadsheet.
func (c *checker) tidy(rec *Record, at int, value string) string {
	switch c.cols[at].field {
	case fieldNotes, "street_address", fieldGroups:
		return value
	}
	value = oneLine(value)
	if c.cols[at].field == fieldCountry {
		if code, ok := CountryCode(value); ok {
			return code
		}
		return value
	}
	if text, marked := strings.CutPrefix(value, "'"); marked && text != "" && strings.IndexByte("+-=@0123456789", text[0]) >= 0 {
		c.warnAt(rec, at, "the apostrophe with which spreadsheets mark text was taken off")
		return text
	}
	if bare := unwrap(value); bare != value {
		c.warnAt(rec, at, "quotation marks around the value were taken off")
		return bare
	}
	return value
}

func (c *checker) warnAt(rec *Record, at int, message string) {
	name := c.cols[at].name
	if name == "" {
		name = strconv.Itoa(at + 1)
	}
	c.notes.warn(Warning{Line: rec.Line, Column: name, Message: message})
}

// repeats notes a row whose address an earlier row has too, and warns if it
// has it with another name.
func (c *checker) repeats(rec *Record, addr address) {
	first, sameName, repeated := c.seen.add(addr.email, c.name(rec), rec.Line)
	switch {
	case !repeated:
	case sameName:
		c.notes.repeat(Repeat{Line: rec.Line, Email: addr.email, First: c.seen.place(first)})
	default:
		c.notes.warn(Warning{Line: rec.Line, Message: fmt.Sprintf("%s stands on %s already, with another name; the first one counts",
			addr.email, c.seen.place(first))})
	}
}

// checkKey refuses a row whose key an earlier row has with another address:
// which of the two is the person's can't be told.
func (c *checker) checkKey(rec *Record, addr address) *onboard.Problem {
	if c.key == "" {
		return nil
	}
	if c.keyAt < 0 || c.keyAt >= len(rec.Fields) || rec.Fields[c.keyAt] == "" {
		c.notes.warn(Warning{Line: rec.Line, Message: fmt.Sprintf("there is no %s, so the row goes by its address alone", c.key)})
		return nil
	}
	key := rec.Fields[c.keyAt]
	first, sameAddress, repeated := c.keys.add(key, strings.ToLower(addr.email), rec.Line)
	if !repeated || sameAddress {
		return nil
	}
	return newProblem(CodeKeyRepeated, "Line %d, %s: %q stands on %s already, with another address.",
		rec.Line, label(c.cols[c.keyAt].name, c.keyAt), key, c.keys.place(first))
}

// name gives what a record says of the person's name, for comparing.
func (c *checker) name(rec *Record) string {
	if len(c.nameAt) == 1 && c.nameAt[0] < len(rec.Fields) {
		return rec.Fields[c.nameAt[0]]
	}
	name := ""
	for _, i := range c.nameAt {
		if i >= len(rec.Fields) || rec.Fields[i] == "" {
			continue
		}
		if c.cols[i].field == fieldDisplayName {
			return rec.Fields[i]
		}
		name += " " + rec.Fields[i]
	}
	return name
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
