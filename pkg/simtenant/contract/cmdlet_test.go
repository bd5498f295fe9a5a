package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// finds is a claim about whom a listing finds.
func finds(row, cmdlet string, parameters args, names ...string) claim {
	return claim{row, func(t *testing.T, w *wire) { w.finds(t, cmdlet, parameters, names...) }}
}

func (w *wire) finds(t *testing.T, cmdlet string, parameters args, names ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, names...), w.must(t, cmdlet, parameters).column("Name")); diff != "" {
		t.Errorf("%s %v (-want +got):\n%s", cmdlet, parameters, diff)
	}
}

func filter(text string) args { return args{"Filter": text} }

func cmdletClaims() []claim {
	return slices.Concat(creationClaims(), lookUpClaims(), settingClaims(), groupClaims())
}

func creationClaims() []claim {
	return []claim{
		{"E7.1 New-MailContact needs Name and ExternalEmailAddress, and takes Name to 64 and DisplayName to 256 characters", func(t *testing.T, w *wire) {
			name := strings.Repeat("n", 64)
			full := args{"Name": name, "ExternalEmailAddress": "n@proseware.example", "DisplayName": strings.Repeat("d", 256)}
			w.run(t, "New-MailContact", args{"ExternalEmailAddress": "n@proseware.example"}).want(t, 400, "Name")
			w.run(t, "New-MailContact", args{"Name": name}).want(t, 400, "ExternalEmailAddress")
			w.run(t, "New-MailContact", full.and(args{"DisplayName": strings.Repeat("d", 257)})).want(t, 400, "The maximum length is 256")
			w.run(t, "New-MailContact", full).want(t, 200)
		}},
		{"E7.1 defaults: DisplayName is the Name, formats are Mime, TextAndHtml and BinHex, no moderation", func(t *testing.T, w *wire) {
			w.must(t, "New-MailContact", args{"Name": "Plain Name", "ExternalEmailAddress": "plain@proseware.example"})
			got := w.must(t, "Get-MailContact", args{"Identity": "Plain Name"}).values()[0]
			for name, want := range map[string]any{
				"DisplayName": "Plain Name", "MessageBodyFormat": "TextAndHtml", "MacAttachmentFormat": "BinHex",
				"ModerationEnabled": false, "UsePreferMessageFormat": false, "HiddenFromAddressListsEnabled": false,
			} {
				if got[name] != want {
					t.Errorf("%s is %v, want %v", name, got[name], want)
				}
			}
		}},
		{"E7.1 Alias: made from Name without spaces and with ? for other characters, and checked when given", func(t *testing.T, w *wire) {
			got := w.must(t, "New-MailContact", args{"Name": "Ana Țurcanu (x)", "ExternalEmailAddress": "turcanu@proseware.example"}).column("Alias")
			if got[0] != "Ana?urcanu?x?" {
				t.Errorf("alias %v", got)
			}
			for alias, status := range map[string]int{"a.b!#%*+-/=?^_~$&'{}|`é": 200, ".a": 400, "a..b": 400, "a b": 400, "ș": 400, strings.Repeat("a", 65): 400} {
				w.run(t, "Set-MailContact", args{"Identity": "turcanu@proseware.example", "Alias": alias}).want(t, status)
			}
		}},
		{"E7.1 New-MailContact takes the optional parameters of the cloud, and not those of on-premises", func(t *testing.T, w *wire) {
			w.run(t, "New-MailContact", args{
				"Name": "All Options", "ExternalEmailAddress": "options@proseware.example", "Alias": "options", "DisplayName": "All Options",
				"FirstName": "All", "LastName": "Options", "Initials": "AO", "MacAttachmentFormat": "BinHex", "MessageBodyFormat": "TextAndHtml",
				"MessageFormat": "Mime", "ModeratedBy": []string{"Ada Admin"}, "ModerationEnabled": false, "SendModerationNotifications": "Always", "UsePreferMessageFormat": false,
			}).want(t, 200)
			w.run(t, "New-MailContact", args{"Name": "n", "ExternalEmailAddress": "n2@proseware.example", "DomainController": "x"}).want(t, 400, "AmbiguousParameterSetException")
		}},
	}
}

func lookUpClaims() []claim {
	return []claim{
		finds("E7.2 EmailAddresses -eq finds the holder of an address among all recipients, without a prefix", "Get-Recipient",
			filter("EmailAddresses -eq 'ada@contoso.onmicrosoft.com' -or EmailAddresses -eq 'D.Braun@northwind.example' -or EmailAddresses -eq 'gita@wingtip.example' -or EmailAddresses -eq 'news@contoso.example'"),
			"Ada Admin", "Dieter Braun", "Gita Guest", "News"),
		{"E7.2 a wildcard needs the prefix", func(t *testing.T, w *wire) {
			w.finds(t, "Get-Recipient", filter("EmailAddresses -like 'smtp:carla*'"), "carla.costa@fabrikam.example")
			w.finds(t, "Get-Recipient", filter("EmailAddresses -like 'carla*'"))
		}},
		finds("E7.2 ExternalEmailAddress -eq works for contacts, with the same prefix rule", "Get-Recipient",
			filter("ExternalEmailAddress -eq 'sales@adatum.example'"), "Old Supplier"),
		finds("E7.2 PrimarySmtpAddress in a filter also searches EmailAddresses", "Get-Recipient",
			filter("PrimarySmtpAddress -eq 'd.braun@northwind.example'"), "Dieter Braun"),
		{"E7.2 OPATH: quotes are doubled, operators, a wildcard as suffix only, $true, $false and $null unquoted", func(t *testing.T, w *wire) {
			w.must(t, "New-MailContact", args{"Name": "O'Neil", "ExternalEmailAddress": "oneil@litware.example"})
			w.finds(t, "Get-Recipient", filter("Name -eq 'O''Neil'"), "O'Neil")
			w.finds(t, "Get-MailContact", filter("(Name -eq 'O''Neil' -or Name -eq 'Hidden') -and -not (Name -eq 'Hidden')"), "O'Neil")
			w.finds(t, "Get-MailContact", filter("HiddenFromAddressListsEnabled -eq $true"), "Hidden")
			w.finds(t, "Get-MailContact", filter("Company -ne $null"), "carla.costa@fabrikam.example")
			w.finds(t, "Get-MailContact", filter("WhenCreated -lt '2024-01-01'"))
			w.run(t, "Get-Recipient", filter("Name -like '*Neil'")).want(t, 400)
			w.run(t, "Get-Recipient", filter("Name -is 'x'")).want(t, 400)
		}},
		{"E7.2 soft-deleted recipients are shown with IncludeSoftDeletedRecipients", func(t *testing.T, w *wire) {
			w.finds(t, "Get-Recipient", filter("EmailAddresses -eq 'former@adatum.example'"))
			w.finds(t, "Get-Recipient", filter("EmailAddresses -eq 'former@adatum.example'").and(args{"IncludeSoftDeletedRecipients": true}), "Former")
		}},
		{"E7.4 RecipientTypeDetails of every kind", func(t *testing.T, w *wire) {
			for name, want := range map[string]string{
				"Old Supplier": "MailContact", "Gita Guest": "GuestMailUser", "Mihai User": "MailUser", "Ada Admin": "UserMailbox", "Room Danube": "RoomMailbox",
				"News": "MailUniversalDistributionGroup", "Project Access": "MailUniversalSecurityGroup", "All Staff": "DynamicDistributionGroup",
				"Project Team": "GroupMailbox", "Bucharest Rooms": "RoomList",
			} {
				if got := w.must(t, "Get-Recipient", args{"Identity": name}).column("RecipientTypeDetails"); got[0] != want {
					t.Errorf("%s is a %s, want %s", name, got[0], want)
				}
			}
		}},
	}
}

func settingClaims() []claim {
	carla := args{"Identity": "carla.costa@fabrikam.example"}
	return []claim{
		{"E7.3 Set-Contact sets the properties of a person", func(t *testing.T, w *wire) {
			person := args{
				"AssistantName": "Al", "City": "Iași", "Company": "Fabrikam", "CountryOrRegion": "Romania", "Department": "Sales", "DisplayName": "Carla C.",
				"Fax": "1", "FirstName": "Carla", "HomePhone": "2", "Initials": "CC", "LastName": "Costa", "MobilePhone": "3", "Notes": "n", "Office": "31/1663",
				"Pager": "5", "Phone": "6", "PostalCode": "7", "SeniorityIndex": "8", "StateOrProvince": "IS",
				"StreetAddress": "Str. 1", "Title": "Dr.", "WebPage": "https://fabrikam.example", "Manager": "Ada Admin",
			}
			w.run(t, "Set-Contact", carla.and(person)).want(t, 200)
			got := w.must(t, "Get-Contact", carla).values()[0]
			for name, want := range person {
				if got[name] != want {
					t.Errorf("%s is %v, want %v", name, got[name], want)
				}
			}
		}},
		{"E7.3 CountryOrRegion is an English name or an ISO code; German names are refused", func(t *testing.T, w *wire) {
			for country, status := range map[string]int{"Germany": 200, "DE": 200, "Deutschland": 400} {
				w.run(t, "Set-Contact", carla.and(args{"CountryOrRegion": country})).want(t, status)
			}
		}},
		{"E7.3 a blank Manager fails the call, and nothing is set", func(t *testing.T, w *wire) {
			w.run(t, "Set-Contact", carla.and(args{"Manager": "", "Office": "elsewhere"})).wantRefusal(t, 404, "Ex94914C|…")
			if got := w.must(t, "Get-Contact", carla).column("Office"); got[0] == "elsewhere" {
				t.Error("the office was set")
			}
		}},
		{"E7.3 Set-MailContact sets visibility, custom attributes, addresses, MailTip and who may send", func(t *testing.T, w *wire) {
			w.run(t, "Set-MailContact", carla.and(args{"CustomAttribute15": strings.Repeat("c", 1024), "MailTip": strings.Repeat("m", 175), "HiddenFromAddressListsEnabled": true,
				"RequireSenderAuthenticationEnabled": true, "AcceptMessagesOnlyFrom": []string{"Ada Admin"}, "RejectMessagesFrom": []string{"Clara Weber"}})).want(t, 200)
			w.run(t, "Set-MailContact", carla.and(args{"CustomAttribute1": strings.Repeat("c", 1025)})).want(t, 400, "The maximum length is 1024")
			w.run(t, "Set-MailContact", carla.and(args{"MailTip": strings.Repeat("m", 176)})).want(t, 400, "The maximum length is 175")
			got := w.must(t, "Get-MailContact", carla).values()[0]
			if got["HiddenFromAddressListsEnabled"] != true || got["RequireSenderAuthenticationEnabled"] != true || !cmp.Equal(got["AcceptMessagesOnlyFrom"], any([]any{"Ada Admin"})) {
				t.Errorf("got %v", got)
			}
		}},
		{"E7.3 changing ExternalEmailAddress does not keep the old one", func(t *testing.T, w *wire) {
			w.newContact(t, "before@litware.example")
			w.must(t, "Set-MailContact", args{"Identity": "before@litware.example", "ExternalEmailAddress": "after@litware.example"})
			w.finds(t, "Get-Recipient", filter("EmailAddresses -eq 'before@litware.example'"))
			w.finds(t, "Get-Recipient", filter("ExternalEmailAddress -eq 'after@litware.example'"), "before@litware.example")
		}},
	}
}

func groupClaims() []claim {
	add := func(group, member string) args { return bypass.and(args{"Identity": group, "Member": member}) }
	return []claim{
		{"E7.4 Get-DistributionGroup covers distribution groups, security groups and room lists, not Microsoft 365 or dynamic groups", func(t *testing.T, w *wire) {
			names := w.must(t, "Get-DistributionGroup", nil).column("Name")
			for name, want := range map[string]bool{"News": true, "Project Access": true, "Bucharest Rooms": true, "Project Team": false, "All Staff": false} {
				if slices.Contains(names, name) != want {
					t.Errorf("%s is listed: %t", name, !want)
				}
			}
		}},
		{"E7.4 the fields of a group that matter", func(t *testing.T, w *wire) {
			got := w.must(t, "Get-DistributionGroup", args{"Identity": "News"}).values()[0]
			for _, name := range []string{
				"Guid", "Name", "Alias", "DisplayName", "PrimarySmtpAddress", "RecipientTypeDetails", "IsDirSynced", "ManagedBy", "RequireSenderAuthenticationEnabled",
				"AcceptMessagesOnlyFrom", "AcceptMessagesOnlyFromDLMembers", "AcceptMessagesOnlyFromSendersOrMembers", "RejectMessagesFrom", "ModerationEnabled", "ModeratedBy",
				"BypassModerationFromSendersOrMembers", "HiddenFromAddressListsEnabled", "ReportToOriginatorEnabled", "ReportToManagerEnabled",
			} {
				if _, ok := got[name]; !ok {
					t.Errorf("%s is missing", name)
				}
			}
		}},
		{"E7.4 members may be contacts, mail users, mailboxes and groups, not Microsoft 365 groups", func(t *testing.T, w *wire) {
			for member, status := range map[string]int{"Dieter Braun": 200, "Mihai User": 200, "Clara Weber": 200, "Room Danube": 200, "Partners": 200, "Project Access": 200, "Project Team": 400} {
				w.run(t, "Add-DistributionGroupMember", add("Parteneri", member)).want(t, status)
			}
		}},
		{"E7.4 Get-DistributionGroupMember includes members hidden from address lists", func(t *testing.T, w *wire) {
			w.must(t, "Add-DistributionGroupMember", add("Anunțuri", "Hidden"))
			w.finds(t, "Get-DistributionGroupMember", args{"Identity": "Anunțuri"}, "Bogdan Ionescu", "Hidden")
		}},
		{"E7.4 owners are mailboxes, mail users or mail-enabled security groups, one to ten", func(t *testing.T, w *wire) {
			own := func(owners ...string) args { return bypass.and(args{"Identity": "News", "ManagedBy": owners}) }
			w.run(t, "Set-DistributionGroup", own("Ada Admin", "Mihai User", "Project Access")).want(t, 200)
			w.run(t, "Set-DistributionGroup", own("Old Supplier")).want(t, 400)
			w.run(t, "Set-DistributionGroup", own()).want(t, 400)
			many := []string{"Bogdan Ionescu", "Clara Weber", "Ada Admin", "Mihai User", "Project Access", "Room Danube", "Closed Box", "Closed User", "Gita Guest"}
			for _, name := range []string{"Second Access", "Third Access"} {
				w.must(t, "New-DistributionGroup", args{"Name": name, "Type": "Security"})
				many = append(many, name)
			}
			w.run(t, "Set-DistributionGroup", own(many...)).want(t, 400)
		}},
		finds("E7.4 groups made in the admin centre have a Name with a time stamp, and are found by DisplayName", "Get-DistributionGroup",
			args{"Identity": "Events"}, "Events20240516104448", "Events20250112093011"),
		{"E6.2 Update-DistributionGroupMember replaces the whole membership", func(t *testing.T, w *wire) {
			w.must(t, "Update-DistributionGroupMember", bypass.and(args{"Identity": "Anunțuri", "Members": []string{"Clara Weber"}}))
			w.finds(t, "Get-DistributionGroupMember", args{"Identity": "Anunțuri"}, "Clara Weber")
		}},
		{"E9.1 a new group refuses mail from outside", func(t *testing.T, w *wire) {
			made := w.must(t, "New-DistributionGroup", args{"Name": "Brand New"}).values()[0]
			if made["RequireSenderAuthenticationEnabled"] != true {
				t.Errorf("made %v", made)
			}
		}},
		{"E7.4 Set-UnifiedGroup opens a Microsoft 365 group", func(t *testing.T, w *wire) {
			w.run(t, "Set-UnifiedGroup", args{"Identity": "Project Team", "RequireSenderAuthenticationEnabled": false}).want(t, 200)
			if got := w.must(t, "Get-UnifiedGroup", args{"Identity": "Project Team"}).values()[0]["RequireSenderAuthenticationEnabled"]; got != false {
				t.Errorf("RequireSenderAuthenticationEnabled is %v", got)
			}
		}},
	}
}

func version2Claims() []claim {
	members := args{"Identity": "everybody@contoso.example"}
	v2 := func(t *testing.T, w *wire, query, cmdlet string, parameters args, options ...option) answer {
		t.Helper()
		return w.runAt(t, "/adminapi/v2.0/"+w.tenantID()+"/DistributionGroupMember"+query, cmdlet, parameters,
			append([]option{w.as(t, newStyle, exchangeScope)}, options...)...)
	}
	return []claim{
		{"E10 v2.0 wants the permission ManageAsAppV2 and an anchor", func(t *testing.T, w *wire) {
			v2(t, w, "", "Get-DistributionGroupMember", members).want(t, 200)
			v2(t, w, "", "Get-DistributionGroupMember", members, w.as(t, reader, exchangeScope)).want(t, 403)
			v2(t, w, "", "Get-DistributionGroupMember", members, without("X-AnchorMailbox")).want(t, 403)
		}},
		{"E10 another cmdlet in the body is an error", func(t *testing.T, w *wire) {
			v2(t, w, "", "Add-DistributionGroupMember", members.and(args{"Member": "Ada Admin"})).want(t, 400)
		}},
		{"E10 Identity is required", func(t *testing.T, w *wire) {
			v2(t, w, "", "Get-DistributionGroupMember", nil).want(t, 400, "Identity")
		}},
		{"E10 1000 members by default, then @odata.nextLink and a POST of the same body; $select is supported", func(t *testing.T, w *wire) {
			first := v2(t, w, "?$select=Name", "Get-DistributionGroupMember", members)
			body := command("Get-DistributionGroupMember", members)["CmdletInput"].(map[string]any)["Parameters"].(args)
			second := w.runAt(t, first.text("@odata.nextLink"), "Get-DistributionGroupMember", body, w.as(t, newStyle, exchangeScope))
			if len(first.values()) != 1000 || len(second.values()) != pages+1-1000 || len(second.values()[0]) != 1 {
				t.Errorf("%d and %d members, such as %v", len(first.values()), len(second.values()), second.values())
			}
		}},
	}
}
