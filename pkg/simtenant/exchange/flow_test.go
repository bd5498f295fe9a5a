package exchange_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/exchange"
)

var bypassed = args{"BypassSecurityGroupManagerCheck": true}

func (a args) and(more args) args {
	sum := args{}
	for k, v := range a {
		sum[k] = v
	}
	for k, v := range more {
		sum[k] = v
	}
	return sum
}

// The way of one row, as the product goes it.
func TestFromNobodyToMemberWhoCanWrite(t *testing.T) {
	sim := newTenant(t, options{})
	const address = "Ana.Pop@Fabrikam.example"
	if a := sim.must("Get-Recipient", args{"Filter": "EmailAddresses -eq '" + address + "'"}); len(a.Value) != 0 {
		t.Fatalf("%s is there already: %v", address, a.Value)
	}
	made := sim.must("New-MailContact", args{"name": "ana.pop@fabrikam.example", "ExternalEmailAddress": address,
		"displayName": "Ana Pop", "FirstName": "Ana", "LastName": "Pop"}).Value[0]
	if made["ExternalEmailAddress"] != "SMTP:"+address || made["DisplayName"] != "Ana Pop" || made["Alias"] != "ana.pop?fabrikam.example" {
		t.Errorf("new contact %v", made)
	}
	for _, filter := range []string{
		"EmailAddresses -eq 'ana.pop@fabrikam.example'",
		"EmailAddresses -eq 'smtp:ANA.POP@fabrikam.example' -or Name -eq 'nobody'",
		"ExternalEmailAddress -eq 'ana.pop@fabrikam.example'",
		"EmailAddresses -like 'smtp:ana*'",
	} {
		a := sim.must("Get-Recipient", args{"Filter": filter})
		if got := a.names(); !cmp.Equal(got, []string{"ana.pop@fabrikam.example"}) {
			t.Errorf("filter %s finds %v", filter, got)
		}
	}
	if a := sim.must("Get-Recipient", args{"Filter": "EmailAddresses -like 'ana*'"}); len(a.Value) != 0 {
		t.Errorf("a wildcard without the prefix finds %v", a.names())
	}
	sim.must("Add-DistributionGroupMember", bypassed.and(args{"Identity": "partners@contoso.example", "Member": made["Guid"]}))
	sim.must("Set-DistributionGroup", bypassed.and(args{"Identity": "partners@contoso.example", "RequireSenderAuthenticationEnabled": false}))

	members := sim.must("Get-DistributionGroupMember", args{"Identity": "Partners"}).names()
	if want := []string{"carla.costa@fabrikam.example", "Ada Admin", "ana.pop@fabrikam.example"}; !cmp.Equal(members, want) {
		t.Errorf("members %v, want %v", members, want)
	}
	group := sim.must("Get-DistributionGroup", args{"Identity": "Partners"}).Value[0]
	if group["RequireSenderAuthenticationEnabled"] != false {
		t.Errorf("the group still wants senders to sign in: %v", group)
	}
}

// Section 6.3 and row "Duplicate create during directory lag".
func TestReplicationWindow(t *testing.T) {
	lag := directory.Options{ReplicationDelay: 10 * time.Second}
	// Every request with an anchor goes elsewhere: the hardest case.
	sim := newTenant(t, options{Options: lag, exchange: exchange.Options{AffinityMisses: 1}})
	sim.must("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "new@adatum.example"})
	seen := func() (found, missing bool) {
		for range 20 {
			if sim.call("Get-Recipient", args{"Identity": "New"}).status == 200 {
				found = true
			} else {
				missing = true
			}
		}
		return found, missing
	}
	if _, missing := seen(); !missing {
		t.Error("no domain controller lags behind")
	}
	var plain, proxied int
	for range 20 {
		const unseen = "Required field ExternalDirectoryObjectId was not returned from Graph API"
		switch text := sim.call("New-MailContact", args{"Name": "Other", "ExternalEmailAddress": "new@adatum.example"}).text(); {
		case text == "||"+unseen:
			plain++
		case strings.HasPrefix(text, "|Microsoft.Exchange.Configuration.CmdletProxyException|") && strings.Contains(text, unseen):
			proxied++
		}
	}
	if plain == 0 || proxied == 0 {
		t.Errorf("of 20 duplicate creates on other servers %d got the plain text and %d the one inside a proxy error", plain, proxied)
	}
	sim.now = sim.now.Add(10 * time.Second)
	if _, missing := seen(); missing {
		t.Error("the contact cannot be found everywhere after the delay")
	}
}

// Row "Duplicate create during directory lag, or a soft-deleted holder".
func TestSoftDeletedHolder(t *testing.T) {
	seed := directory.DefaultSeed()
	seed.Users = append(seed.Users, directory.SeedUser{Kind: "mail_user", DisplayName: "Former", Address: "former@adatum.example", SoftDeleted: true})
	sim := newTenant(t, options{Options: directory.Options{Seed: seed}})
	sim.call("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "former@adatum.example"}).
		want(t, 500, "||Required field ExternalDirectoryObjectId was not returned from Graph API")
	for include, want := range map[bool]int{false: 0, true: 1} {
		a := sim.must("Get-Recipient", args{"Filter": "EmailAddresses -eq 'former@adatum.example'", "IncludeSoftDeletedRecipients": include})
		if len(a.Value) != want {
			t.Errorf("with soft-deleted recipients: %t, found %d", include, len(a.Value))
		}
	}
}

// Row "Contact or user exists in Entra but not in Exchange".
func TestAddressThatOnlyEntraKnows(t *testing.T) {
	sim := newTenant(t, options{Options: directory.Options{ReplicationDelay: time.Minute}})
	guest := directory.Object{Kind: directory.Guest, Name: "New Guest", Address: "guest@adatum.example"}
	if _, err := sim.dir.Graph().Create(guest); err != nil {
		t.Fatal(err)
	}
	sim.call("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "guest@adatum.example"}).want(t, 400,
		"|Microsoft.Exchange.Configuration.DualWrite.LocStrings.UnableToWriteToAadException|An Azure Active Directory call was made…")
}

func TestAnchorKeepsToTheServerThatWrote(t *testing.T) {
	sim := newTenant(t, options{Options: directory.Options{ReplicationDelay: time.Hour}})
	sim.must("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "new@adatum.example"})
	for range 20 {
		sim.must("Get-Recipient", args{"Identity": "new@adatum.example"})
	}
}

// Section 3.2.
func TestAnnotations(t *testing.T) {
	sim := newTenant(t, options{})
	a := sim.must("Get-MailContact", args{"Identity": "Dieter Braun"})
	got := a.Value[0]
	want := map[string]any{
		"Guid@data.type": "System.Guid", "Guid@odata.type": "#Guid",
		"EmailAddresses@odata.type": "#Collection(String)",
		"EmailAddresses":            []any{"SMTP:Dieter.Braun@northwind.example", "smtp:d.braun@northwind.example"},
		"ExternalEmailAddress":      "SMTP:Dieter.Braun@northwind.example",
		"WhenCreated@data.type":     "System.DateTime",
		"IsDirSynced":               false,
		"MailTip":                   nil,
		"Identity":                  "Dieter Braun",
		"DistinguishedName":         "CN=Dieter Braun,OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR07A013,DC=PROD,DC=OUTLOOK,DC=COM",
	}
	for name, value := range want {
		if have, ok := got[name]; !ok || !cmp.Equal(have, value) {
			t.Errorf("%s is %v, want %v", name, have, value)
		}
	}
	if !strings.Contains(string(a.raw), `"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":[]`) {
		t.Errorf("no empty warnings in %s", a.raw)
	}
}

func TestSelect(t *testing.T) {
	sim := newTenant(t, options{})
	sim.path += "?$select=Name,guid"
	got := sim.must("Get-MailContact", args{"Identity": "Old Supplier"}).Value[0]
	if len(got) != 4 || got["Name"] != "Old Supplier" || got["Guid"] == nil {
		t.Errorf("selected %v, want Name, and Guid with its two annotations", got)
	}
}

// Section 3.1: a success without output has three forms.
func TestWritesPutOutNothing(t *testing.T) {
	sim := newTenant(t, options{})
	cases := []struct {
		cmdlet string
		args   args
		status int
		length int
	}{
		{"Set-MailContact", args{"Identity": "Old Supplier", "CustomAttribute1": "x"}, 200, -1},
		{"Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum"}, 200, 0},
		{"Update-DistributionGroupMember", bypassed.and(args{"Identity": "News", "Members": []string{}}), 204, 0},
	}
	for _, tc := range cases {
		a := sim.call(tc.cmdlet, tc.args)
		if a.status != tc.status || (tc.length >= 0 && len(a.raw) != tc.length) || len(a.Value) != 0 {
			t.Errorf("%s: %d %q", tc.cmdlet, a.status, a.raw)
		}
	}
}

// Section 3.3.
func TestPaging(t *testing.T) {
	seed := directory.DefaultSeed()
	for i := range 25 {
		seed.Contacts = append(seed.Contacts, directory.SeedContact{Email: fmt.Sprintf("c%02d@proseware.example", i)})
	}
	sim := newTenant(t, options{Options: directory.Options{Seed: seed}})
	sim.header.Set("Prefer", "odata.maxpagesize=10")
	params := args{"Filter": "EmailAddresses -like 'smtp:c*'", "ResultSize": "Unlimited"}
	var all []string
	a := sim.must("Get-MailContact", params)
	first := a.Next
	for {
		all = append(all, a.names()...)
		if a.Next == "" {
			break
		}
		a = sim.post(a.Next, "Get-MailContact", params)
	}
	if len(all) != 26 || all[25] != "c24@proseware.example" {
		t.Errorf("paged through %d: %v", len(all), all)
	}

	const expired = "!Expired or Invalid pagination request. Default Expiry time is 00:30:00"
	sim.post(first, "Get-MailContact", args{}).want(t, 400, expired)
	sim.now = sim.now.Add(31 * time.Minute)
	sim.post(first, "Get-MailContact", params).want(t, 400, expired)
}

func TestPageIsBoundToItsServer(t *testing.T) {
	sim := newTenant(t, options{exchange: exchange.Options{AffinityMisses: 1}})
	sim.header.Set("Prefer", "odata.maxpagesize=1")
	refused := 0
	for range 20 {
		if a := sim.must("Get-MailContact", nil); sim.post(a.Next, "Get-MailContact", nil).status == 400 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("every server follows every link")
	}
}

func TestTruncationWarns(t *testing.T) {
	sim := newTenant(t, options{})
	a := sim.must("Get-MailContact", args{"ResultSize": 1})
	want := []string{"There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter."}
	if len(a.Value) != 1 || a.Next == "" || !cmp.Equal(a.Warn, want) {
		t.Errorf("%d objects, link %q, warnings %v", len(a.Value), a.Next, a.Warn)
	}
	if a := sim.must("Get-MailContact", args{"ResultSize": 3}); a.Next != "" || len(a.Warn) > 0 {
		t.Errorf("a whole listing has link %q and warnings %v", a.Next, a.Warn)
	}
}

// Section 2.3: a list is added to with a tagged hash table.
func TestHashTables(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("Set-MailContact", args{"Identity": "Old Supplier", "EmailAddresses": args{
		"@odata.type": "#Exchange.GenericHashTable", "add": []string{"smtp:old@adatum.example"}}})
	got := sim.must("Get-MailContact", args{"Identity": "old@adatum.example"}).Value[0]["EmailAddresses"]
	if want := []any{"SMTP:sales@adatum.example", "smtp:old@adatum.example"}; !cmp.Equal(got, want) {
		t.Errorf("addresses %v, want %v", got, want)
	}
	sim.call("Set-MailContact", args{"Identity": "Old Supplier", "EmailAddresses": args{"add": []string{"smtp:x@adatum.example"}}}).
		want(t, 400, "!Cannot process argument transformation on parameter 'EmailAddresses'.…")
}

func TestAllowedSenders(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("Set-DistributionGroup", bypassed.and(args{"Identity": "News",
		"AcceptMessagesOnlyFromSendersOrMembers": []string{"sales@adatum.example", "partners@contoso.example"}}))
	sim.must("Set-DistributionGroup", bypassed.and(args{"Identity": "News",
		"AcceptMessagesOnlyFrom": args{"@odata.type": "#Exchange.GenericHashTable", "add": []string{"Dieter Braun"}, "remove": []string{"Old Supplier"}}}))
	got := sim.must("Get-DistributionGroup", args{"Identity": "News"}).Value[0]
	want := map[string][]any{
		"AcceptMessagesOnlyFrom":                 {"Dieter Braun"},
		"AcceptMessagesOnlyFromDLMembers":        {"Partners"},
		"AcceptMessagesOnlyFromSendersOrMembers": {"Partners", "Dieter Braun"},
	}
	for name, list := range want {
		if !cmp.Equal(got[name], any(list)) {
			t.Errorf("%s is %v, want %v", name, got[name], list)
		}
	}
}

func TestPersonOfAContact(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum", "CountryOrRegion": "de", "Manager": "Ada Admin", "Phone": "+49 1"})
	got := sim.must("Get-Contact", args{"Identity": "Old Supplier"}).Value[0]
	wanted := args{"Company": "Adatum", "CountryOrRegion": "Germany", "Manager": "Ada Admin", "Phone": "+49 1", "Title": ""}
	for name, want := range wanted {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	sim.must("Set-Contact", args{"Identity": "Old Supplier", "Company": nil})
	if got := sim.must("Get-Contact", args{"Identity": "Old Supplier"}).Value[0]["Company"]; got != "" {
		t.Errorf("company is %v after clearing it", got)
	}
}

func TestGroupsComeAndGo(t *testing.T) {
	sim := newTenant(t, options{})
	made := sim.must("New-DistributionGroup", args{"Name": "Big Launch", "Members": []string{"Ada Admin"}}).Value[0]
	if made["PrimarySmtpAddress"] != "BigLaunch@contoso.example" || made["RequireSenderAuthenticationEnabled"] != true {
		t.Errorf("new group %v", made)
	}
	sim.must("Remove-DistributionGroup", bypassed.and(args{"Identity": "Big Launch", "Confirm": false}))
	sim.call("Get-DistributionGroup", args{"Identity": "Big Launch"}).want(t, 404, "Ex6F9304|…")
}

func TestListingsNarrow(t *testing.T) {
	sim := newTenant(t, options{})
	cases := []struct {
		cmdlet string
		args   args
		want   []string
	}{
		{"Get-Recipient", args{"RecipientTypeDetails": "GuestMailUser"}, []string{"Gita Guest"}},
		{"Get-Recipient", args{"RecipientTypeDetails": []string{"MailUser", "RoomMailbox"}}, []string{"Room Danube", "Mihai User"}},
		{"Get-Recipient", args{"RecipientType": "MailUser"}, []string{"Gita Guest", "Mihai User"}},
		{"Get-Recipient", args{"Anr": "die"}, []string{"Dieter Braun"}},
		{"Get-Recipient", args{"Filter": "Company -eq 'fabrikam'"}, []string{"carla.costa@fabrikam.example"}},
		{"Get-Recipient", args{"Filter": "PrimarySmtpAddress -eq 'd.braun@northwind.example'"}, []string{"Dieter Braun"}},
		{"Get-DistributionGroup", args{"ManagedBy": "Ada Admin", "Filter": "RequireSenderAuthenticationEnabled -eq $false"}, []string{"Open House"}},
		{"Get-DistributionGroup", args{"ManagedBy": "Clara Weber"}, []string{}},
		{"Get-DistributionGroup", args{"Filter": "IsDirSynced -eq $true"}, []string{"Head Office"}},
		{"Get-DynamicDistributionGroup", nil, []string{"All Staff"}},
		{"Get-UnifiedGroup", nil, []string{"Project Team"}},
		{"Get-AcceptedDomain", nil, []string{"contoso.onmicrosoft.com", "contoso.example"}},
	}
	for _, tc := range cases {
		if got := sim.must(tc.cmdlet, tc.args).names(); !cmp.Equal(got, tc.want) {
			t.Errorf("%s %v lists %v, want %v", tc.cmdlet, tc.args, got, tc.want)
		}
	}
}

func TestUnifiedGroupCanBeOpened(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("Set-UnifiedGroup", args{"Identity": "Project Team", "RequireSenderAuthenticationEnabled": false})
	if got := sim.must("Get-UnifiedGroup", args{"Identity": "Project Team"}).Value[0]["RequireSenderAuthenticationEnabled"]; got != false {
		t.Errorf("RequireSenderAuthenticationEnabled is %v", got)
	}
}

func TestRemovedContactLeavesItsGroups(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("Remove-MailContact", args{"Identity": "Old Supplier", "Confirm": false})
	if got := sim.must("Get-DistributionGroupMember", args{"Identity": "Suppliers"}).names(); len(got) != 0 {
		t.Errorf("members %v, want none", got)
	}
	sim.must("New-MailContact", args{"Name": "Old Supplier", "ExternalEmailAddress": "sales@adatum.example"})
}

func TestWhatIfChangesNothing(t *testing.T) {
	sim := newTenant(t, options{})
	sim.must("New-MailContact", args{"Name": "New", "ExternalEmailAddress": "new@adatum.example", "WhatIf": true})
	sim.call("Get-Recipient", args{"Identity": "New"}).want(t, 404, "Ex6F9304|…")
}

// Times are compared as times, in the form that is documented and in those of scripts.
func TestFilterByTheTimeOfTheLastChange(t *testing.T) {
	sim := newTenant(t, options{})
	sim.now = sim.now.Add(48 * time.Hour) // 25 November
	sim.must("Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum"})
	for filter, want := range map[string]int{
		"WhenChangedUTC -gt '11/24/2026 2:00:00 PM'":  1,
		"WhenChangedUTC -gt '11/25/2026 1:59:59 AM'":  1,
		"WhenChangedUTC -gt '11/25/2026 2:00:00 AM'":  0,
		"WhenChangedUTC -gt '2026-11-24T00:00:00Z'":   1,
		"WhenChangedUTC -gt '9/9/2026'":               1,
		"WhenCreatedUTC -gt '11/24/2026 12:00:00 PM'": 0,
	} {
		for _, cmdlet := range []string{"Get-Contact", "Get-MailContact"} {
			if got := len(sim.must(cmdlet, args{"Filter": filter}).Value); got != want {
				t.Errorf("%s %s: %d contacts, want %d", cmdlet, filter, got, want)
			}
		}
	}
	sim.call("Get-Contact", args{"Filter": "WhenChangedUTC -gt 'yesterday'"}).want(t, 400, "|System.Management.Automation.ParameterBindingException|…")
}
