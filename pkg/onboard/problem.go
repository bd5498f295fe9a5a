package onboard

import (
	"errors"
	"fmt"
	"strings"
)

// Code is the stable, dotted name of a kind of problem, for programs that act
// on it. The first part says where the trouble lies: row, contact, group,
// tenant or run.
type Code string

// Problem is what went wrong with a row or a part of it, told so that a person
// can mend it. It is an error.
type Problem struct {
	Code     Code
	Message  string // what happened
	NextStep string // what to do about it
	Cause    error  `json:"-"` // the error beneath, if any; the message has put it into words
}

// Error gives the code and what happened.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Message }

// Unwrap gives the error beneath.
func (p *Problem) Unwrap() error { return p.Cause }

// The codes of problems that show when a row meets the tenant. Those of a row
// that can't be read at all are with the intake.
const (
	CodeAddressIsGroup   Code = "contact.address_is_group"
	CodeAddressAmbiguous Code = "contact.address_ambiguous"
	CodeAddressInUse     Code = "contact.address_in_use"
	CodeOwnDomain        Code = "contact.own_domain"
	CodeContactRefused   Code = "contact.refused"
	CodeContactNotReady  Code = "contact.not_ready"
	CodeContactUncertain Code = "contact.uncertain"
	CodeAttributesNotSet Code = "contact.attributes_not_set"

	CodeAttributesNotUpdated Code = "contact.attributes_not_updated"

	CodeKeyAmbiguous      Code = "contact.key_ambiguous"
	CodeKeyNotOfContact   Code = "contact.key_not_of_contact"
	CodeKeyOfOtherRow     Code = "contact.key_of_other_row"
	CodeKeyDiffers        Code = "contact.key_differs"
	CodeKeyElsewhere      Code = "contact.key_elsewhere"
	CodeAddressNotChanged Code = "contact.address_not_changed"

	CodeContactInsideOnly      Code = "contact.inside_senders_only"
	CodeContactSendersLimited  Code = "contact.senders_limited"
	CodeContactSendersRejected Code = "contact.senders_rejected"

	CodeInvitationBlocked Code = "guest.invitation_blocked"
	CodeGuestIsContact    Code = "guest.address_of_contact"

	CodeGroupNotFound      Code = "group.not_found"
	CodeGroupAmbiguous     Code = "group.ambiguous"
	CodeGroupDynamic       Code = "group.kind.dynamic"
	CodeGroupMicrosoft365  Code = "group.kind.microsoft365"
	CodeGroupRoomList      Code = "group.kind.room_list"
	CodeGroupOnPremises    Code = "group.kind.on_premises"
	CodeGroupNotManager    Code = "group.not_manager"
	CodeGroupRefusesMember Code = "group.member_refused"
	CodeMemberNotVisible   Code = "group.member_not_visible"
	CodeGroupProtected     Code = "group.protected"
	CodeGroupNotCreated    Code = "group.not_created"
	CodeGroupRefused       Code = "group.refused"
	CodeGroupConflict      Code = "group.conflict"

	CodeGroupSendersLimited  Code = "group.senders_limited"
	CodeGroupSendersRejected Code = "group.senders_rejected"
	CodeGroupModerated       Code = "group.moderated"
	CodeGroupHidden          Code = "group.hidden"
	CodeGroupNoReports       Code = "group.no_delivery_reports"
	CodeGroupCrowded         Code = "group.many_outside_members"
	CodeGroupLarge           Code = "group.over_5000_members"

	CodeCreationQuota Code = "tenant.creation_quota"
	CodeThrottled     Code = "tenant.throttled"
	CodeUnavailable   Code = "tenant.unavailable"
	CodeDenied        Code = "tenant.denied"
	CodeUnexpected    Code = "tenant.unexpected_answer"

	CodeInterrupted Code = "run.interrupted"
	CodeDeadline    Code = "run.deadline"
	CodeStopped     Code = "run.stopped"
)

// newProblem makes a problem with the next step that goes with its code. What
// the tenant says may or may not end with a full stop; the message does.
func newProblem(code Code, cause error, format string, args ...any) *Problem {
	message := strings.TrimSuffix(fmt.Sprintf(format, args...), ".") + "."
	return &Problem{Code: code, Message: message, NextStep: nextStep(code), Cause: cause}
}

func nextStep(code Code) string {
	for _, e := range Explanations() {
		if e.Code == code {
			return e.NextStep
		}
	}
	return ""
}

// problemOf tells an error of the tenant as a problem. doing says what could not be
// done, as in "The contact could not be added to a group".
func problemOf(err error, doing string) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	code := CodeUnexpected
	for _, c := range []struct {
		is   error
		code Code
	}{
		{ErrCreationQuota, CodeCreationQuota},
		{ErrThrottled, CodeThrottled},
		{ErrDenied, CodeDenied},
		{ErrUnavailable, CodeUnavailable},
		{ErrUncertain, CodeContactUncertain},
		{ErrOwnDomain, CodeOwnDomain},
		{ErrAlreadyExists, CodeAddressInUse},
		{ErrNotReady, CodeContactNotReady},
		{ErrInvitationBlocked, CodeInvitationBlocked},
		{ErrOnPremisesSynced, CodeGroupOnPremises},
		{ErrNotManager, CodeGroupNotManager},
		{ErrMemberRefused, CodeGroupRefusesMember},
		{ErrGroupNotFound, CodeGroupNotFound},
		{ErrRecipientNotFound, CodeMemberNotVisible},
		{ErrConflict, CodeGroupConflict},
		{ErrRefused, CodeContactRefused},
	} {
		if errors.Is(err, c.is) {
			code = c.code
			break
		}
	}
	return newProblem(code, err, "%s: %v", doing, err)
}

// deferrable reports whether trying again later, unchanged, may help.
func (p *Problem) deferrable() bool {
	switch p.Code {
	case CodeCreationQuota, CodeGroupConflict, CodeThrottled, CodeUnavailable, CodeInterrupted, CodeDeadline, CodeStopped:
		return true
	}
	return false
}
