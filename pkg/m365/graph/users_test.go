package graph

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUser(t *testing.T) {
	s := newServer(t,
		reply(200, `{"id":"u-1","createdDateTime":"2026-11-23T02:00:05Z","externalUserState":"PendingAcceptance"}`),
		reply(200, `{"value":[{"id":"g-1","displayName":"Team","mail":"team@contoso.example","mailEnabled":true,"groupTypes":["Unified"]},{"@odata.type":"#microsoft.graph.directoryRole","id":"r-1","displayName":"Reader"}]}`))
	user, err := s.client(t).User(t.Context(), "u-1")
	want := User{ID: "u-1", CreatedDateTime: time.Date(2026, 11, 23, 2, 0, 5, 0, time.UTC), ExternalUserState: "PendingAcceptance"}
	if diff := cmp.Diff(want, user); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var groups []GroupOfUser
	for g, err := range s.client(t).GroupsOfUser(t.Context(), "u-1") {
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, g)
	}
	wanted := []GroupOfUser{
		{ID: "g-1", DisplayName: "Team", Mail: "team@contoso.example", MailEnabled: true, GroupTypes: []string{"Unified"}},
		{ID: "r-1", DisplayName: "Reader"},
	}
	if diff := cmp.Diff(wanted, groups); diff != "" {
		t.Error("groups (-want +got):\n" + diff)
	}
	if asked := s.requests(); asked[0].path != "/v1.0/users/u-1" || asked[1].path != "/v1.0/users/u-1/memberOf" {
		t.Errorf("asked for %s and %s", asked[0].path, asked[1].path)
	}
}

// What is deleted stays so when it is deleted again, so a request whose answer was
// lost is repeated.
func TestDeleting(t *testing.T) {
	s := newServer(t, hangUp, reply(204, ""), reply(500, ""), reply(404, errorBody("Request_ResourceNotFound", "Resource 'u-1' does not exist.")))
	if err := s.client(t).DeleteUser(t.Context(), "u-1"); err != nil {
		t.Error(err)
	}
	if err := s.client(t).RemoveGroupMember(t.Context(), "g-1", "u-1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a member that is gone: %v", err)
	}
	var sent []string
	for _, r := range s.requests() {
		sent = append(sent, r.method+" "+r.path)
	}
	want := []string{
		"DELETE /v1.0/users/u-1", "DELETE /v1.0/users/u-1",
		"DELETE /v1.0/groups/g-1/members/u-1/$ref", "DELETE /v1.0/groups/g-1/members/u-1/$ref",
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error("sent (-want +got):\n" + diff)
	}
	err := newServer(t, reply(403, errorBody("Authorization_RequestDenied", "Insufficient privileges to complete the operation."))).client(t).DeleteUser(t.Context(), "u-1")
	if !errors.Is(err, ErrForbidden) {
		t.Errorf("without the permission: %v", err)
	}
}
