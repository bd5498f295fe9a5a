package contract_test

import (
	"slices"
	"strings"
	"testing"
)

func requestClaims() []claim {
	partner := args{"Identity": "p0001@proseware.example"}
	return []claim{
		{"E2.1 the tenant in the URL is its GUID or an accepted domain", func(t *testing.T, w *wire) {
			for _, name := range []string{w.tenantID(), "contoso.onmicrosoft.com", "contoso.example"} {
				w.runAt(t, "/adminapi/beta/"+name+"/InvokeCommand", "Get-AcceptedDomain", nil).want(t, 200)
			}
		}},
		{"E2.1 always POST, also for Get cmdlets", func(t *testing.T, w *wire) {
			w.send(t, "GET", w.invokePath(), nil, w.exchange(t)).want(t, 405)
		}},
		{"E2.1 $select is honoured", func(t *testing.T, w *wire) {
			got := w.runAt(t, w.invokePath()+"?$select=Name,Guid", "Get-MailContact", partner).values()[0]
			if len(got) != 4 || got["Name"] == nil || got["Guid"] == nil {
				t.Errorf("selected %v, want Name, and Guid with its two annotations", got)
			}
		}},
		{"E2.1 EXOModuleFile lists the cmdlets that the caller may run, with commas", func(t *testing.T, w *wire) {
			a := w.send(t, "GET", "/adminapi/v1.0/"+w.tenantID()+"/EXOModuleFile?Version=3.9.2", nil,
				w.as(t, creator, exchangeScope), header("CommandName", "*"))
			a.want(t, 200)
			cmdlets := strings.Split(a.column("exportedCmdlets")[0], ",")
			if !slices.Contains(cmdlets, "New-MailContact") || slices.Contains(cmdlets, "Set-MailContact") {
				t.Errorf("cmdlets %v", cmdlets)
			}
		}},
		{"E2.2 Content-Type has three forms", func(t *testing.T, w *wire) {
			for _, form := range []string{"application/json", "application/json; charset=utf-8", "application/json;odata.metadata=minimal"} {
				w.run(t, "Get-MailContact", partner, header("Content-Type", form)).want(t, 200)
			}
		}},
		{"E2.2 Prefer: odata.maxpagesize is honoured, X-prefer does nothing", func(t *testing.T, w *wire) {
			all := args{"ResultSize": "Unlimited"}
			if got := len(w.must(t, "Get-MailContact", all, header("Prefer", "odata.maxpagesize=7")).values()); got != 7 {
				t.Errorf("%d objects, want 7", got)
			}
			if got := len(w.must(t, "Get-MailContact", all, header("X-prefer", "odata.maxpagesize=7")).values()); got != 1000 {
				t.Errorf("%d objects, want 1000", got)
			}
		}},
		{"E2.2 the answer is the same without X-CmdletName, and JSON without X-ResponseFormat", func(t *testing.T, w *wire) {
			plain := w.run(t, "Get-MailContact", partner)
			named := w.run(t, "Get-MailContact", partner, header("X-CmdletName", "Get-MailContact"), header("X-ResponseFormat", "json"))
			if plain.body == nil || string(plain.raw) != string(named.raw) {
				t.Errorf("answers differ:\n%s\n%s", plain.raw, named.raw)
			}
		}},
		{"E2.2 X-AnchorMailbox has several forms and is not validated strictly", func(t *testing.T, w *wire) {
			const system = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"
			for _, anchor := range []string{
				w.anchor(), "APP:" + system + "@contoso.onmicrosoft.com", "UPN:" + system + "@contoso.onmicrosoft.com",
				"UPN:ada@contoso.example", "SMTP:ada@contoso.example", "APP:" + system + "@@" + w.tenantID(),
			} {
				w.run(t, "Set-MailContact", partner.and(args{"CustomAttribute1": "x"}), header("X-AnchorMailbox", anchor)).want(t, 200)
			}
		}},
		{"E2.3 parameter names are case-insensitive", func(t *testing.T, w *wire) {
			a := w.must(t, "New-MailContact", args{"name": "lower@adatum.example", "externalemailaddress": "lower@adatum.example", "displayName": "Lower"})
			if got := a.column("DisplayName"); got[0] != "Lower" {
				t.Errorf("display name %v", got)
			}
		}},
		{"E2.3 no parameters are {}, not null", func(t *testing.T, w *wire) {
			w.send(t, "POST", w.invokePath(), []byte(`{"CmdletInput":{"CmdletName":"Get-AcceptedDomain","Parameters":{}}}`), w.exchange(t)).want(t, 200)
			w.send(t, "POST", w.invokePath(), []byte(`{"CmdletInput":{"CmdletName":"Get-AcceptedDomain","Parameters":null}}`), w.exchange(t)).want(t, 400)
		}},
		{"E2.3 switches and booleans are JSON booleans", func(t *testing.T, w *wire) {
			open := func(value any) args {
				return bypass.and(args{"Identity": "Suppliers", "RequireSenderAuthenticationEnabled": value})
			}
			w.must(t, "Set-DistributionGroup", open(false))
			got := w.must(t, "Get-DistributionGroup", args{"Identity": "Suppliers"}).values()[0]
			if got["RequireSenderAuthenticationEnabled"] != false {
				t.Errorf("the group is %v", got)
			}
			w.run(t, "Set-DistributionGroup", open("false")).want(t, 400, "ParameterTransformationException")
		}},
		{"E2.3 Remove cmdlets take Confirm: false", func(t *testing.T, w *wire) {
			w.newContact(t, "shortlived@adatum.example")
			w.run(t, "Remove-MailContact", args{"Identity": "shortlived@adatum.example", "Confirm": false}).want(t, 200)
		}},
		{"E2.3 arrays are plain JSON arrays of strings", func(t *testing.T, w *wire) {
			w.must(t, "Update-DistributionGroupMember", bypass.and(args{"Identity": "Suppliers", "Members": []string{"ada@contoso.example", "sales@adatum.example"}}))
			if got := w.must(t, "Get-DistributionGroupMember", args{"Identity": "Suppliers"}).values(); len(got) != 2 {
				t.Errorf("members %v", got)
			}
		}},
		{"E2.3 adding to a list takes an object with an OData type tag, without which binding fails", func(t *testing.T, w *wire) {
			add := args{"add": []string{"smtp:second@proseware.example"}}
			w.run(t, "Set-MailContact", partner.and(args{"EmailAddresses": add})).want(t, 400, "JObject")
			w.must(t, "Set-MailContact", partner.and(args{"EmailAddresses": add.and(args{"@odata.type": "#Exchange.GenericHashTable"})}))
			w.run(t, "Get-MailContact", args{"Identity": "second@proseware.example"}).want(t, 200)
		}},
		{"E2.3 ResultSize is an integer, or Unlimited in any letter case", func(t *testing.T, w *wire) {
			for size, want := range map[any]int{3: 3, "2": 2, "Unlimited": 1000, "unlimited": 1000} {
				if got := len(w.must(t, "Get-MailContact", args{"ResultSize": size}).values()); got != want {
					t.Errorf("ResultSize %v: %d objects, want %d", size, got, want)
				}
			}
		}},
		{"E2.3 enumeration values are matched by their beginning", func(t *testing.T, w *wire) {
			w.must(t, "Set-MailContact", partner.and(args{"MessageBodyFormat": "ht"}))
			if got := w.must(t, "Get-MailContact", partner).column("MessageBodyFormat"); got[0] != "Html" {
				t.Errorf("MessageBodyFormat %v", got)
			}
		}},
	}
}
