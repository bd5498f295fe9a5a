package graph_test

import (
	"net/http"
	"strings"
	"testing"

	"enlist/pkg/simtenant/directory"
	"enlist/pkg/simtenant/entra"
	"enlist/pkg/simtenant/graph/openapi"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestContact(t *testing.T) {
	tn := newTenant(t, nil)
	carla := tn.object("carla.costa@fabrikam.example")
	got := tn.get("/contacts/" + carla.ID.String())
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#contacts/$entity",
		"id":             carla.ID.String(), "displayName": "Carla Costa", "givenName": "Carla", "surname": "Costa",
		"mail": "carla.costa@fabrikam.example", "mailNickname": carla.Alias, "companyName": "Fabrikam",
		"proxyAddresses":        []any{"SMTP:carla.costa@fabrikam.example"},
		"onPremisesSyncEnabled": nil, "department": nil, "jobTitle": nil, "deletedDateTime": nil,
	}
	shown := cmpopts.IgnoreMapEntries(func(name string, _ any) bool { _, ok := want[name]; return !ok })
	if diff := cmp.Diff(want, got.body, shown); diff != "" {
		t.Errorf("contact (-want +got):\n%s", diff)
	}
}

func TestSelect(t *testing.T) {
	tn := newTenant(t, nil)
	got := tn.get("/contacts?$select=id,mail&$top=1")
	if want := "https://graph.microsoft.com/v1.0/$metadata#contacts(id,mail)"; got.text("@odata.context") != want {
		t.Errorf("context = %s, want %s", got.text("@odata.context"), want)
	}
	for name := range got.items()[0] {
		if name != "id" && name != "mail" {
			t.Errorf("%s came unasked", name)
		}
	}
	tn.wantError(tn.get("/contacts?$select=targetAddress"), 400, "BadRequest",
		"Parsing OData Select and Expand failed: Could not find a property named 'targetAddress' on type 'microsoft.graph.orgContact'.")
}

// The kinds of groups are told by three properties (Microsoft Learn, "group
// resource type"); dynamic distribution groups are not in Graph at all.
func TestGroupKinds(t *testing.T) {
	tn := newTenant(t, nil)
	cases := []struct {
		address         string
		unified, secure bool
	}{
		{"partners@contoso.example", false, false},
		{"project-access@contoso.example", false, true},
		{"project-team@contoso.example", true, false},
		{"bucharest-rooms@contoso.example", false, false},
	}
	for _, c := range cases {
		t.Run(c.address, func(t *testing.T) {
			group := tn.get("/groups?$filter=mail eq '" + c.address + "'").items()[0]
			types := []any{}
			if c.unified {
				types = append(types, "Unified")
			}
			if diff := cmp.Diff(types, group["groupTypes"]); diff != "" || group["mailEnabled"] != true || group["securityEnabled"] != c.secure {
				t.Errorf("groupTypes %v, mailEnabled %v, securityEnabled %v", group["groupTypes"], group["mailEnabled"], group["securityEnabled"])
			}
		})
	}
	if found := tn.get("/groups?$filter=mail eq 'all-staff@contoso.example'").items(); len(found) != 0 {
		t.Errorf("the dynamic group is listed: %v", found)
	}
	synced := tn.get("/groups?$filter=onPremisesSyncEnabled eq true&$select=mail")
	if diff := cmp.Diff([]string{"head-office@contoso.example"}, synced.column("mail")); diff != "" {
		t.Errorf("synced groups (-want +got):\n%s", diff)
	}
}

func TestAllowExternalSendersOnSelectOnly(t *testing.T) {
	tn := newTenant(t, nil)
	id := tn.object("project-team@contoso.example").ID.String()
	if _, ok := tn.get("/groups/" + id).body["allowExternalSenders"]; ok {
		t.Error("allowExternalSenders came unasked")
	}
	if got := tn.get("/groups/" + id + "?$select=allowExternalSenders").body["allowExternalSenders"]; got != false {
		t.Errorf("allowExternalSenders = %v, want false", got)
	}
	tn.wantError(tn.get("/groups?$select=allowExternalSenders"), 400, "Request_UnsupportedQuery", "The request is currently not supported on the targeted entity set")
}

func TestPaging(t *testing.T) {
	tn := newTenant(t, nil)
	var all []string
	tn.dir.Truth().List(directory.Contact, 0, func(o *directory.Object) bool { all = append(all, o.Address); return true })
	var found []string
	pages := 0
	for link := "/contacts?$top=1&$select=mail"; link != ""; pages++ {
		got := tn.get(link)
		if got.status != http.StatusOK || len(got.items()) > 1 {
			t.Fatalf("page %d: status %d, %d items", pages, got.status, len(got.items()))
		}
		found = append(found, got.column("mail")...)
		link = got.text("@odata.nextLink")
		if link != "" && !strings.Contains(link, "$select=mail") {
			t.Fatalf("the link lost $select: %s", link)
		}
	}
	if diff := cmp.Diff(all, found); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
	if pages < len(all) {
		t.Errorf("%d pages for %d contacts", pages, len(all))
	}
	for _, top := range []string{"0", "1000"} {
		tn.wantError(tn.get("/contacts?$top="+top), 400, "Request_UnsupportedQuery", "Invalid page size specified: '"+top+"'. Must be between 1 and 999 inclusive.")
	}
	tn.wantError(tn.get("/contacts?$skip=1"), 400, "Request_BadRequest", "'$skip' is not supported by the service.")
	tn.wantError(tn.get("/contacts?$skiptoken=nonsense"), 400, "Request_BadRequest", "Badly formed token.")
}

func TestMembersAreOfSeveralTypes(t *testing.T) {
	tn := newTenant(t, nil)
	group := tn.object("partners@contoso.example")
	got := tn.get("/groups/" + group.ID.String() + "/members?$select=id,mail,proxyAddresses")
	want := map[string]string{"carla.costa@fabrikam.example": "#microsoft.graph.orgContact", "ada@contoso.example": "#microsoft.graph.user"}
	for _, item := range got.items() {
		address, _ := item["mail"].(string)
		if item["@odata.type"] != want[address] {
			t.Errorf("%s is a %v, want %s", address, item["@odata.type"], want[address])
		}
		delete(want, address)
	}
	if len(want) > 0 {
		t.Errorf("not among the members: %v", want)
	}
	cast := tn.get("/groups/" + group.ID.String() + "/members/microsoft.graph.orgContact")
	if diff := cmp.Diff([]string{"carla.costa@fabrikam.example"}, cast.column("mail")); diff != "" {
		t.Errorf("contacts among the members (-want +got):\n%s", diff)
	}
}

// An application sees of members that it may not read only what they are.
func TestMembersThatTheAppMayNotRead(t *testing.T) {
	tn := newTenant(t, nil)
	tn.roles = []string{"GroupMember.Read.All", "User.ReadBasic.All"}
	group := tn.object("partners@contoso.example")
	got := tn.get("/groups/" + group.ID.String() + "/members")
	if len(got.items()) != 2 {
		t.Fatalf("%d members, want 2", len(got.items()))
	}
	for _, item := range got.items() {
		isContact := item["@odata.type"] == "#microsoft.graph.orgContact"
		if hidden := item["mail"] == nil && item["displayName"] == nil; hidden != isContact || item["id"] == "" {
			t.Errorf("%v: mail %v, name %v", item["@odata.type"], item["mail"], item["displayName"])
		}
	}
}

func TestPermissions(t *testing.T) {
	tn := newTenant(t, nil)
	group := tn.object("partners@contoso.example").ID.String()
	cases := []struct {
		path, role string
	}{
		{"/contacts", "OrgContact.Read.All"},
		{"/groups", "GroupMember.Read.All"},
		{"/groups/" + group + "/members", "Group.Read.All"},
		{"/organization", "Organization.Read.All"},
		{"/contacts", "Directory.Read.All"},
	}
	for _, c := range cases {
		tn.roles = []string{"Mail.Send"}
		tn.wantError(tn.get(c.path), 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		tn.roles = []string{c.role}
		if got := tn.get(c.path); got.status != http.StatusOK {
			t.Errorf("%s with %s: %d", c.path, c.role, got.status)
		}
	}
}

func TestRejectedToken(t *testing.T) {
	tn := newTenant(t, nil)
	for reason, message := range map[error]string{
		entra.ErrNoToken:   "Access token is empty.",
		entra.ErrExpired:   "Lifetime validation failed, the token is expired.",
		entra.ErrAudience:  "Access token validation failure. Invalid audience.",
		entra.ErrSignature: "Access token validation failure. Invalid signature.",
		entra.ErrMalformed: "IDX14100: ",
	} {
		tn.reject = reason
		got := tn.get("/contacts")
		tn.wantError(got, 401, "InvalidAuthenticationToken", message)
		if !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%v: no challenge", reason)
		}
	}
}

func TestNotThere(t *testing.T) {
	tn := newTenant(t, nil)
	group, contact := tn.object("partners@contoso.example"), tn.object("sales@adatum.example")
	cases := []struct {
		method, path string
		status       int
		code         string
		message      string
	}{
		{"GET", "/contacts/" + contact.GUID.String(), 404, "Request_ResourceNotFound", "Resource '" + contact.GUID.String() + "' does not exist or one of its queried reference-property objects are not present."},
		{"GET", "/contacts/" + group.ID.String(), 404, "Request_ResourceNotFound", "Resource '"},
		{"GET", "/contacts/carla", 400, "Request_BadRequest", "Invalid object identifier 'carla'."},
		{"GET", "/planets", 400, "BadRequest", "Resource not found for the segment 'planets'."},
		{"GET", "/contacts/" + contact.ID.String() + "/moons", 400, "BadRequest", "Resource not found for the segment 'moons'."},
		{"POST", "/contacts", 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."},
		{"PATCH", "/contacts/" + contact.ID.String(), 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."},
		{"DELETE", "/contacts/" + contact.ID.String(), 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."},
	}
	for _, c := range cases {
		tn.wantError(tn.send(c.method, c.path, nil), c.status, c.code, c.message)
	}
	tn.wantError(tn.get("https://graph.microsoft.com/v7.0/contacts"), 400, "BadRequest", "Invalid version: v7.0")
	if got := tn.get("/contacts('" + contact.ID.String() + "')"); got.text("mail") != contact.Address {
		t.Errorf("key in parentheses: %d %s", got.status, got.raw)
	}
}

func TestOrganization(t *testing.T) {
	tn := newTenant(t, nil)
	got := tn.get("/organization").items()
	if len(got) != 1 || got[0]["id"] != tn.dir.Tenant().ID.String() {
		t.Fatalf("organization = %v", got)
	}
	domains, _ := got[0]["verifiedDomains"].([]any)
	if len(domains) != len(tn.dir.Tenant().AcceptedDomains) {
		t.Errorf("verifiedDomains = %v", domains)
	}
}

func TestNoMetadata(t *testing.T) {
	tn := newTenant(t, nil)
	tn.spec = &openapi.Specification{} // the metadata knows members by their @odata.type
	group := tn.object("partners@contoso.example")
	got := tn.get("/groups/"+group.ID.String()+"/members?$top=1", header("Accept", "application/json;odata.metadata=none"))
	if strings.Contains(string(got.raw), "@odata.type") || strings.Contains(string(got.raw), "@odata.context") {
		t.Errorf("metadata came unasked: %s", got.raw)
	}
	if got.text("@odata.nextLink") == "" {
		t.Error("the link to the next page is no metadata")
	}
}

func TestGraphFollowsExchangeLate(t *testing.T) {
	tn := newTenant(t, nil, func(o *directory.Options, _ *graphConfig) { o.GraphDelay = minutes(5) })
	made, err := tn.dir.Exchange(0).Create(directory.Object{Kind: directory.Contact, Name: "new", Address: "new@fabrikam.example", External: "new@fabrikam.example"})
	if err != nil {
		t.Fatal(err)
	}
	tn.wantError(tn.get("/contacts/"+made.ID.String()), 404, "Request_ResourceNotFound", "Resource '")
	if found := tn.get("/contacts?$filter=mail eq 'new@fabrikam.example'").items(); len(found) != 0 {
		t.Errorf("seen too early: %v", found)
	}
	tn.advance(minutes(5))
	if got := tn.get("/contacts/" + made.ID.String()); got.status != http.StatusOK {
		t.Errorf("five minutes later: %d", got.status)
	}
}
