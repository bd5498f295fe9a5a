package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"enlist/pkg/simtenant/exchange"
)

// Section 2.1: the cmdlets that the caller may run.
func TestModuleFile(t *testing.T) {
	sim := newTenant(t, options{roles: []string{"Mail Recipient Creation"}})
	a := sim.send("GET", sim.srv.URL+"/adminapi/v1.0/contoso.onmicrosoft.com/EXOModuleFile?Version=3.9.2", nil)
	if a.status != 200 || len(a.Value) != 1 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	names, _ := a.Value[0]["exportedCmdlets"].(string)
	list := strings.Split(names, ",")
	if !slices.Contains(list, "New-MailContact") || slices.Contains(list, "Set-MailContact") {
		t.Errorf("cmdlets %v, want New-MailContact and not Set-MailContact", list)
	}
}

// Section 10: the documented v2.0 API has its own permission and runs one cmdlet.
func TestVersion2(t *testing.T) {
	const path = "/adminapi/v2.0/7e4a47c0-0000-4000-8000-000000c0a705/DistributionGroupMember"
	v2 := exchange.Options{Authenticate: as("Exchange.ManageAsAppV2")}
	cases := []struct {
		name   string
		opts   exchange.Options
		cmdlet string
		anchor bool
		status int
	}{
		{"members", v2, "Get-DistributionGroupMember", true, 200},
		{"without the V2 permission", exchange.Options{}, "Get-DistributionGroupMember", true, 403},
		{"without an anchor", v2, "Get-DistributionGroupMember", false, 403},
		{"another cmdlet", v2, "Get-Recipient", true, 400},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			sim := newTenant(t, options{exchange: tc.opts})
			if !tc.anchor {
				sim.header.Del("X-AnchorMailbox")
			}
			a := sim.post(sim.srv.URL+path, tc.cmdlet, args{"Identity": "partners@contoso.example"})
			if a.status != tc.status {
				t.Fatalf("status %d, want %d\n%s", a.status, tc.status, a.raw)
			}
			if tc.status == 200 && len(a.Value) != 2 {
				t.Errorf("members %v", a.names())
			}
		})
	}
}
