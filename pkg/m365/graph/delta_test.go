package graph

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replyWithDelta answers with the last page of a round.
func replyWithDelta(value, query string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"@odata.deltaLink":"https://%s%s?%s","value":[%s]}`, r.Host, r.URL.Path, query, value)
	}
}

func set[T any](value T) Optional[T] { return Optional[T]{Set: true, Value: value} }

func TestChanges(t *testing.T) {
	s := newServer(t,
		replyWithDelta("", "$deltatoken=1"),
		replyWithLink(`{"id":"c1","displayName":"Ana","mail":null}`, "$skiptoken=2"),
		replyWithLink("", "$skiptoken=3"),
		replyWithDelta(`{"id":"c2","@removed":{"reason":"deleted"}},{"id":"c3","proxyAddresses":["SMTP:a@x.example"]}`, "$deltatoken=4"))
	c := s.client(t)
	since, err := c.Latest(t.Context(), Contacts)
	if err != nil {
		t.Fatal(err)
	}
	got, next, err := c.Changes(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{ID: "c1", DisplayName: set("Ana"), Mail: set("")},
		{ID: "c2", Removed: &struct{}{}},
		{ID: "c3", ProxyAddresses: set([]string{"SMTP:a@x.example"})},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if next != "/v1.0/contacts/delta?$deltatoken=4" {
		t.Errorf("next link %q", next)
	}
	sent := s.requests()
	if diff := cmp.Diff(map[string][]string{"$deltatoken": {"latest"}, "$select": {"id,displayName,mail,proxyAddresses"}}, sent[0].query); diff != "" {
		t.Errorf("first query (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]string{"$deltatoken": {"1"}}, sent[1].query); diff != "" {
		t.Errorf("query of a round (-want +got):\n%s", diff)
	}
}

func TestLinkIsGoodOnAnotherServerToo(t *testing.T) {
	s := newServer(t, replyWithDelta("", "$deltatoken=5"))
	if _, _, err := s.client(t).Changes(t.Context(), "/v1.0/users/delta?$deltatoken=4"); err != nil {
		t.Fatal(err)
	}
	if sent := s.requests()[0]; sent.path != "/v1.0/users/delta" {
		t.Errorf("sent %s", sent.path)
	}
	for _, link := range []Link{"", "https://elsewhere.example/v1.0/users/delta", "//elsewhere.example/x", "%"} {
		if _, _, err := s.client(t).Changes(t.Context(), link); !errors.Is(err, ErrResync) {
			t.Errorf("%q: %v", link, err)
		}
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestChangesThatCanNotBeTold(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		resync bool
	}{
		{410, "resyncRequired", true},
		{400, "syncStateNotFound", true},
		{400, "Request_BadRequest", true},
		{403, "Authorization_RequestDenied", false},
		{503, "serviceNotAvailable", false},
	} {
		s := newServer(t, reply(tt.status, fmt.Sprintf(`{"error":{"code":%q,"message":"no"}}`, tt.code)))
		_, _, err := s.client(t).Changes(t.Context(), "/v1.0/contacts/delta?$deltatoken=1")
		if errors.Is(err, ErrResync) != tt.resync || err == nil {
			t.Errorf("%d %s: %v", tt.status, tt.code, err)
		}
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%d %s: Graph's own error is lost", tt.status, tt.code)
		}
	}
}

func TestAnswerWithoutALinkIsNoRound(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[]}`))
	if _, err := s.client(t).Latest(t.Context(), Groups); !errors.Is(err, ErrUnexpectedAnswer) {
		t.Errorf("err = %v", err)
	}
}

// One link serves several groups, of which each can come on several pages, in
// between the others.
func TestMemberChanges(t *testing.T) {
	s := newServer(t,
		replyWithDelta("", "$deltatoken=1"),
		replyWithLink(`{"id":"g","members@delta":[{"@odata.type":"#microsoft.graph.orgContact","id":"m1"}]},{"id":"h"}`, "$skiptoken=2"),
		replyWithLink(`{"id":"i","@removed":{"reason":"deleted"}},{"id":"h","members@delta":[{"id":"m3"}]}`, "$skiptoken=3"),
		replyWithDelta(`{"id":"g","members@delta":[{"id":"m2","@removed":{"reason":"deleted"}},{"id":"m1","@removed":{"reason":"deleted"}}]}`, "$deltatoken=4"))
	c := s.client(t)
	since, err := c.LatestMembers(t.Context(), "g", "h", "i'")
	if err != nil {
		t.Fatal(err)
	}
	got, next, err := c.MemberChanges(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	gone := &struct{}{}
	want := []GroupChange{
		{ID: "g", Members: []MemberChange{{ID: "m1"}, {ID: "m2", Removed: gone}, {ID: "m1", Removed: gone}}},
		{ID: "h", Members: []MemberChange{{ID: "m3"}}},
		{ID: "i", Removed: gone},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if next != "/v1.0/contacts/delta?$deltatoken=4" && next != "/v1.0/groups/delta?$deltatoken=4" {
		t.Errorf("next link %q", next)
	}
	if filter := s.requests()[0].query["$filter"]; !cmp.Equal(filter, []string{"id eq 'g' or id eq 'h' or id eq 'i'''"}) {
		t.Errorf("filter %q", filter)
	}
}

func TestRecipients(t *testing.T) {
	s := newServer(t, reply(200, `{"value":[{"id":"u1","displayName":"G","mail":"g@x.example","proxyAddresses":["SMTP:g@x.example"],"userType":"Guest"},{"id":"u2","userType":null}]}`))
	c := s.client(t)
	got, err := list(c.Recipients(t.Context(), Users))
	if err != nil {
		t.Fatal(err)
	}
	want := []Recipient{{ID: "u1", DisplayName: "G", Mail: "g@x.example", ProxyAddresses: []string{"SMTP:g@x.example"}, UserType: "Guest"}, {ID: "u2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := list(c.Recipients(t.Context(), Groups)); err != nil {
		t.Fatal(err)
	}
	wantQuery := map[string][]string{"$select": {"id,displayName,mail,proxyAddresses"}, "$top": {"999"}, "$filter": {"mailEnabled eq true"}}
	if diff := cmp.Diff(wantQuery, s.requests()[1].query); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}
