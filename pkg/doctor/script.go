package doctor

import (
	_ "embed"
	"io"
	"slices"
	"strings"
	"text/template"

	"enlist/pkg/m365/cloud"
)

//go:embed script.txt
var scriptText string

// WriteScript writes the Azure CLI and PowerShell lines with which an
// administrator makes an app that may do what a run with these commands needs,
// and no more. tenant may be empty.
func WriteScript(w io.Writer, cloudName, tenant string, commands []string) error {
	page, err := template.New("script").Parse(scriptText)
	if err != nil {
		return err
	}
	if tenant == "" {
		tenant = "contoso.onmicrosoft.com"
	}
	roles := rolesOf(commands)
	if slices.Contains(roles, roleGroups) {
		roles = append(roles, roleSecurityGroups)
	}
	return page.Execute(w, struct {
		Tenant, AzureCloud, ExchangeEnvironment string
		Contacts, Members, Exchange, Roles      string
	}{
		Tenant:              tenant,
		AzureCloud:          azureClouds[strings.ToLower(cloudName)],
		ExchangeEnvironment: exchangeEnvironments[strings.ToLower(cloudName)],
		Contacts:            contactReaders[0],
		Members:             memberReaders[0],
		Exchange:            exchangePermission,
		Roles:               `"` + strings.Join(roles, `","`) + `"`,
	})
}

// Names of the clouds to az cloud set (learn.microsoft.com/cli/azure/manage-clouds-azure-cli)
// and to Connect-ExchangeOnline -ExchangeEnvironmentName. The global one is
// their default.
var (
	azureClouds          = map[string]string{cloud.USGov: "AzureUSGovernment", cloud.USGovDoD: "AzureUSGovernment", cloud.China: "AzureChinaCloud"}
	exchangeEnvironments = map[string]string{cloud.USGov: "O365USGovGCCHigh", cloud.USGovDoD: "O365USGovDoD", cloud.China: "O365China"}
)
