package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Bool is a boolean as the service sends it: true, "True", or null for false.
// Both forms have been observed in one object.
type Bool bool

// UnmarshalJSON accepts a boolean, its name as a string, null and "".
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(string(bytes.Trim(data, `"`))) {
	case "true":
		*b = true
	case "false", "null", "":
		*b = false
	default:
		return fmt.Errorf("%s is not a boolean", data)
	}
	return nil
}

// Strings is a list of strings as the service sends it: a list, null, or one
// string alone.
type Strings []string

// UnmarshalJSON accepts a list of strings, one string, and null.
func (s *Strings) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*s = nil
		if one != "" {
			*s = Strings{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}
