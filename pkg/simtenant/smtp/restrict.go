package smtp

import (
	gosmtp "github.com/emersion/go-smtp"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// largeGroup is how many members a group may have before only they may send to
// it, under moderation (OfficeDocs-Support, fix-error-code-5-7-124).
const largeGroup = 5000

// verdict is what a recipient's own settings say to a sender.
type verdict struct {
	refused *gosmtp.SMTPError
	held    bool // until a moderator agrees
}

// judge asks the settings of one recipient, in the order in which the service's
// articles list them (contracts/exchange-admin-api.md, 9.3).
func judge(view directory.View, to *directory.Object, from sender) verdict {
	if to.RequireSenderAuthentication && from.inside == nil {
		return verdict{refused: wantsInsiders(to.Kind)}
	}
	large := to.Kind.Has(directory.Groups) && view.MemberCount(to.ID) > largeGroup
	if large && !from.is(view, []uuid.UUID{to.ID}) {
		return verdict{refused: errNotAllowed}
	}
	rules := to.Delivery
	if rules == nil {
		rules = &directory.Delivery{}
	}
	switch {
	case len(rules.AcceptFrom) > 0 && !from.is(view, rules.AcceptFrom):
		return verdict{refused: errNotAllowed}
	case from.is(view, rules.RejectFrom):
		return verdict{refused: errRejected}
	}
	return verdict{held: (large || rules.Moderated) && !passes(view, to, rules, from)}
}

// passes tells whether a mail needs nobody's consent. The owners moderate when
// nobody is named (OfficeDocs-Exchange, manage-distribution-groups).
func passes(view directory.View, to *directory.Object, rules *directory.Delivery, from sender) bool {
	moderators := rules.ModeratedBy
	if len(moderators) == 0 && to.Group != nil {
		moderators = to.Group.ManagedBy
	}
	return from.is(view, moderators) || from.is(view, rules.BypassModeration)
}

func wantsInsiders(kind directory.Kind) *gosmtp.SMTPError {
	switch {
	case kind.Has(directory.Microsoft365):
		return errM365WantsInsiders
	case kind.Has(directory.Groups):
		return errGroupWantsInsiders
	case kind.Has(directory.Contact):
		return errContactWantsInsiders
	case kind.Has(directory.MailUser | directory.Guest):
		return errMailUserWantsInsiders
	default:
		return errMailboxWantsInsiders
	}
}
