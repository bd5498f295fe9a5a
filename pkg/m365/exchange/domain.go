package exchange

import "context"

// AcceptedDomain is a domain whose mail the organisation takes in. A mail
// contact's external address cannot be in one.
type AcceptedDomain struct {
	DomainName string
	DomainType string // Authoritative, InternalRelay, …
	Default    Bool
	// MatchSubDomains extends the domain to everything below it.
	MatchSubDomains Bool
}

// AcceptedDomains returns the organisation's own domains.
func (c *Client) AcceptedDomains(ctx context.Context) ([]AcceptedDomain, error) {
	cmd := Command{
		Name:   "Get-AcceptedDomain",
		Select: []string{"DomainName", "DomainType", "Default", "MatchSubDomains"},
		Effect: Read,
	}
	result, err := c.Invoke(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return decodeList[AcceptedDomain](c, cmd, result)
}
