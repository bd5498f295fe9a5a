// Package cloud knows where a tenant lives and how to prove who is asking: the endpoints of Microsoft's national
// clouds (and of a custom one, such as the simulated tenant), the credential that the environment offers, and one
// source of access tokens for each API.
package cloud

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Names of the clouds, as --cloud takes them.
const (
	Global   = "global"
	USGov    = "usgov"
	USGovDoD = "usgovdod"
	China    = "china"
	// Custom is any server that serves sign-in, Graph and Exchange under one base URL; see [CustomEndpoints].
	Custom = "custom"
)

// API is where one API of a cloud is reached and what a token for it is asked with.
type API struct {
	// BaseURL has no path and no trailing slash: "https://graph.microsoft.com".
	BaseURL string
	// Scope names the API's audience and asks for all permissions granted to the app: "https://graph.microsoft.com/.default".
	Scope string
}

// Endpoints are the addresses of one cloud.
type Endpoints struct {
	// Name is one of the constants above.
	Name string
	// Authority is the sign-in server, without path or trailing slash: "https://login.microsoftonline.com".
	Authority string
	Graph     API
	Exchange  API
}

// EndpointsOf returns the endpoints of one of Microsoft's own clouds by its name, in any letter case; "" is [Global].
//
// Graph and sign-in: learn.microsoft.com/graph/deployments. Exchange: learn.microsoft.com/exchange/reference/
// admin-api-get-started. The audience of Exchange in China is still the older alias partner.outlook.cn (observed in
// clients of that cloud), though its admin API is at outlook.office365.cn.
func EndpointsOf(name string) (Endpoints, error) {
	switch strings.ToLower(name) {
	case "", Global:
		return endpoints(Global, "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://outlook.office365.com"), nil
	case USGov:
		return endpoints(USGov, "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://outlook.office365.us"), nil
	case USGovDoD:
		return endpoints(USGovDoD, "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://outlook-dod.office365.us"), nil
	case China:
		e := endpoints(China, "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn", "https://outlook.office365.cn")
		e.Exchange.Scope = "https://partner.outlook.cn/.default"
		return e, nil
	case Custom:
		return Endpoints{}, errors.New("cloud custom has no endpoints of its own: give the base URL of its server")
	}
	return Endpoints{}, fmt.Errorf("cloud %q is not known: choose %s, %s, %s, %s or %s", name, Global, USGov, USGovDoD, China, Custom)
}

// CustomEndpoints returns the endpoints of a server that serves sign-in, Graph and Exchange under one https base URL.
//
// Only the addresses are its own: tokens are asked for the same audiences as in the global cloud, because the API, not
// the host that is called, makes the audience.
func CustomEndpoints(baseURL string) (Endpoints, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || !bare(u) {
		return Endpoints{}, errors.New("the address of a custom cloud must be https://HOST or https://HOST:PORT and no more")
	}
	base := "https://" + u.Host
	global, err := EndpointsOf(Global)
	if err != nil {
		return Endpoints{}, err
	}
	return Endpoints{
		Name:      Custom,
		Authority: base,
		Graph:     API{BaseURL: base, Scope: global.Graph.Scope},
		Exchange:  API{BaseURL: base, Scope: global.Exchange.Scope},
	}, nil
}

// bare reports whether a URL has nothing behind its host.
func bare(u *url.URL) bool {
	return strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func endpoints(name, authority, graph, exchange string) Endpoints {
	return Endpoints{
		Name:      name,
		Authority: authority,
		Graph:     API{BaseURL: graph, Scope: graph + "/.default"},
		Exchange:  API{BaseURL: exchange, Scope: exchange + "/.default"},
	}
}
