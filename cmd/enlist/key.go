package main

import (
	"fmt"
	"strings"

	"enlist/pkg/onboard"
)

// keyAttribute is the custom attribute that keeps what people are known by
// whatever their address; empty if they are known by the address alone.
func (o *runOptions) keyAttribute() onboard.Field {
	if o.input.key == "" {
		return ""
	}
	return onboard.Field(o.contact.keptIn)
}

// validateKey checks that the custom attribute is one, and is left to the key.
func (o *runOptions) validateKey() error {
	attribute := o.contact.keptIn
	if (&onboard.Contact{}).Text(onboard.Field(attribute)) == nil || !strings.HasPrefix(attribute, "custom_attribute_") {
		return &usageError{Message: fmt.Sprintf("--key-attribute does not take %q.", attribute),
			NextStep: "It takes custom_attribute_1 to custom_attribute_15."}
	}
	for _, s := range o.contact.set {
		if field, _, _ := fixedValue(s); field == o.keyAttribute() {
			return keyTaken(attribute, "--set "+s)
		}
	}
	return nil
}

// checkKeyColumns refuses files that have a column for the custom attribute.
func (o *runOptions) checkKeyColumns(assignments []assignment) error {
	for _, a := range assignments {
		for _, c := range a.file.Findings().Columns {
			if c.Field != "" && onboard.Field(c.Field) == o.keyAttribute() {
				return keyTaken(c.Field, fmt.Sprintf("the column %q of %s", c.Name, a.path))
			}
		}
	}
	return nil
}

func keyTaken(attribute, by string) error {
	return &usageError{Message: fmt.Sprintf("The employee id is to be kept in %s, and %s sets that, too.", attribute, by),
		NextStep: "Name a custom attribute that nothing else uses with --key-attribute."}
}
