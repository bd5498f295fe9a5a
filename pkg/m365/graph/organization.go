package graph

import (
	"context"

	"github.com/microsoftgraph/msgraph-sdk-go/organization"
)

// Organization is the tenant itself (learn.microsoft.com/graph/api/resources/organization). Organization.Read.All is
// needed to read it.
type Organization struct {
	// ID is the tenant's id, a GUID.
	ID              string           `json:"id"`
	DisplayName     string           `json:"displayName"`
	VerifiedDomains []VerifiedDomain `json:"verifiedDomains"`
}

// VerifiedDomain is a domain that the organisation has proved to be its own.
type VerifiedDomain struct {
	Name string `json:"name"`
	// Initial marks the domain that the tenant was made with, under onmicrosoft.com.
	Initial bool `json:"isInitial"`
	Default bool `json:"isDefault"`
}

// Organization returns the tenant that the token is for.
func (c *Client) Organization(ctx context.Context) (Organization, error) {
	builder := organization.NewOrganizationRequestBuilderInternal(c.root(), c.adapter)
	request, err := builder.ToGetRequestInformation(ctx, &organization.OrganizationRequestBuilderGetRequestConfiguration{
		QueryParameters: &organization.OrganizationRequestBuilderGetQueryParameters{Select: []string{"id", "displayName", "verifiedDomains"}},
	})
	if err != nil {
		return Organization{}, err
	}
	found, err := all[Organization](ctx, c, request)
	if err != nil {
		return Organization{}, err
	}
	if len(found) != 1 {
		return Organization{}, unexpected(request, "the answer should hold one organisation", nil)
	}
	return found[0], nil
}
