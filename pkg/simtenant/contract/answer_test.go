package contract_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func answerClaims() []claim {
	return []claim{
		{"E3.1 the envelope has the context, the warnings pair and value, and the answer its headers", func(t *testing.T, w *wire) {
			a := w.must(t, "Get-MailContact", args{"Identity": "Old Supplier"})
			if got := a.text("@odata.context"); !strings.HasSuffix(got, "/adminapi/beta/"+w.tenantID()+"/$metadata#Collection(Exchange.GenericHashTable)") {
				t.Errorf("context %s", got)
			}
			for name, want := range map[string]string{
				"Content-Type":  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
				"Odata-Version": "4.0", "Preference-Applied": `odata.include-annotations="*"`, "X-Backendhttpstatus": "200,200",
				"Organizationstatus": "Active", "Cache-Control": "no-cache", "X-Ms-Appid": admin, "Vary": "Accept-Encoding",
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			for _, name := range []string{"Request-Id", "X-Calculatedbetarget", "X-Exchangeversion"} {
				if a.header.Get(name) == "" {
					t.Errorf("there is no %s", name)
				}
			}
		}},
		{"E3.1 warnings are an array, present and empty when there are none", func(t *testing.T, w *wire) {
			w.must(t, "Get-MailContact", args{"Identity": "Old Supplier"}).
				want(t, 200, `"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":[]`)
		}},
		{"E3.1 a success has an empty value, an empty body, or is a 204", func(t *testing.T, w *wire) {
			a := w.run(t, "Set-MailContact", args{"Identity": "Old Supplier", "CustomAttribute1": "x"})
			a.want(t, 200, `"value":[]`)
			w.run(t, "Set-Contact", args{"Identity": "Old Supplier", "Company": "Adatum"}).bare(t, 200)
			w.run(t, "Update-DistributionGroupMember", bypass.and(args{"Identity": "News", "Members": []string{}})).bare(t, 204)
		}},
		{"E0.10 set-style cmdlets answer 200 with an empty body or an empty value", func(t *testing.T, w *wire) {
			for _, cmdlet := range []string{"Set-MailContact", "Set-Contact"} {
				if a := w.run(t, cmdlet, args{"Identity": "Old Supplier", "DisplayName": "Old Supplier"}); a.status != 200 || len(a.values()) != 0 {
					t.Errorf("%s: %d %s", cmdlet, a.status, a.raw)
				}
			}
		}},
		{"E3.1 rate headers are not always there", func(t *testing.T, w *wire) {
			if got := w.must(t, "Get-AcceptedDomain", nil).header.Get("Rate-Limit-Limit"); got != "" {
				t.Errorf("Rate-Limit-Limit is %s for a tenant without limits", got)
			}
		}},
		{"E3.2 property types on the wire", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-MailContact", args{"Identity": "Dieter Braun"}).values()[0]
			want := map[string]any{
				"Alias": "DieterBraun", "IsDirSynced": false, "MailTip": nil,
				"Guid@data.type": "System.Guid", "Guid@odata.type": "#Guid",
				"WhenCreated@data.type": "System.DateTime", "WhenCreated": "2024-01-15T08:00:00.0000000+00:00", "WhenCreatedUTC": "2024-01-15T08:00:00.0000000Z",
				"EmailAddresses@odata.type": "#Collection(String)", "ModeratedBy": []any{},
				"RecipientTypeDetails": "MailContact",
			}
			for name, value := range want {
				if have, ok := got[name]; !ok || !cmp.Equal(have, value) {
					t.Errorf("%s is %v, want %v", name, have, value)
				}
			}
			for _, name := range []string{"ExternalDirectoryObjectId@data.type", "WhenCreated@odata.type", "RecipientTypeDetails@odata.type"} {
				if have, ok := got[name]; ok {
					t.Errorf("%s is %v, want none", name, have)
				}
			}
			team := w.must(t, "Get-UnifiedGroup", args{"Identity": "Project Team"}).values()[0]
			if _, ok := team["GroupMemberCount@odata.type"]; ok || team["GroupMemberCount@data.type"] != "System.Int32" || team["GroupMemberCount"] != 2.0 {
				t.Errorf("the Int32 comes as %v", team)
			}
		}},
		{"E3.2 some booleans arrive as text", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-Recipient", args{"Identity": "Old Supplier"}).values()[0]
			if got["HiddenFromAddressListsEnabled"] != "False" || got["IsDirSynced"] != false {
				t.Errorf("booleans %v and %v", got["HiddenFromAddressListsEnabled"], got["IsDirSynced"])
			}
		}},
		{"E3.2 references are names or GUIDs, not addresses", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-DistributionGroup", args{"Identity": "Listed"}).values()[0]
			if diff := cmp.Diff([]any{"Old Supplier"}, got["AcceptMessagesOnlyFrom"]); diff != "" {
				t.Errorf("AcceptMessagesOnlyFrom (-want +got):\n%s", diff)
			}
			owners := w.must(t, "Get-DistributionGroup", args{"Identity": "News"}).values()[0]["ManagedBy"].([]any)
			ada := w.must(t, "Get-Recipient", args{"Identity": owners[0]}).column("Name")
			if !strings.Contains(owners[0].(string), "-") || ada[0] != "Ada Admin" {
				t.Errorf("ManagedBy is %v, %v", owners, ada)
			}
		}},
		{"E3.2 Identity and Id are the Name, DistinguishedName is made of it", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-MailContact", args{"Identity": "Dieter Braun"}).values()[0]
			const dn = "CN=Dieter Braun,OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR07A013,DC=PROD,DC=OUTLOOK,DC=COM"
			if got["Identity"] != "Dieter Braun" || got["Id"] != "Dieter Braun" || got["DistinguishedName"] != dn {
				t.Errorf("got %v, %v, %v", got["Identity"], got["Id"], got["DistinguishedName"])
			}
		}},
		{"E3.2 addresses carry a prefix", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-MailContact", args{"Identity": "Dieter Braun"}).values()[0]
			want := []any{"SMTP:Dieter.Braun@northwind.example", "smtp:d.braun@northwind.example"}
			if diff := cmp.Diff(want, got["EmailAddresses"]); diff != "" || got["ExternalEmailAddress"] != want[0] {
				t.Errorf("ExternalEmailAddress %v, EmailAddresses (-want +got):\n%s", got["ExternalEmailAddress"], diff)
			}
		}},
		{"E3.2 New-MailContact returns one object with Alias and id, and without its DN", func(t *testing.T, w *wire) {
			got := w.newContact(t, "born@adatum.example")
			if got["Alias"] == nil || got["Id"] != "born@adatum.example" || got["Guid"] == nil || got["DistinguishedName"] != "" {
				t.Errorf("got %v", got)
			}
		}},
	}
}

func pageClaims() []claim {
	proseware := args{"Filter": "EmailAddresses -like 'smtp:p0*'"}
	return []claim{
		{"E3.3 a page has 1000 objects at most, and ResultSize is 1000 when not given", func(t *testing.T, w *wire) {
			for _, prefer := range []string{"odata.maxpagesize=5000", "odata.maxpagesize=1000", ""} {
				if got := len(w.must(t, "Get-MailContact", nil, header("Prefer", prefer)).values()); got != 1000 {
					t.Errorf("Prefer %q: %d objects", prefer, got)
				}
			}
		}},
		{"E3.3 a truncated answer has a nextLink and a warning", func(t *testing.T, w *wire) {
			a := w.must(t, "Get-MailContact", nil)
			a.want(t, 200, `"@adminapi.warnings":["There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter."]`)
			if got, want := a.text("@odata.nextLink"), w.srv.URL()+w.invokePath()+"?%24skiptoken="; !strings.HasPrefix(got, want) {
				t.Errorf("nextLink %s, want %s…", got, want)
			}
		}},
		{"E3.3 the next page is a POST of the same body to the nextLink", func(t *testing.T, w *wire) {
			all := proseware.and(args{"ResultSize": "Unlimited"})
			a := w.must(t, "Get-MailContact", all, header("Prefer", "odata.maxpagesize=400"))
			names := a.column("Name")
			for a.text("@odata.nextLink") != "" {
				a = w.runAt(t, a.text("@odata.nextLink"), "Get-MailContact", all, header("Prefer", "odata.maxpagesize=400"))
				a.want(t, 200)
				names = append(names, a.column("Name")...)
			}
			if len(names) != 1000 || names[0] != "p0000@proseware.example" || names[999] != "p0999@proseware.example" {
				t.Errorf("%d objects from %s to %s", len(names), names[0], names[len(names)-1])
			}
		}},
		{"E3.3 a link that is expired or invalid gets 400 with the text in internalexception", func(t *testing.T, w *wire) {
			link := w.must(t, "Get-MailContact", nil).text("@odata.nextLink")
			const expired = "!Expired or Invalid pagination request. Default Expiry time is 00:30:00"
			w.runAt(t, link, "Get-MailContact", proseware).wantRefusal(t, 400, expired)
			w.runAt(t, w.invokePath()+"?%24skiptoken="+url.QueryEscape("bm8="), "Get-MailContact", nil).wantRefusal(t, 400, expired)
		}},
		{"E3.3 ResultSize Unlimited takes the warning away, and the link on a small tenant", func(t *testing.T, w *wire) {
			w.must(t, "Get-MailContact", args{"ResultSize": "Unlimited"}).want(t, 200, `"@adminapi.warnings":[]`, "@odata.nextLink")
			if a := w.must(t, "Get-DistributionGroup", args{"ResultSize": "Unlimited"}); a.text("@odata.nextLink") != "" {
				t.Errorf("nextLink %s", a.text("@odata.nextLink"))
			}
		}},
	}
}
