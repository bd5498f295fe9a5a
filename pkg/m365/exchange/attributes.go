package exchange

import (
	"context"
	"encoding/json"
	"strings"
)

// ContactAttributes returns the named properties of a contact, of those that
// Get-Contact tells: name, company, phones, address. What has no value is empty.
func (c *Client) ContactAttributes(ctx context.Context, identity string, names ...string) (map[string]string, error) {
	return c.attributes(ctx, "Get-Contact", identity, names)
}

// MailContactAttributes is ContactAttributes for what Get-MailContact tells:
// mail tip, address lists, custom attributes.
func (c *Client) MailContactAttributes(ctx context.Context, identity string, names ...string) (map[string]string, error) {
	return c.attributes(ctx, "Get-MailContact", identity, names)
}

func (c *Client) attributes(ctx context.Context, cmdlet, identity string, names []string) (map[string]string, error) {
	cmd := Command{Name: cmdlet, Parameters: Parameters{"Identity": identity}, Select: names, Effect: Read}
	result, err := c.Invoke(ctx, cmd)
	if err != nil {
		return nil, err
	}
	if n := len(result.Values); n != 1 {
		kind := ErrAmbiguous
		if n == 0 {
			kind = ErrObjectNotFound
		}
		return nil, &Error{Command: cmd.Name, Target: identity, RequestID: result.RequestID, kind: kind}
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(result.Values[0], &properties); err != nil {
		return nil, c.malformed(cmd, result.RequestID, err)
	}
	values := map[string]string{}
	for _, name := range names {
		values[name] = textOf(properties[name])
	}
	return values, nil
}

// textOf is a property as a text: a list of phone numbers becomes one text, a
// boolean its name.
func textOf(raw json.RawMessage) string {
	var list Strings
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, ", ")
	}
	if s := string(raw); s != "null" {
		return s
	}
	return ""
}

// ChangeContact gives properties new values by Set-Contact; nil clears one. A
// blank Manager would make the service refuse all of them.
func (c *Client) ChangeContact(ctx context.Context, identity string, values map[string]any) error {
	return c.change(ctx, "Set-Contact", identity, values)
}

// ChangeMailContact is ChangeContact by Set-MailContact.
func (c *Client) ChangeMailContact(ctx context.Context, identity string, values map[string]any) error {
	return c.change(ctx, "Set-MailContact", identity, values)
}

func (c *Client) change(ctx context.Context, cmdlet, identity string, values map[string]any) error {
	parameters := Parameters{"Identity": identity}
	for name, value := range values {
		parameters[name] = value
	}
	_, err := c.Invoke(ctx, Command{Name: cmdlet, Parameters: parameters, Effect: Repeatable})
	return err
}
