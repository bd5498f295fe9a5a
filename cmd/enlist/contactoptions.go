package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/template"

	"github.com/spf13/pflag"

	"enlist/pkg/intake"
	"enlist/pkg/onboard"
)

// contactOptions are the flags that tell how mail contacts are to look.
type contactOptions struct {
	update      bool
	empty       string
	set         []string
	displayName string
	hide        bool
	keptIn      string // the custom attribute that has the key
}

// What an empty cell means when contacts are updated.
const (
	emptyLeaves = "leave"
	emptyClears = "clear"
)

func (o *contactOptions) register(flags *pflag.FlagSet) {
	flags.BoolVar(&o.update, "update", false, "bring contacts that exist to what the file says, in the columns that it has")
	flags.StringVar(&o.empty, "empty", emptyLeaves, "with --update, what an empty cell does to the attribute: leave, clear")
	flags.StringArrayVar(&o.set, "set", nil, "a fixed value for every contact, as in custom_attribute_1=partner; may be repeated")
	flags.StringVar(&o.displayName, "display-name", "", `display name of every contact, as in "{{.LastName}}, {{.FirstName}} (extern)"; a row that lacks one of the parts keeps its own`)
	flags.StringVar(&o.keptIn, "key-attribute", string(onboard.CustomAttribute(15)), "with --key: the custom attribute of contacts that keeps it, which nothing else may use")
	flags.BoolVar(&o.hide, "hide-from-address-lists", false, "keep the contacts out of the address lists")
}

func (o *contactOptions) validate() error {
	if o.empty == emptyClears && !o.update {
		return &usageError{Message: "--empty clear goes with --update only."}
	}
	for _, s := range o.set {
		if _, _, ok := fixedValue(s); !ok {
			return &usageError{Message: fmt.Sprintf("--set %q is not of the form FIELD=VALUE.", s),
				NextStep: "Write for example --set custom_attribute_1=partner. The fields are those that columns can have, but for email and groups."}
		}
	}
	if err := o.validateCountry(); err != nil {
		return err
	}
	name, err := o.template()
	if err == nil {
		err = name.Execute(io.Discard, person{onboard.Contact{}})
	}
	if err != nil && !errors.Is(err, errLacking) {
		return &usageError{Message: fmt.Sprintf("--display-name %q can't be used.", o.displayName),
			NextStep: "Its parts can be {{.FirstName}}, {{.LastName}}, {{.DisplayName}}, {{.Company}}, {{.Department}} and {{.Email}}.", cause: err}
	}
	return nil
}

// validateCountry refuses a fixed country that Exchange would not know.
func (o *contactOptions) validateCountry() error {
	for _, s := range o.set {
		field, value, _ := fixedValue(s)
		if _, ok := intake.CountryCode(value); field == fieldCountry && !ok {
			return &usageError{Message: fmt.Sprintf("--set %q names no country that is known.", s), NextStep: "Write its ISO code, as in --set country_or_region=DE."}
		}
	}
	return nil
}

const fieldCountry onboard.Field = "country_or_region"

// fixedValue reads "custom_attribute_1=partner". A country becomes its code.
func fixedValue(s string) (onboard.Field, string, bool) {
	field, value, ok := strings.Cut(s, "=")
	f := onboard.Field(strings.TrimSpace(field))
	value = strings.TrimSpace(value)
	if code, known := intake.CountryCode(value); f == fieldCountry && known {
		value = code
	}
	return f, value, ok && f != onboard.FieldEmail && (&onboard.Contact{}).Text(f) != nil
}

// decides reports whether the flags say how contacts are to look.
func (o *contactOptions) decides() bool { return o.update || o.hide || len(o.set) > 0 }

// updates says which fields of contacts are brought up to date, if any are.
func (o *contactOptions) updates(columns []intake.Column) *onboard.Update {
	if !o.update {
		return nil
	}
	u := &onboard.Update{Clear: o.empty == emptyClears}
	for _, c := range columns {
		if c.Field != "" {
			u.Fields = append(u.Fields, onboard.Field(c.Field))
		}
	}
	for _, s := range o.set {
		field, _, _ := fixedValue(s)
		u.Fields = append(u.Fields, field)
	}
	if o.displayName != "" {
		u.Fields = append(u.Fields, "display_name")
	}
	if o.hide {
		u.Fields = append(u.Fields, onboard.FieldHidden)
	}
	return u
}

// dress makes the contacts of the rows look as the flags say.
func (o *contactOptions) dress(rows iter.Seq2[onboard.Row, error]) iter.Seq2[onboard.Row, error] {
	if len(o.set) == 0 && !o.hide && o.displayName == "" {
		return rows
	}
	return func(yield func(onboard.Row, error) bool) {
		name, err := o.template()
		if err != nil {
			yield(onboard.Row{}, err)
			return
		}
		for row, err := range rows {
			if err == nil && row.Problem == nil {
				o.dressOne(&row.Contact, name)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (o *contactOptions) dressOne(c *onboard.Contact, name *template.Template) {
	for _, s := range o.set {
		field, value, _ := fixedValue(s)
		*c.Text(field) = value
	}
	if o.hide {
		c.HiddenFromAddressLists = &o.hide
	}
	var b strings.Builder
	if o.displayName != "" && name.Execute(&b, person{*c}) == nil {
		c.DisplayName = strings.TrimSpace(b.String())
	}
}

func (o *contactOptions) template() (*template.Template, error) {
	return template.New("--display-name").Parse(o.displayName)
}

// person is a contact as a template sees it: a part that is empty is an error,
// so that no name comes out as ",  (extern)".
type person struct{ contact onboard.Contact }

var errLacking = errors.New("the row lacks a part of the name")

func (p person) FirstName() (string, error)   { return lackNot(p.contact.FirstName) }
func (p person) LastName() (string, error)    { return lackNot(p.contact.LastName) }
func (p person) DisplayName() (string, error) { return lackNot(p.contact.DisplayName) }
func (p person) Company() (string, error)     { return lackNot(p.contact.Company) }
func (p person) Department() (string, error)  { return lackNot(p.contact.Department) }
func (p person) Email() (string, error)       { return lackNot(p.contact.Email) }

func lackNot(part string) (string, error) {
	if part == "" {
		return "", errLacking
	}
	return part, nil
}
