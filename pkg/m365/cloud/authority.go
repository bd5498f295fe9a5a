package cloud

import (
	"fmt"
	"net/url"
	"strings"
)

// signInClouds tells which cloud a sign-in host of Microsoft belongs to. Azure Government has one host for two of our
// clouds. Hosts: learn.microsoft.com/entra/identity-platform/authentication-national-cloud.
var signInClouds = map[string]string{
	"login.microsoftonline.com":        Global,
	"login.microsoft.com":              Global,
	"login.windows.net":                Global,
	"login.microsoftonline.us":         USGov,
	"login.chinacloudapi.cn":           China,
	"login.partner.microsoftonline.cn": China,
}

// authority returns the sign-in server to use: the cloud's own, or the one that AZURE_AUTHORITY_HOST names.
//
// A custom cloud always signs in at itself: platforms such as Azure Kubernetes Service set AZURE_AUTHORITY_HOST for
// every process, and a secret made for a test server must not travel to the real one. A host of another of Microsoft's
// clouds is refused, for its tokens would not be accepted by this cloud's APIs.
func (e Endpoints) authority(host string) (string, error) {
	if host == "" || e.Name == Custom {
		return e.Authority, nil
	}
	u, err := url.Parse(host)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("AZURE_AUTHORITY_HOST must be an https URL such as %s", e.Authority)
	}
	other, known := signInClouds[strings.ToLower(u.Hostname())]
	same := other == e.Name || other == USGov && e.Name == USGovDoD
	if known && !same {
		return "", fmt.Errorf("AZURE_AUTHORITY_HOST is %s, which signs in to cloud %s, but the cloud chosen is %s: choose --cloud %s, or unset AZURE_AUTHORITY_HOST",
			host, other, e.Name, other)
	}
	return strings.TrimRight(host, "/"), nil
}
