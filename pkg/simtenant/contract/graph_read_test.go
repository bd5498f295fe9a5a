package contract_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	carla  = "carla.costa@fabrikam.example"
	dieter = "Dieter.Braun@northwind.example"
	old    = "sales@adatum.example"
)

func graphContactClaims() []claim {
	return []claim{
		{"G1.1 contacts are read-only: no POST, PATCH or DELETE", func(t *testing.T, w *wire) {
			for target, method := range map[string]string{"/contacts": "POST", w.path(t, "contacts", carla): "PATCH"} {
				w.graph(t, method, target, map[string]any{"displayName": "x"}).want(t, 405)
			}
			w.graph(t, "DELETE", w.path(t, "contacts", carla), nil).want(t, 405)
		}},
		{"G1.1 the properties of a contact, none for its external address or its visibility", func(t *testing.T, w *wire) {
			a := w.get(t, w.path(t, "contacts", carla))
			for _, name := range []string{"id", "displayName", "givenName", "surname", "mail", "mailNickname", "proxyAddresses", "companyName", "department", "jobTitle", "phones", "addresses", "onPremisesSyncEnabled"} {
				if _, ok := a.body[name]; !ok {
					t.Errorf("%s is missing", name)
				}
			}
			for _, name := range []string{"targetAddress", "externalEmailAddress", "hiddenFromAddressLists"} {
				w.get(t, w.path(t, "contacts", carla)+"?$select="+name).want(t, 400)
			}
		}},
		{"G1.1 OrgContact.Read.All or Directory.Read.All is needed", func(t *testing.T, w *wire) {
			w.get(t, "/contacts").want(t, 200)
			w.get(t, "/contacts", w.as(t, memberView, graphScope)).wantError(t, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		}},
		{"G1.1 onPremisesSyncEnabled is true for a synced contact and null for one that never was", func(t *testing.T, w *wire) {
			if got := w.get(t, w.path(t, "contacts", "synced@wingtip.example")).body["onPremisesSyncEnabled"]; got != true {
				t.Errorf("synced: %v", got)
			}
			if got, ok := w.get(t, w.path(t, "contacts", carla)).body["onPremisesSyncEnabled"]; got != nil || !ok {
				t.Errorf("never synced: %v", got)
			}
		}},
		{"G1.1 onPremisesSyncEnabled is false for what was synced once, of which onPremisesSyncBehavior says that it is cloud-managed", func(t *testing.T, w *wire) {
			moved := w.path(t, "groups", "moved@contoso.example")
			if got := w.get(t, moved).body["onPremisesSyncEnabled"]; got != false {
				t.Errorf("onPremisesSyncEnabled is %v", got)
			}
			w.get(t, moved+"/onPremisesSyncBehavior").want(t, 403)
			if got := w.get(t, moved+"/onPremisesSyncBehavior?$select=isCloudManaged", w.as(t, authority, graphScope)).body["isCloudManaged"]; got != true {
				t.Errorf("isCloudManaged is %v", got)
			}
		}},
		{"G1.1 /contacts/$count is text and needs ConsistencyLevel: eventual", func(t *testing.T, w *wire) {
			a := w.get(t, "/contacts/$count", eventual)
			if string(a.raw) != fmt.Sprint(pages+6) || a.header.Get("Content-Type") != "text/plain" {
				t.Errorf("%s, %s", a.header.Get("Content-Type"), a.raw)
			}
			w.get(t, "/contacts/$count").wantError(t, 400, "Request_BadRequest", "$count is not currently supported.")
		}},
		{"G1.1 a page has 100 contacts by default and 999 at most, and there is no $skip", func(t *testing.T, w *wire) {
			for target, want := range map[string]int{"/contacts": 100, "/contacts?$top=999": 999, "/contacts?$top=5": 5} {
				if got := len(w.get(t, target).values()); got != want {
					t.Errorf("%s: %d objects, want %d", target, got, want)
				}
			}
			w.get(t, "/contacts?$top=1000").want(t, 400)
			w.get(t, "/contacts?$skip=1").want(t, 400)
		}},
		{"G1.1 memberOf lists a contact's groups", func(t *testing.T, w *wire) {
			if diff := cmp.Diff([]string{"partners@contoso.example"}, w.get(t, w.path(t, "contacts", carla)+"/memberOf").column("mail")); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
		}},
		{"G1.4 directoryObjects/getByIds finds objects of several types", func(t *testing.T, w *wire) {
			ids := []string{w.id(t, carla), w.id(t, "news@contoso.example"), nobody}
			got := w.graph(t, "POST", "/directoryObjects/getByIds", map[string]any{"ids": ids, "types": []string{"orgContact", "group"}}).column("@odata.type")
			if diff := cmp.Diff([]string{"#microsoft.graph.orgContact", "#microsoft.graph.group"}, got); diff != "" {
				t.Errorf("types (-want +got):\n%s", diff)
			}
		}},
		{"G1.3 follow @odata.nextLink to the end", func(t *testing.T, w *wire) {
			seen := map[string]bool{}
			for next := "/contacts?$top=400&$select=id,mail"; next != ""; {
				a := w.get(t, next)
				for _, id := range a.column("id") {
					if seen[id] {
						t.Errorf("%s came twice", id)
					}
					seen[id] = true
				}
				next = a.text("@odata.nextLink")
			}
			if len(seen) != pages+6 {
				t.Errorf("%d contacts", len(seen))
			}
		}},
	}
}

// filters is a claim about whom filters find, all with the conditions of an
// advanced query where one is true.
func filters(row string, advanced bool, found map[string]int) claim {
	return claim{row, func(t *testing.T, w *wire) {
		for target, want := range found {
			if !advanced {
				if got := len(w.get(t, target).values()); got != want {
					t.Errorf("%s finds %d, want %d", target, got, want)
				}
				continue
			}
			if got := len(w.get(t, target+"&$count=true", eventual).values()); got != want {
				t.Errorf("%s finds %d, want %d", target, got, want)
			}
		}
	}}
}

func graphQueryClaims() []claim {
	unsupported := func(row, target, code, message string) claim {
		return claim{row, func(t *testing.T, w *wire) { w.get(t, target).wantError(t, 400, code, message) }}
	}
	return []claim{
		filters("G1.1 mail: eq, in, startsWith, ge, le", false, map[string]int{
			"/contacts?$filter=mail eq '" + carla + "'":                  1,
			"/contacts?$filter=mail in ('" + carla + "','" + old + "')":  2,
			"/contacts?$filter=startsWith(mail,'sales')":                 1,
			"/contacts?$filter=mail ge 'sales' and mail le 'sales@zzzz'": 1,
		}),
		filters("G1.1 mail: ne and not, as advanced queries", true, map[string]int{
			"/contacts?$filter=mail ne '" + carla + "' and companyName eq 'Fabrikam'":       0,
			"/contacts?$filter=not(startsWith(mail,'p')) and startsWith(displayName,'Old')": 1,
		}),
		filters("G1.1 proxyAddresses inside any(): eq, ge, le, startsWith", false, map[string]int{
			"/contacts?$filter=proxyAddresses/any(p:p eq 'smtp:d.braun@northwind.example')":                     1,
			"/contacts?$filter=proxyAddresses/any(p:startsWith(p,'smtp:d.braun'))":                              1,
			"/contacts?$filter=proxyAddresses/any(p:p ge 'smtp:d.braun@' and p le 'smtp:d.braun@zzzz.example')": 1,
		}),
		filters("G1.1 proxyAddresses: not any() and /$count, as advanced queries", true, map[string]int{
			"/contacts?$filter=not(proxyAddresses/any(p:startsWith(p,'smtp:p'))) and startsWith(displayName,'Dieter')": 1,
			"/contacts?$filter=proxyAddresses/$count eq 0":                                                             0,
		}),
		unsupported("G1.1 endsWith is not offered for the contacts' proxyAddresses", "/contacts?$filter=proxyAddresses/any(p:endsWith(p,'example'))",
			"Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'proxyAddresses' of resource 'OrgContact'."),
		{"G1.1 displayName: $search and $orderby", func(t *testing.T, w *wire) {
			if diff := cmp.Diff([]string{dieter}, w.get(t, `/contacts?$search="displayName:Dieter"`, eventual).column("mail")); diff != "" {
				t.Errorf("search (-want +got):\n%s", diff)
			}
			names := w.get(t, "/contacts?$orderby=displayName&$top=999").column("displayName")
			if !slices.IsSorted(names) || names[0] != "Carla Costa" {
				t.Errorf("order %v", names[:3])
			}
		}},
		unsupported("G1.2 $search without the header", `/contacts?$search="displayName:Dieter"`, "Request_UnsupportedQuery",
			"Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"),
		unsupported("G1.2 endsWith without the header", "/groups?$filter=endsWith(mail,'.example')", "Request_UnsupportedQuery",
			"Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information"),
		unsupported("G1.2 a property without an index", "/groups?$filter=createdDateTime ge 2019-01-01T00:00:00Z", "Request_UnsupportedQuery",
			"Unsupported or invalid query filter clause specified for property 'createdDateTime' of resource 'Group'."),
		{"G1.2 $count=true without the header is ignored in silence", func(t *testing.T, w *wire) {
			if a := w.get(t, "/contacts?$count=true"); a.status != 200 || a.body["@odata.count"] != nil {
				t.Errorf("%d, count %v", a.status, a.body["@odata.count"])
			}
			if a := w.get(t, "/contacts?$count=true", eventual); a.body["@odata.count"] != float64(pages+6) {
				t.Errorf("count %v", a.body["@odata.count"])
			}
		}},
		{"G1.2 eq works by default, NOT groupTypes/any() needs the header and $count", func(t *testing.T, w *wire) {
			w.get(t, "/groups?$filter=mailEnabled eq true").want(t, 200)
			w.get(t, "/groups?$filter=NOT groupTypes/any(c:c eq 'Unified')").want(t, 400)
			w.get(t, "/groups?$filter=NOT groupTypes/any(c:c eq 'Unified')&$count=true", eventual).want(t, 200)
		}},
		{"G1.2 a nextLink of an advanced query needs the header again", func(t *testing.T, w *wire) {
			next := w.get(t, "/contacts?$filter=mail ne 'x'&$count=true&$top=2", eventual).text("@odata.nextLink")
			w.get(t, next, eventual).want(t, 200)
			w.get(t, next).wantError(t, 400, "Request_UnsupportedQuery", "Unable to execute query; invalid page token specified.")
		}},
	}
}

func graphGroupClaims() []claim {
	const mailEnabled = "Cannot Update a mail-enabled security groups and or distribution list."
	return []claim{
		{"G1.2 the kinds of groups are told by groupTypes, mailEnabled and securityEnabled", func(t *testing.T, w *wire) {
			for address, want := range map[string][]any{
				"news@contoso.example":           {[]any{}, true, false},
				"project-access@contoso.example": {[]any{}, true, true},
				"project-team@contoso.example":   {[]any{"Unified"}, true, false},
			} {
				a := w.get(t, w.path(t, "groups", address))
				if got := []any{a.body["groupTypes"], a.body["mailEnabled"], a.body["securityEnabled"]}; !cmp.Equal(got, want) {
					t.Errorf("%s is %v, want %v", address, got, want)
				}
			}
		}},
		{"G1.2 dynamic distribution groups are not in Graph", func(t *testing.T, w *wire) {
			if slices.Contains(w.get(t, "/groups?$top=999").column("mail"), "all-staff@contoso.example") {
				t.Error("the dynamic group is listed")
			}
			w.get(t, w.path(t, "groups", "all-staff@contoso.example")).want(t, 404)
		}},
		{"G1.2 writes to distribution lists and mail-enabled security groups are refused", func(t *testing.T, w *wire) {
			ada := w.id(t, "ada@contoso.example")
			for _, address := range []string{"news@contoso.example", "project-access@contoso.example"} {
				group := w.path(t, "groups", address)
				w.graph(t, "POST", group+"/members/$ref", reference(ada)).wantError(t, 400, "Request_BadRequest", mailEnabled)
				w.graph(t, "DELETE", group+"/members/"+ada+"/$ref", nil).wantError(t, 400, "Request_BadRequest", mailEnabled)
				w.graph(t, "PATCH", group, map[string]any{"displayName": "x"}).wantError(t, 400, "Request_BadRequest", mailEnabled)
			}
			w.graph(t, "PATCH", w.path(t, "groups", "news@contoso.example"), map[string]any{"mail": "x@contoso.example"}).
				wantError(t, 400, "Request_BadRequest", "Property 'mail' is read-only and cannot be set")
		}},
		{"G1.2 adding a member: 204; already one: 400; nobody: 404", func(t *testing.T, w *wire) {
			members, ada := w.path(t, "groups", "project-team@contoso.example")+"/members/$ref", w.id(t, "ada@contoso.example")
			w.graph(t, "POST", members, reference(ada)).bare(t, 204)
			w.graph(t, "POST", members, reference(ada)).wantError(t, 400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'.")
			w.graph(t, "POST", members, reference(nobody)).wantError(t, 404, "Request_ResourceNotFound", "Resource '"+nobody+"' does not exist or one of its queried reference-property objects are not present.")
		}},
		{"G1.2 members@odata.bind adds up to 20, all or none", func(t *testing.T, w *wire) {
			team := w.path(t, "groups", "project-team@contoso.example")
			bind := func(ids ...string) map[string]any {
				links := []string{}
				for _, id := range ids {
					links = append(links, "https://graph.microsoft.com/v1.0/directoryObjects/"+id)
				}
				return map[string]any{"members@odata.bind": links}
			}
			bogdan, clara := w.id(t, "bogdan@contoso.example"), w.id(t, "clara@contoso.example")
			w.graph(t, "PATCH", team, bind(bogdan, clara)).want(t, 400, "already exist") // Clara is a member
			if slices.Contains(w.get(t, team+"/members").column("id"), bogdan) {
				t.Error("one of two was added")
			}
			w.graph(t, "PATCH", team, bind(bogdan)).want(t, 204)
			w.graph(t, "PATCH", team, bind(slices.Repeat([]string{bogdan}, 21)...)).wantError(t, 400, "Request_BadRequest", "A resource cannot contain more than 20 link changes")
		}},
		{"G1.2 a contact or a group cannot join a Microsoft 365 group", func(t *testing.T, w *wire) {
			members := w.path(t, "groups", "project-team@contoso.example") + "/members/$ref"
			for _, address := range []string{old, "news@contoso.example"} {
				w.graph(t, "POST", members, reference(w.id(t, address))).want(t, 400)
			}
		}},
		{"G1.2 members that the app may not read come with type and id, all else null", func(t *testing.T, w *wire) {
			members := w.get(t, w.path(t, "groups", "partners@contoso.example")+"/members", w.as(t, memberView, graphScope)).values()
			if len(members) != 2 || members[0]["@odata.type"] != "#microsoft.graph.orgContact" || members[1]["@odata.type"] != "#microsoft.graph.user" ||
				members[0]["id"] == nil || members[0]["mail"] != nil || members[1]["mail"] != nil {
				t.Errorf("members %v", members)
			}
		}},
		{"G1.2 allowExternalSenders comes only with $select and only from one group; apps can't change it", func(t *testing.T, w *wire) {
			team := w.path(t, "groups", "project-team@contoso.example")
			if _, ok := w.get(t, team).body["allowExternalSenders"]; ok {
				t.Error("it comes without $select")
			}
			if got := w.get(t, team+"?$select=allowExternalSenders").body["allowExternalSenders"]; got != false {
				t.Errorf("it is %v", got)
			}
			w.graph(t, "PATCH", team, map[string]any{"allowExternalSenders": true}).wantError(t, 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
		}},
		{"G1.2 mail-enabled groups are not made through Graph", func(t *testing.T, w *wire) {
			w.graph(t, "POST", "/groups", map[string]any{"displayName": "x", "mailEnabled": true, "mailNickname": "x", "securityEnabled": false}, w.as(t, groupAdmin, graphScope)).
				wantError(t, 400, "Request_BadRequest", "The service does not currently support writes of mail-enabled groups.")
		}},
	}
}

func graphGuestClaims() []claim {
	return []claim{
		{"G1.5 an invitation needs address and redirect URL, and answers 201 with the guest's id", func(t *testing.T, w *wire) {
			a := w.invite(t, "pia@proseware.example")
			user, _ := a.body["invitedUser"].(map[string]any)
			if a.status != 201 || a.text("status") != "PendingAcceptance" || a.text("inviteRedeemUrl") == "" || a.body["sendInvitationMessage"] != false || user["id"] == nil {
				t.Errorf("%d %s", a.status, a.raw)
			}
			for _, name := range []string{"invitedUserEmailAddress", "inviteRedirectUrl"} {
				body := invitation("zoe@proseware.example")
				delete(body, name)
				w.graph(t, "POST", "/invitations", body).want(t, http.StatusBadRequest)
			}
		}},
		{"G1.5 the app needs User.Invite.All", func(t *testing.T, w *wire) {
			w.graph(t, "POST", "/invitations", invitation("x@proseware.example"), w.as(t, memberView, graphScope)).wantError(t, 403, "Authorization_RequestDenied", "Insufficient")
		}},
		{"G1.5 a guest joins a Microsoft 365 group", func(t *testing.T, w *wire) {
			guest := w.invite(t, "joins@proseware.example").body["invitedUser"].(map[string]any)["id"].(string)
			w.graph(t, "POST", w.path(t, "groups", "project-team@contoso.example")+"/members/$ref", reference(guest)).want(t, 204)
		}},
		{"G1.5 a guest whose address a contact holds comes out without mail and proxy addresses", func(t *testing.T, w *wire) {
			guest := w.invite(t, old).body["invitedUser"].(map[string]any)["id"].(string)
			a := w.get(t, "/users/"+guest+"?$select=mail,proxyAddresses")
			if a.body["mail"] != nil || !cmp.Equal(a.body["proxyAddresses"], any([]any{})) {
				t.Errorf("guest %s", a.raw)
			}
		}},
	}
}
