package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// What Graph's refusals of an invitation or of a member mean, for errors.Is. The texts of most are not documented; what
// is not known here matches the kind of its status only.
var (
	// ErrInvitationBlocked: the organisation's settings forbid to invite, or to invite people of this domain.
	ErrInvitationBlocked = errors.New("the organisation's settings forbid the invitation")
	// ErrInvitedExists: somebody in the organisation who is no guest has the address.
	ErrInvitedExists = errors.New("somebody in the organisation has the address already")
	// ErrAlreadyMember: there was nothing to add.
	ErrAlreadyMember = errors.New("already a member")
	// ErrNotReplicated: the group or the member, which may be new, is not known everywhere yet.
	ErrNotReplicated = errors.New("not known everywhere yet")
	// ErrConflict: another request changed the group at the same time, and this
	// one was not carried out (observed on other objects: 409,
	// Directory_ConcurrencyViolation).
	ErrConflict = errors.New("another request changes the group")
	// ErrGuestRefused: the group takes no guests, or is none that Graph changes.
	ErrGuestRefused = errors.New("the group takes no guests")
	// ErrUncertain: there was no sensible answer, so it may have been done.
	ErrUncertain = errors.New("it is not known whether it was done")
)

// Invitation is what a person is invited as a guest with.
type Invitation struct {
	Address     string
	DisplayName string // empty: Graph makes one of the address
	RedirectURL string // where the person lands after accepting
	Send        bool   // have Microsoft send a mail to the person
	Message     string // in that mail
}

// Invite makes a guest of the person, and returns the id of the user. Whoever is a guest already stays the same one
// (learn.microsoft.com/graph/api/invitation-post). A mail contact must not hold the address: the guest would come out
// without mail and proxy addresses (observed: azure-docs#74908).
func (c *Client) Invite(ctx context.Context, i Invitation) (userID string, err error) {
	body := map[string]any{
		"invitedUserEmailAddress": i.Address,
		"inviteRedirectUrl":       i.RedirectURL,
		"sendInvitationMessage":   i.Send,
	}
	if i.DisplayName != "" {
		body["invitedUserDisplayName"] = i.DisplayName
	}
	if i.Message != "" {
		body["invitedUserMessageInfo"] = map[string]string{"customizedMessageBody": i.Message}
	}
	answer, err := c.post(ctx, "{+baseurl}/invitations", nil, body)
	if err != nil {
		return "", refined(err,
			text{http.StatusForbidden, "invitation", ErrInvitationBlocked},
			text{http.StatusBadRequest, "already exists in the directory", ErrInvitedExists},
			text{http.StatusBadRequest, "not allowed", ErrInvitationBlocked},
			text{http.StatusBadRequest, "is blocked", ErrInvitationBlocked})
	}
	var invited struct {
		User struct {
			ID string `json:"id"`
		} `json:"invitedUser"`
	}
	if err := json.Unmarshal(answer, &invited); err != nil || invited.User.ID == "" {
		return "", &marked{ErrUncertain, errors.New("graph: POST /invitations: the answer names no user")}
	}
	return invited.User.ID, nil
}

// AddGroupMember adds a user to a Microsoft 365 group; both are ids. ErrAlreadyMember says that there was nothing to do.
func (c *Client) AddGroupMember(ctx context.Context, groupID, userID string) error {
	_, err := c.post(ctx, "{+baseurl}/groups/{group%2Did}/members/$ref", map[string]string{"group%2Did": groupID},
		map[string]any{"@odata.id": c.base.String() + "/directoryObjects/" + userID})
	return refined(err,
		text{http.StatusBadRequest, "references already exist", ErrAlreadyMember},
		text{http.StatusBadRequest, "being referenced do not exist", ErrNotReplicated},
		text{http.StatusNotFound, "queried reference-property objects", ErrNotReplicated},
		text{http.StatusConflict, "", ErrConflict},
		text{http.StatusBadRequest, "cannot update a mail-enabled", ErrGuestRefused},
		text{http.StatusForbidden, "guest", ErrGuestRefused},
		text{http.StatusBadRequest, "guest", ErrGuestRefused})
}

// post sends body as JSON. The SDK's own models for that cost thirty megabytes of binary.
func (c *Client) post(ctx context.Context, template string, path map[string]string, body any) ([]byte, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	parameters := c.root()
	for name, value := range path {
		parameters[name] = value
	}
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.POST, template, parameters)
	request.Headers.TryAdd("Accept", "application/json")
	request.SetStreamContentAndContentType(content, "application/json")
	answer, err := c.send(ctx, request)
	if e, ok := errors.AsType[*Error](err); ok && e.mayBeDone() {
		return nil, &marked{ErrUncertain, err}
	}
	return answer, err
}

// mayBeDone reports whether the request may have been carried out although it failed.
func (e *Error) mayBeDone() bool {
	switch e.Status {
	case 0, http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// text is a part of an error's message, in lower case, that tells what the error is.
type text struct {
	status int
	part   string
	kind   error
}

// refined tells what the error is by its message.
func refined(err error, texts ...text) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for _, t := range texts {
		if e.Status == t.status && strings.Contains(strings.ToLower(e.Message), t.part) {
			return &marked{t.kind, err}
		}
	}
	return err
}

// marked is an error of which more is known than its status. It reads like that error.
type marked struct{ kind, err error }

func (m *marked) Error() string   { return m.err.Error() }
func (m *marked) Unwrap() []error { return []error{m.kind, m.err} }
