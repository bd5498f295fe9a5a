package graph_test

import (
	"net/http"
	"testing"
	"time"

	"enlist/pkg/simtenant/graph"

	"github.com/google/go-cmp/cmp"
)

type graphConfig = graph.Config

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func TestFilter(t *testing.T) {
	tn := newTenant(t, nil)
	carla, dieter, old := "carla.costa@fabrikam.example", "Dieter.Braun@northwind.example", "sales@adatum.example"
	cases := []struct {
		target string
		want   []string
	}{
		{"/contacts?$filter=mail eq 'CARLA.costa@fabrikam.example'", []string{carla}},
		{"/contacts?$filter=mail in ('sales@adatum.example','carla.costa@fabrikam.example','nobody@x.example')", []string{old, carla}},
		{"/contacts?$filter=mail eq 'sales@adatum.example' or proxyAddresses/any(p:p eq 'smtp:d.braun@northwind.example')", []string{old, dieter}},
		{"/contacts?$filter=proxyAddresses/any(p:p eq 'd.braun@northwind.example')", []string{}},
		{"/contacts?$filter=startsWith(displayName,'die')", []string{dieter}},
		{"/contacts?$filter=companyName eq 'Fabrikam' and givenName eq 'Carla'", []string{carla}},
		{"/contacts?$filter=companyName eq null", []string{dieter, old}},
		{"/contacts?$filter=id eq '" + tn.object(old).ID.String() + "'", []string{old}},
		{"/contacts?$filter=mail eq 'partners@contoso.example'", []string{}},
		{"/contacts?$orderby=displayName", []string{carla, dieter, old}},
		{"/contacts?$orderby=displayName desc", []string{old, dieter, carla}},
	}
	for _, c := range cases {
		t.Run(c.target, func(t *testing.T) {
			got := tn.get(c.target)
			if diff := cmp.Diff(c.want, got.column("mail")); diff != "" {
				t.Errorf("status %d (-want +got):\n%s", got.status, diff)
			}
		})
	}
}

// What the service does only with "ConsistencyLevel: eventual" and $count=true,
// and what it says without (Microsoft Learn, "Advanced query capabilities on
// Microsoft Entra ID objects").
func TestAdvancedQueries(t *testing.T) {
	tn := newTenant(t, nil)
	cases := []struct {
		query   string
		want    int
		refusal string
	}{
		{"/contacts?$filter=mail ne 'sales@adatum.example'", 2, "Operator 'ne' is not supported because the required parameters might be missing."},
		{"/contacts?$filter=not(startsWith(mail,'sales'))", 2, "Operator 'not' is not supported"},
		{"/groups?$filter=endsWith(mail,'-2025@contoso.example')", 1, "Operator 'endsWith' is not supported"},
		{"/groups?$filter=NOT groupTypes/any(c:c eq 'Unified') and startsWith(mail,'p')", 4, "Operator 'not' is not supported"},
		{"/contacts?$filter=proxyAddresses/$count ne 1", 1, "Operator 'count' is not supported"},
		{"/groups?$filter=createdDateTime ge 2019-01-01T00:00:00Z", 13, "Unsupported or invalid query filter clause specified for property 'createdDateTime' of resource 'Group'."},
		{"/contacts?$filter=companyName eq 'Fabrikam'&$orderby=displayName", 1, "Sorting not supported for current query."},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			tn.wantError(tn.get(c.query), 400, "Request_UnsupportedQuery", c.refusal)
			tn.wantError(tn.get(c.query+"&$count=true"), 400, "Request_UnsupportedQuery", c.refusal)
			tn.wantError(tn.get(c.query, eventual), 400, "Request_UnsupportedQuery", c.refusal)
			got := tn.get(c.query+"&$count=true", eventual)
			if got.status != http.StatusOK || len(got.items()) != c.want || got.body["@odata.count"] != float64(c.want) {
				t.Errorf("advanced: status %d, %d items, count %v, want %d: %s", got.status, len(got.items()), got.body["@odata.count"], c.want, got.raw)
			}
		})
	}
}

func TestFiltersThatNothingHelps(t *testing.T) {
	tn := newTenant(t, nil)
	group := tn.object("partners@contoso.example").ID.String()
	cases := []struct{ target, code, message string }{
		{"/contacts?$filter=endsWith(mail,'example')&$count=true", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property 'mail' of resource 'OrgContact'."},
		{"/contacts?$filter=contains(displayName,'a')&$count=true", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause"},
		{"/contacts?$filter=phones/any(p:p eq '1')&$count=true", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause"},
		{"/contacts?$filter=proxyAddresses eq 'a'&$count=true", "Request_UnsupportedQuery", "Unsupported or invalid query filter clause"},
		{"/contacts?$filter=targetAddress eq 'a'", "BadRequest", "Invalid filter clause: Could not find a property named 'targetAddress' on type 'microsoft.graph.orgContact'."},
		{"/contacts?$filter=mail eq", "BadRequest", "Invalid filter clause: "},
		{"/groups?$search=\"mailEnabled\"", "Request_BadRequest", "Invalid $search query"},
		{"/groups/" + group + "/members?$filter=planet eq 'a'&$count=true", "BadRequest", "Invalid filter clause: Could not find a property named 'planet' on type 'microsoft.graph.directoryObject'."},
	}
	for _, c := range cases {
		tn.wantError(tn.get(c.target, eventual), 400, c.code, c.message)
	}
}

func TestCount(t *testing.T) {
	tn := newTenant(t, nil)
	tn.wantError(tn.get("/contacts/$count"), 400, "Request_BadRequest", "$count is not currently supported.")
	if got := tn.get("/contacts/$count", eventual); string(got.raw) != "3" || got.header.Get("Content-Type") != "text/plain" {
		t.Errorf("got %q as %s", got.raw, got.header.Get("Content-Type"))
	}
	if got := tn.get("/contacts?$count=true"); got.body["@odata.count"] != nil {
		t.Error("$count=true without the header is ignored by the service")
	}
	first := tn.get("/contacts?$count=true&$top=2", eventual)
	if first.body["@odata.count"] != 3.0 {
		t.Errorf("count = %v, want 3", first.body["@odata.count"])
	}
	// The header has to come with every page.
	next := first.text("@odata.nextLink")
	tn.wantError(tn.get(next), 400, "Request_UnsupportedQuery", "Unable to execute query; invalid page token specified.")
	if got := tn.get(next, eventual); got.status != http.StatusOK || len(got.items()) != 1 {
		t.Errorf("second page: %d with %d items", got.status, len(got.items()))
	}
}

// A filter that an index answers is sorted and paged like any other.
func TestSortedLookUp(t *testing.T) {
	tn := newTenant(t, nil)
	target := "/contacts?$filter=mail in ('sales@adatum.example','carla.costa@fabrikam.example')&$orderby=displayName&$count=true&$select=mail&$top=1"
	first := tn.get(target, eventual)
	second := tn.get(first.text("@odata.nextLink"), eventual)
	got := append(first.column("mail"), second.column("mail")...)
	if diff := cmp.Diff([]string{"carla.costa@fabrikam.example", "sales@adatum.example"}, got); diff != "" || first.body["@odata.count"] != 2.0 {
		t.Errorf("count %v (-want +got):\n%s", first.body["@odata.count"], diff)
	}
}

func TestSearch(t *testing.T) {
	tn := newTenant(t, nil)
	target := `/groups?$search="displayName:germ" AND "mail:partner"&$select=mail`
	tn.wantError(tn.get(target), 400, "Request_UnsupportedQuery", "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	got := tn.get(target, eventual)
	if diff := cmp.Diff([]string{"partner-de@contoso.example"}, got.column("mail")); diff != "" {
		t.Errorf("status %d (-want +got):\n%s", got.status, diff)
	}
}
