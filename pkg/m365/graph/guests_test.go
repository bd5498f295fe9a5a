package graph

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func errorBody(code, message string) string {
	body, _ := json.Marshal(map[string]any{"error": map[string]string{"code": code, "message": message}})
	return string(body)
}

func TestInvite(t *testing.T) {
	s := newServer(t, reply(201, `{"id":"i-1","status":"PendingAcceptance","invitedUser":{"id":"u-1"}}`))
	id, err := s.client(t).Invite(t.Context(), Invitation{Address: "ana@fabrikam.example", DisplayName: "Ana", RedirectURL: "https://contoso.example/", Send: true, Message: "Welcome"})
	if id != "u-1" || err != nil {
		t.Fatalf("got %q, %v", id, err)
	}
	got := s.requests()[0]
	const want = `{"inviteRedirectUrl":"https://contoso.example/","invitedUserDisplayName":"Ana","invitedUserEmailAddress":"ana@fabrikam.example","invitedUserMessageInfo":{"customizedMessageBody":"Welcome"},"sendInvitationMessage":true}`
	if diff := cmp.Diff(want, got.body); diff != "" || got.method != "POST" || got.path != "/v1.0/invitations" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %s (-want +got):\n%s", got.method, got.path, got.header.Get("Content-Type"), diff)
	}
}

func TestInviteRefused(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"by the organisation", 403, errorBody("Forbidden", "Guest invitations not allowed for your company. Contact your company administrator for more details."), ErrInvitationBlocked},
		{"for want of a permission", 403, errorBody("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), ErrForbidden},
		{"as somebody has the address", 400, errorBody("BadRequest", "The invited user already exists in the directory as object ID: 1."), ErrInvitedExists},
		{"as the address is none", 400, errorBody("BadRequest", "The invited user's email address is invalid."), ErrBadRequest},
		{"with an answer that names nobody", 201, `{"id":"i-1"}`, ErrUncertain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newServer(t, reply(tt.status, tt.body)).client(t).Invite(t.Context(), Invitation{})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if blocked := errors.Is(err, ErrInvitationBlocked); blocked != (tt.want == ErrInvitationBlocked) {
				t.Errorf("blocked: %v", blocked)
			}
		})
	}
}

// What may have been done is not sent again, and said to be uncertain.
func TestWritesAreNotRepeatedBlindly(t *testing.T) {
	s := newServer(t, hangUp)
	if _, err := s.client(t).Invite(t.Context(), Invitation{}); !errors.Is(err, ErrUncertain) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if n := len(s.requests()); n != 1 {
		t.Errorf("sent %d times", n)
	}
	s = newServer(t, reply(429, errorBody("TooManyRequests", "")), reply(204, ""))
	if err := s.client(t).AddGroupMember(t.Context(), "g-1", "u-1"); err != nil {
		t.Errorf("throttled once: %v", err)
	}
}

func TestAddGroupMember(t *testing.T) {
	s := newServer(t, reply(204, ""))
	if err := s.client(t).AddGroupMember(t.Context(), "g-1", "u-1"); err != nil {
		t.Fatal(err)
	}
	got := s.requests()[0]
	want := `{"@odata.id":"` + s.URL + `/v1.0/directoryObjects/u-1"}`
	if got.method != "POST" || got.path != "/v1.0/groups/g-1/members/$ref" || got.body != want {
		t.Errorf("%s %s %s", got.method, got.path, got.body)
	}
	for _, tt := range []struct {
		status  int
		message string
		want    error
	}{
		{400, "One or more added object references already exist for the following modified properties: 'members'.", ErrAlreadyMember},
		{404, "Resource 'u-1' does not exist or one of its queried reference-property objects are not present.", ErrNotReplicated},
		{400, "The source resource object or one of the objects being referenced do not exist.", ErrNotReplicated},
		{409, "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.", ErrConflict},
		{403, "Guest users are not allowed in this group.", ErrGuestRefused},
		{403, "Insufficient privileges to complete the operation.", ErrForbidden},
	} {
		err := newServer(t, reply(tt.status, errorBody("x", tt.message))).client(t).AddGroupMember(t.Context(), "g-1", "u-1")
		if !errors.Is(err, tt.want) {
			t.Errorf("%q becomes %v, want %v", tt.message, err, tt.want)
		}
	}
}
