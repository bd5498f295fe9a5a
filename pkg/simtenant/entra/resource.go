package entra

import (
	"slices"
	"strings"
)

// Resource is an API that tokens are issued for.
type Resource string

// The two APIs of the simulated tenant, under the identifiers that clients ask
// tokens for.
const (
	Graph    Resource = "https://graph.microsoft.com"
	Exchange Resource = "https://outlook.office365.com"
)

// resourceNames maps every identifier that a scope may use to its API. The
// GUIDs are the well-known client ids of Microsoft Graph and of Office 365
// Exchange Online.
var resourceNames = map[string]Resource{
	"https://graph.microsoft.com":          Graph,
	"00000003-0000-0000-c000-000000000000": Graph,
	"https://outlook.office365.com":        Exchange,
	"https://outlook.office.com":           Exchange,
	"00000002-0000-0ff1-ce00-000000000000": Exchange,
}

const defaultScopeSuffix = "/.default"

// resourceOf reads the resource out of the scope of a client credentials
// request, as the client named it: that name becomes the token's audience. MSAL
// for Go adds the OpenID Connect scopes, which mean nothing without a user.
func resourceOf(scope string) (string, error) {
	asked := slices.DeleteFunc(strings.Fields(scope), isOpenIDScope)
	switch len(asked) {
	case 0:
		return "", missingParameter("scope")
	case 1:
		if name, ok := strings.CutSuffix(asked[0], defaultScopeSuffix); ok {
			return strings.TrimSuffix(name, "/"), nil
		}
	}
	return "", invalidScope(scope)
}

func isOpenIDScope(scope string) bool {
	switch scope {
	case "openid", "profile", "email", "offline_access":
		return true
	}
	return false
}

// apiOf finds the API behind a resource's name.
func apiOf(name string) (Resource, bool) {
	api, known := resourceNames[strings.ToLower(name)]
	return api, known
}

// has tells whether an application permission belongs to the API.
func (r Resource) has(role string) bool {
	return (r == Exchange) == isExchangeRole(role)
}

func isExchangeRole(role string) bool {
	switch role {
	case "full_access_as_app", "IMAP.AccessAsApp", "POP.AccessAsApp", "SMTP.SendAsApp":
		return true
	}
	return strings.HasPrefix(role, "Exchange.")
}
