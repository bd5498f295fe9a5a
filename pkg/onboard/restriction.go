package onboard

import (
	"context"
	"fmt"
)

// Restriction is what a mail contact's own settings say about mail to it. Mail
// that a group takes bounces for such a member all the same.
type Restriction struct {
	// InsideSendersOnly is RequireSenderAuthenticationEnabled of the contact.
	InsideSendersOnly bool
	// Accepts and Rejects count senders, as those of [Delivery] do.
	Accepts, Rejects int
}

// RestrictionReader tells what mail contacts refuse.
type RestrictionReader interface {
	// Restriction tells the contact's restriction, as far as is known without
	// asking about each contact. What can't be told is none.
	Restriction(ctx context.Context, r Recipient) (Restriction, error)
}

// inspectPerson tells what keeps mail to the groups from this member. It matters
// in groups only whose mail from outside anybody cares about.
func (w *worker) inspectPerson(ctx context.Context, targets []target) {
	if w.person.Kind != KindContact || w.person.New {
		return
	}
	for _, t := range targets {
		member := t.result.Member == MemberAdded || t.result.Member == MemberExisting
		if member && t.policy.Senders != SendersOff {
			w.findRestriction(ctx)
			return
		}
	}
}

func (w *worker) findRestriction(ctx context.Context) {
	r, err := w.job.Tenant.Restriction(ctx, w.person)
	if err != nil {
		return // no reason for a row to fail
	}
	find := func(is bool, code Code, format, setting string) {
		if !is {
			return
		}
		p := newProblem(code, nil, format, w.person.Address)
		p.NextStep = fmt.Sprintf("Unless that is as it should be, run in Exchange Online PowerShell: Set-MailContact -Identity %s -%s", quoted(w.person.Address), setting)
		w.contact.Findings = append(w.contact.Findings, p)
	}
	find(r.InsideSendersOnly, CodeContactInsideOnly,
		"The mail contact %s takes mail from inside only: what people outside write to the groups bounces for this member.", "RequireSenderAuthenticationEnabled $false")
	find(r.Accepts > 0, CodeContactSendersLimited,
		"The mail contact %s takes mail from listed senders only: what others write to the groups bounces for this member.", "AcceptMessagesOnlyFromSendersOrMembers $null")
	find(r.Rejects > 0, CodeContactSendersRejected,
		"The mail contact %s takes no mail from some senders: what they write to the groups bounces for this member.", "RejectMessagesFromSendersOrMembers $null")
}
