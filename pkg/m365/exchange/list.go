package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// isCutShort recognises the warning of a list of which there is more (observed).
// A page with a link to the next one has it too.
func isCutShort(warning string) bool {
	return strings.HasPrefix(warning, "There are more results available")
}

var errCutShort = errors.New("the list was cut short, and there is no link to the rest of it")

// list runs a command that answers a list, and reads all of it. ResultSize and
// the page size both have to ask for everything: either alone has been observed
// to be ignored.
func list[T any](ctx context.Context, c *Client, cmd Command) ([]T, error) {
	result, err := c.listed(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return decodeList[T](c, cmd, result)
}

// listed is list without reading what the objects are.
func (c *Client) listed(ctx context.Context, cmd Command) (Result, error) {
	cmd.Effect = Read
	cmd.Parameters["ResultSize"] = "Unlimited"
	result, err := c.Invoke(ctx, cmd)
	if err == nil && slices.ContainsFunc(result.Warnings, isCutShort) {
		err = c.malformed(cmd, result.RequestID, errCutShort)
	}
	return result, err
}

func decodeList[T any](c *Client, cmd Command, result Result) ([]T, error) {
	objects := make([]T, len(result.Values))
	for i, value := range result.Values {
		if err := json.Unmarshal(value, &objects[i]); err != nil {
			return nil, c.malformed(cmd, result.RequestID, fmt.Errorf("object %d: %w", i+1, err))
		}
	}
	return objects, nil
}
