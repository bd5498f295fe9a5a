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

// Script is what an app is to be made for.
type Script struct {
	Cloud  string // as --cloud takes it
	Tenant string // may be empty
	// The others are as in [Setup].
	Commands      []string
	InvitesGuests bool
	// Sender is the address of the mailbox that mail is sent from through Graph,
	// without a name; empty for none.
	Sender string
}

// Write writes the Azure CLI and PowerShell lines with which an administrator
// makes an app that may do what the run needs, and no more.
func (s Script) Write(w io.Writer) error {
	page, err := template.New("script").Parse(scriptText)
	if err != nil {
		return err
	}
	if s.Tenant == "" {
		s.Tenant = "contoso.onmicrosoft.com"
	}
	cloudName := strings.ToLower(s.Cloud)
	return page.Execute(w, struct {
		Tenant, AzureCloud, ExchangeEnvironment string
		Graph                                   []string
		Users, Exchange, Roles, Sender          string
	}{
		Tenant:              s.Tenant,
		AzureCloud:          azureClouds[cloudName],
		ExchangeEnvironment: exchangeEnvironments[cloudName],
		Graph:               s.graph(),
		Users:               userReaders[0],
		Exchange:            exchangePermission,
		Sender:              s.Sender,
		Roles:               `"` + strings.Join(s.roles(), `","`) + `"`,
	})
}

// graph are the permissions of Microsoft Graph that the run can't do without.
func (s Script) graph() []string {
	needed := []string{contactReaders[0], memberReaders[0]}
	if s.InvitesGuests {
		needed = []string{contactReaders[0], memberWriters[0], inviters[0]} // who may write members may read them
	}
	if s.Sender != "" {
		needed = append(needed, mailSenders[0])
	}
	return needed
}

func (s Script) roles() []string {
	roles := rolesOf(s.Commands)
	if slices.Contains(roles, roleGroups) {
		roles = append(roles, roleSecurityGroups)
	}
	return roles
}

// Names of the clouds to az cloud set (learn.microsoft.com/cli/azure/manage-clouds-azure-cli)
// and to Connect-ExchangeOnline -ExchangeEnvironmentName. The global one is
// their default.
var (
	azureClouds          = map[string]string{cloud.USGov: "AzureUSGovernment", cloud.USGovDoD: "AzureUSGovernment", cloud.China: "AzureChinaCloud"}
	exchangeEnvironments = map[string]string{cloud.USGov: "O365USGovGCCHigh", cloud.USGovDoD: "O365USGovDoD", cloud.China: "O365China"}
)
