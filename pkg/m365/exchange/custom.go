package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxKeys is how many values RecipientsByCustomAttribute takes. The greatest
// length of a filter is not documented; twenty terms are known to work.
const MaxKeys = 20

// Keyed is a recipient with its custom attributes, as far as they were asked for.
type Keyed struct {
	Recipient
	properties map[string]json.RawMessage
}

// UnmarshalJSON reads one of Exchange's objects.
func (k *Keyed) UnmarshalJSON(object []byte) error {
	return errors.Join(json.Unmarshal(object, &k.Recipient), json.Unmarshal(object, &k.properties))
}

// CustomAttribute gives the one with the number, from 1 to 15.
func (k Keyed) CustomAttribute(number int) string {
	return textOf(k.properties[customAttribute(number)])
}

func customAttribute(number int) string { return fmt.Sprint("CustomAttribute", number) }

// RecipientsByCustomAttribute returns the recipients of any kind that have one of
// the values in the custom attribute with the number, letter case aside. Nobody
// is an empty list.
func (c *Client) RecipientsByCustomAttribute(ctx context.Context, number int, values ...string) ([]Keyed, error) {
	if n := len(values); n == 0 || n > MaxKeys {
		return nil, fmt.Errorf("exchange: %d values to look up, which must be 1 to %d", n, MaxKeys)
	}
	terms := make([]string, len(values))
	for i, value := range values {
		terms[i] = anyOf(customAttribute(number)).equals(value)
	}
	return list[Keyed](ctx, c, Command{
		Name:       "Get-Recipient",
		Parameters: Parameters{"Filter": strings.Join(terms, " -or ")},
		Select:     append(slices.Clip(recipientProperties), customAttribute(number)),
	})
}
