package graph

import (
	"errors"
	"iter"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list drains a stream.
func list[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var objects []T
	for object, err := range seq {
		if err != nil {
			return objects, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func TestContacts(t *testing.T) {
	s := newServer(t, reply(200, `{"@odata.context":"…","value":[
		{"id":"c1","displayName":"Ana Pop","mail":"ana@partner.example","mailNickname":"ana","proxyAddresses":["SMTP:ana@partner.example"],
		 "givenName":"Ana","surname":"Pop","companyName":"Partner","department":null,"jobTitle":"CEO","onPremisesSyncEnabled":true,
		 "phones":[{"type":"mobile","number":"+40 1"},{"type":"business","number":null}]},
		{"id":"c2","displayName":"B","mail":null,"proxyAddresses":[],"onPremisesSyncEnabled":null}]}`))
	got, err := list(s.client(t).Contacts(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	want := []Contact{
		{
			ID: "c1", DisplayName: "Ana Pop", Mail: "ana@partner.example", MailNickname: "ana", ProxyAddresses: []string{"SMTP:ana@partner.example"},
			GivenName: "Ana", Surname: "Pop", Company: "Partner", JobTitle: "CEO", OnPremisesSynced: true,
			Phones: []Phone{{Type: "mobile", Number: "+40 1"}, {Type: "business"}},
		},
		{ID: "c2", DisplayName: "B", ProxyAddresses: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sent := s.requests()[0]
	if sent.method != "GET" || sent.path != "/v1.0/contacts" {
		t.Errorf("sent %s %s", sent.method, sent.path)
	}
	wantQuery := map[string][]string{
		"$select": {"id,displayName,mail,mailNickname,proxyAddresses,givenName,surname,companyName,department,jobTitle,phones,onPremisesSyncEnabled"},
		"$top":    {"999"},
	}
	if diff := cmp.Diff(wantQuery, sent.query); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestFiltersAreEscaped(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[]}`))
	c := s.client(t)
	if _, err := c.ContactsByAddress(t.Context(), "o'neil+x@partner.example"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.FindGroups(t.Context(), "R&D 'A' 100% é"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"mail eq 'o''neil+x@partner.example' or proxyAddresses/any(p:p eq 'smtp:o''neil+x@partner.example')",
		"displayName eq 'R&D ''A'' 100% é' or mailNickname eq 'R&D ''A'' 100% é' or mail eq 'R&D ''A'' 100% é' or proxyAddresses/any(p:p eq 'smtp:R&D ''A'' 100% é')",
	}
	for i, sent := range s.requests() {
		if got := sent.query["$filter"][0]; got != want[i] {
			t.Errorf("filter\n got %s\nwant %s", got, want[i])
		}
	}
}

func TestGroups(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[
		{"id":"1","displayName":"Partners","mail":"partners@contoso.example","groupTypes":[],"mailEnabled":true,"securityEnabled":false,"onPremisesSyncEnabled":null},
		{"id":"2","groupTypes":[],"mailEnabled":true,"securityEnabled":true,"onPremisesSyncEnabled":true},
		{"id":"3","groupTypes":["Unified","DynamicMembership"],"mailEnabled":true,"securityEnabled":false},
		{"id":"4","groupTypes":[],"mailEnabled":false,"securityEnabled":true}]}`))
	got, err := list(s.client(t).Groups(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	want := []GroupKind{Distribution, MailEnabledSecurity, Microsoft365, Security}
	for i, g := range got {
		if g.Kind() != want[i] {
			t.Errorf("group %s is a %s, want %s", g.ID, g.Kind(), want[i])
		}
		if g.DynamicMembership() != (g.ID == "3") || g.OnPremisesSynced != (g.ID == "2") {
			t.Errorf("group %s: dynamic %v, synced %v", g.ID, g.DynamicMembership(), g.OnPremisesSynced)
		}
	}
	if got := s.requests()[0].query["$filter"]; !cmp.Equal(got, []string{"mailEnabled eq true"}) {
		t.Errorf("filter %q", got)
	}
}

func TestGroupThatIsNotThere(t *testing.T) {
	s := newServer(t, reply(404, `{"error":{"code":"Request_ResourceNotFound","message":"Resource 'x' does not exist or one of its queried reference-property objects are not present.","innerError":{"date":"2026-11-23T01:02:03","request-id":"r-1","client-request-id":"q-1"}}}`))
	_, err := s.client(t).Group(t.Context(), "x/../y")
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("Group: %v", err)
	}
	if _, err := list(s.client(t).GroupMembers(t.Context(), "x")); !errors.Is(err, ErrNotFound) {
		t.Errorf("GroupMembers: %v", err)
	}
	const want = "Microsoft Graph: GET /v1.0/groups/x/../y: 404 Request_ResourceNotFound: Resource 'x' does not exist or one of its queried reference-property objects are not present. (request-id r-1)"
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestGroupMembersThatTheAppMayNotRead(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[
		{"@odata.type":"#microsoft.graph.orgContact","id":"c1","displayName":null,"mail":null},
		{"@odata.type":"#microsoft.graph.orgContact","id":"c2","displayName":"Ana","mail":"ana@partner.example"},
		{"@odata.type":"#microsoft.graph.user","id":"u1","displayName":"Guest","mail":null},
		{"@odata.type":"#microsoft.graph.group","id":"g1"}]}`))
	got, err := list(s.client(t).GroupMembers(t.Context(), "g"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Member{
		{ID: "c1", Type: TypeContact},
		{ID: "c2", Type: TypeContact, DisplayName: "Ana", Mail: "ana@partner.example"},
		{ID: "u1", Type: TypeUser, DisplayName: "Guest"},
		{ID: "g1", Type: TypeGroup},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, hidden := range []bool{true, false, false, true} {
		if got[i].Hidden() != hidden {
			t.Errorf("member %s: hidden %v, want %v", got[i].ID, got[i].Hidden(), hidden)
		}
	}
	if path := s.requests()[0].path; path != "/v1.0/groups/g/members" {
		t.Errorf("sent %s", path)
	}
}

func TestOrganization(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[{"id":"t-1","displayName":"Contoso","verifiedDomains":[{"capabilities":"Email","isDefault":false,"isInitial":true,"name":"contoso.onmicrosoft.com","type":"Managed"},{"isDefault":true,"isInitial":false,"name":"contoso.example"}]}]}`))
	got, err := s.client(t).Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Organization{ID: "t-1", DisplayName: "Contoso", VerifiedDomains: []VerifiedDomain{{Name: "contoso.onmicrosoft.com", Initial: true}, {Name: "contoso.example", Default: true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneGroup(t *testing.T) {
	s := newServer(t, reply(200, `{"id":"g","displayName":"Partners","mailEnabled":true}`), reply(200, `{}`))
	c := s.client(t)
	g, err := c.Group(t.Context(), "g")
	if err != nil || g.DisplayName != "Partners" || g.Kind() != Distribution {
		t.Errorf("got %+v, %v", g, err)
	}
	if _, err := c.Group(t.Context(), "g"); !errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("an object without an id: %v", err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := Options{BaseURL: "https://graph.microsoft.com/v1.0", Credential: &tokens{}, Scope: testScope, Transport: http.DefaultTransport}
	for name, spoil := range map[string]func(*Options){
		"http":          func(o *Options) { o.BaseURL = "http://graph.microsoft.com/v1.0" },
		"no base URL":   func(o *Options) { o.BaseURL = "" },
		"no credential": func(o *Options) { o.Credential = nil },
		"no scope":      func(o *Options) { o.Scope = "" },
	} {
		o := good
		spoil(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}
