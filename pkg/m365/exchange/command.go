package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Effect says what sending a command twice would do, and so whether a command
// whose end is unknown may be repeated.
type Effect int

const (
	// Once is for commands that must not be repeated blindly, such as New-*.
	Once Effect = iota
	// Repeatable is for changes that, done twice, leave what doing them once
	// leaves, such as Set-* and Add-DistributionGroupMember.
	Repeatable
	// Read is for commands that change nothing.
	Read
)

// Parameters are a cmdlet's parameters by name. Values are what encoding/json
// makes of them: a bool for a switch or a boolean (false is really sent), a
// string, a number, a []string for a list, a HashTable to change a list.
type Parameters map[string]any

// HashTable adds values to a multi-valued property, and removes some, where a
// plain list would replace it.
type HashTable struct {
	Add    []string
	Remove []string
}

// MarshalJSON writes the type tag without which the service cannot bind the
// value (observed: it would arrive as an opaque object).
func (h HashTable) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Type   string   `json:"@odata.type"`
		Add    []string `json:"add,omitempty"`
		Remove []string `json:"remove,omitempty"`
	}{"#Exchange.GenericHashTable", h.Add, h.Remove})
}

// Command is one cmdlet to run.
type Command struct {
	Name       string // for example "Get-Recipient"
	Parameters Parameters
	Select     []string // the properties to answer; all if empty
	Effect     Effect

	header http.Header // sent besides the usual ones
	// unsure: the service may not know the command at all, and then says 404.
	unsure bool
}

// target names what the command is about, for errors.
func (c Command) target() string {
	for _, name := range []string{"Identity", "ExternalEmailAddress", "Name", "Filter"} {
		value, ok := c.Parameters[name]
		if !ok {
			continue
		}
		if member, ok := c.Parameters["Member"]; ok {
			return fmt.Sprintf("%v in %v", member, value)
		}
		return fmt.Sprint(value)
	}
	return ""
}

// objects are what the command names, in lower case, so that two commands about
// the same thing can be told. A list asks for all and is about nothing.
func (c Command) objects() []string {
	var objects []string
	for _, name := range []string{"Identity", "Member", "ExternalEmailAddress", "Name"} {
		if value, ok := c.Parameters[name]; ok {
			objects = append(objects, strings.ToLower(fmt.Sprint(value)))
		}
	}
	return objects
}

func (c Command) encode() ([]byte, error) {
	type input struct {
		CmdletName string
		Parameters Parameters
	}
	parameters := c.Parameters
	if parameters == nil {
		parameters = Parameters{} // null is refused (observed)
	}
	body, err := json.Marshal(struct{ CmdletInput input }{input{c.Name, parameters}})
	if err != nil {
		return nil, fmt.Errorf("exchange: parameters of %s: %w", c.Name, err)
	}
	return body, nil
}
