package exchange

import (
	"context"
	"encoding/json"
)

// NewGroup is a distribution group to create. Empty fields are left to the
// service.
type NewGroup struct {
	Name               string // unique in the tenant, at most 64 characters
	DisplayName        string
	Alias              string // at most 64 characters
	PrimarySmtpAddress string // in an accepted domain
	ManagedBy          string // identity of a person or mail-enabled security group; an app is none, so it should not be empty
}

// NewDistributionGroup creates a distribution group, which takes mail from
// inside only. It is never repeated after an unknown end: the error then matches
// ErrUncertain, and the caller has to look.
func (c *Client) NewDistributionGroup(ctx context.Context, n NewGroup) (Group, error) {
	cmd := Command{
		Name: "New-DistributionGroup",
		Parameters: nonEmpty(map[string]string{
			"Name":               n.Name,
			"DisplayName":        n.DisplayName,
			"Alias":              n.Alias,
			"PrimarySmtpAddress": n.PrimarySmtpAddress,
			"ManagedBy":          n.ManagedBy,
		}),
		Effect: Once,
	}
	result, err := c.Invoke(ctx, cmd)
	if err != nil {
		return Group{}, err
	}
	var created Group
	if len(result.Values) > 0 {
		if err := json.Unmarshal(result.Values[0], &created); err != nil {
			e := c.malformed(cmd, result.RequestID, err)
			e.uncertain = true
			return Group{}, e
		}
	}
	return created, nil
}
