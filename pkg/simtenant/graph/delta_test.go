package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/directory"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// round follows the links of a delta query to its end.
type round struct {
	objects []map[string]any
	pages   int
	link    string // where the next round begins
}

func (t *tenant) round(link string, options ...option) round {
	t.Helper()
	var r round
	for r.link == "" {
		got := t.get(link, options...)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", link, got.status, got.raw)
		}
		r.objects = append(r.objects, got.items()...)
		r.pages++
		link, r.link = got.text("@odata.nextLink"), got.text("@odata.deltaLink")
		if (link == "") == (r.link == "") {
			t.Fatalf("a page has either a next link or a delta link: %s", got.raw)
		}
	}
	return r
}

// memberChanges merges what a round says of the members of a group.
func (r round) memberChanges(group uuid.UUID) (joined, left []string) {
	for _, object := range r.objects {
		links, _ := object["members@delta"].([]any)
		if object["id"] != group.String() {
			continue
		}
		for _, link := range links {
			link := link.(map[string]any)
			if link["@removed"] != nil {
				left = append(left, link["id"].(string))
			} else {
				joined = append(joined, link["id"].(string))
			}
		}
	}
	slices.Sort(joined)
	slices.Sort(left)
	return joined, left
}

func contactNamed(address string) directory.Object {
	return directory.Object{Kind: directory.Contact, Name: address, DisplayName: address, Address: address, External: address}
}

func (t *tenant) create(address string) *directory.Object {
	t.Helper()
	o, err := t.dir.Exchange(0).Create(contactNamed(address))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestContactsDelta(t *testing.T) {
	tn := newTenant(t, nil)
	first := tn.round("/contacts/delta?$select=id,mail")
	if len(first.objects) != 3 {
		t.Fatalf("first round: %v", first.objects)
	}
	if again := tn.round(first.link); len(again.objects) != 0 {
		t.Errorf("nothing changed, but: %v", again.objects)
	}
	made := tn.create("new@proseware.example")
	gone := tn.object("sales@adatum.example")
	if err := tn.dir.Exchange(0).Remove(gone.ID); err != nil {
		t.Fatal(err)
	}
	renamed := tn.object("carla.costa@fabrikam.example")
	if _, err := tn.dir.Exchange(0).Change(renamed.ID, func(o *directory.Object) error { o.DisplayName = "Carla C."; return nil }); err != nil {
		t.Fatal(err)
	}
	second := tn.round(first.link)
	want := []map[string]any{
		{"id": renamed.ID.String(), "mail": "carla.costa@fabrikam.example"},
		{"id": gone.ID.String(), "@removed": map[string]any{"reason": "deleted"}},
		{"id": made.ID.String(), "mail": "new@proseware.example"},
	}
	if diff := cmp.Diff(want, second.objects); diff != "" {
		t.Errorf("second round (-want +got):\n%s", diff)
	}
	if third := tn.round(second.link); len(third.objects) != 0 {
		t.Errorf("third round: %v", third.objects)
	}
}

// Changes that Graph sees late come in the round after they came into sight.
func TestDeltaFollowsLate(t *testing.T) {
	tn := newTenant(t, nil, func(o *directory.Options, _ *graphConfig) { o.GraphDelay = minutes(5) })
	link := tn.round("/contacts/delta").link
	made := tn.create("late@proseware.example")
	early := tn.round(link)
	if len(early.objects) != 0 {
		t.Errorf("seen too early: %v", early.objects)
	}
	tn.advance(minutes(5))
	if late := tn.round(early.link); len(late.objects) != 1 || late.objects[0]["id"] != made.ID.String() {
		t.Errorf("five minutes later: %v", late.objects)
	}
}

func TestGroupsDeltaWithMembers(t *testing.T) {
	tn := newTenant(t, nil)
	partners, ada, sales := tn.object("partners@contoso.example"), tn.object("ada@contoso.example"), tn.object("sales@adatum.example")
	first := tn.round("/groups/delta?$select=displayName,members")
	joined, left := first.memberChanges(partners.ID)
	if len(joined) != 2 || len(left) != 0 {
		t.Fatalf("first round: joined %v, left %v", joined, left)
	}
	for _, object := range first.objects {
		if object["displayName"] == "All Staff" {
			t.Error("the dynamic distribution group is told of")
		}
	}
	view := tn.dir.Exchange(0)
	if err := view.AddMember(partners.ID, sales.ID); err != nil {
		t.Fatal(err)
	}
	if err := view.RemoveMember(partners.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	second := tn.round(first.link)
	joined, left = second.memberChanges(partners.ID)
	if len(second.objects) != 1 || !slices.Equal(joined, []string{sales.ID.String()}) || !slices.Equal(left, []string{ada.ID.String()}) {
		t.Errorf("second round: joined %v, left %v in %v", joined, left, second.objects)
	}
	// Who didn't ask for members isn't told of a group where only they changed.
	plain := tn.round("/groups/delta?$select=displayName")
	if err := view.AddMember(partners.ID, ada.ID); err != nil {
		t.Fatal(err)
	}
	if got := tn.round(plain.link); len(got.objects) != 0 {
		t.Errorf("without members: %v", got.objects)
	}
}

// A large group is told of on several pages: 500 links each at most.
func TestDeltaPages(t *testing.T) {
	tn := newTenant(t, nil)
	partners := tn.object("partners@contoso.example")
	var ids []uuid.UUID
	for i := range 1200 {
		ids = append(ids, tn.create(fmt.Sprintf("p%d@proseware.example", i)).ID)
	}
	if err := tn.dir.Exchange(0).AddMembers(partners.ID, ids); err != nil {
		t.Fatal(err)
	}
	if contacts := tn.round("/contacts/delta"); len(contacts.objects) != 1203 || contacts.pages < 7 {
		t.Errorf("%d contacts on %d pages", len(contacts.objects), contacts.pages)
	}
	groups := tn.round("/groups/delta?$select=members")
	joined, _ := groups.memberChanges(partners.ID)
	if len(joined) != 1202 || len(slices.Compact(joined)) != 1202 || groups.pages < 3 {
		t.Errorf("%d members on %d pages", len(joined), groups.pages)
	}
}

// Whatever happens between two pages, no member that stays is missed.
func TestDeltaPagesWhileMembersChange(t *testing.T) {
	tn := newTenant(t, nil)
	partners := tn.object("partners@contoso.example")
	view := tn.dir.Exchange(0)
	var ids []uuid.UUID
	for i := range 600 {
		ids = append(ids, tn.create(fmt.Sprintf("p%d@proseware.example", i)).ID)
	}
	if err := view.AddMembers(partners.ID, ids); err != nil {
		t.Fatal(err)
	}
	page := tn.get("/groups/delta?$select=members&$filter=id eq '" + partners.ID.String() + "'")
	told := round{objects: page.items()}
	for _, id := range ids[100:498] { // among them the last one that was told
		if err := view.RemoveMember(partners.ID, id); err != nil {
			t.Fatal(err)
		}
	}
	rest := tn.round(page.text("@odata.nextLink"))
	told.objects = append(told.objects, rest.objects...)
	joined, _ := told.memberChanges(partners.ID)
	for o := range tn.dir.Truth().Members(partners.ID) {
		if !slices.Contains(joined, o.ID.String()) {
			t.Fatalf("%s is a member and was never told of", o.Name)
		}
	}
	if _, left := tn.round(rest.link).memberChanges(partners.ID); len(left) != 398 {
		t.Errorf("the next round says that %d left, want 398", len(left))
	}
}

func TestDeltaLatest(t *testing.T) {
	tn := newTenant(t, nil)
	latest := tn.round("/contacts/microsoft.graph.delta()?$deltatoken=latest")
	if len(latest.objects) != 0 {
		t.Errorf("latest gives only a link, not %v", latest.objects)
	}
	tn.create("new@proseware.example")
	if got := tn.round(latest.link); len(got.objects) != 1 {
		t.Errorf("changes since: %v", got.objects)
	}
}

func TestDeltaFilter(t *testing.T) {
	tn := newTenant(t, nil)
	one := tn.object("sales@adatum.example").ID.String()
	got := tn.round("/contacts/delta?$filter=id eq '" + one + "'")
	if len(got.objects) != 1 || got.objects[0]["id"] != one {
		t.Errorf("filtered: %v", got.objects)
	}
	tn.wantError(tn.get("/contacts/delta?$filter=mail eq 'a'"), 400, "Request_UnsupportedQuery", "Unsupported query")
	many := strings.Repeat("id eq '"+one+"' or ", 50) + "id eq '" + one + "'"
	tn.wantError(tn.get("/contacts/delta?$filter="+many), 400, "Request_UnsupportedQuery", "Unsupported query: at most 50 ids")
}

func TestDeltaTokenExpires(t *testing.T) {
	tn := newTenant(t, nil)
	link := tn.round("/contacts/delta").link
	tn.advance(6 * 24 * time.Hour)
	link = tn.round(link).link
	tn.advance(6 * 24 * time.Hour)
	link = tn.round(link).link // each round gives a fresh link
	tn.advance(8 * 24 * time.Hour)
	tn.wantError(tn.get(link), 400, "syncStateNotFound", "The sync state generation is not found. The delta token is expired and data must be synchronized again.")
	tn.wantError(tn.get("/contacts/delta?$deltatoken=nonsense"), 400, "Request_BadRequest", "Badly formed token.")
}

// A token of a directory that has since been reset sends the client back to the
// beginning.
func TestDeltaTokenOfAnotherHistory(t *testing.T) {
	old := newTenant(t, nil)
	for i := range 5 {
		old.create(fmt.Sprintf("p%d@proseware.example", i))
	}
	link := old.round("/contacts/delta").link
	got := newTenant(t, nil).get(link)
	if got.status != http.StatusGone || got.header.Get("Location") != "https://graph.microsoft.com/v1.0/contacts/delta?$deltatoken=" {
		t.Errorf("got %d, Location %q", got.status, got.header.Get("Location"))
	}
}

func TestDeltaTokenSurvivesRestart(t *testing.T) {
	state := t.TempDir() + "/state.jsonl"
	open := func() *tenant {
		return newTenant(t, nil, func(o *directory.Options, _ *graphConfig) { o.StateFile = state })
	}
	before := open()
	link := before.round("/contacts/delta").link
	before.create("new@proseware.example")
	if err := before.dir.Close(); err != nil {
		t.Fatal(err)
	}
	after := open()
	if got := after.round(link); len(got.objects) != 1 || got.objects[0]["mail"] != "new@proseware.example" {
		t.Errorf("after the restart: %v", got.objects)
	}
}
