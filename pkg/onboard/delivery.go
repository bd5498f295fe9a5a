package onboard

import (
	"context"
	"fmt"
)

// Delivery is what a group's settings say about mail to it and from it, besides
// [Group.InsideSendersOnly].
type Delivery struct {
	// Accepts counts the senders that the group takes mail from; with none, it
	// is not limited to any. Rejects counts those that it takes no mail from.
	Accepts, Rejects int
	// Moderated: mail waits until a moderator lets it through.
	Moderated bool
	// Hidden: the group is in no address list.
	Hidden bool
	// NoReports: delivery reports go neither to who wrote nor to a manager of
	// the group, so mail leaves with an empty return path, and the servers of
	// outside members may drop it without a word.
	NoReports bool
	// ToManager: delivery reports go to a manager of the group.
	ToManager bool
}

// ReportPolicy says what to do about groups that send mail with an empty
// return path.
type ReportPolicy string

// The policies.
const (
	// ReportsReport only tells which groups do.
	ReportsReport ReportPolicy = "report"
	// ReportsFix lets delivery reports go to who wrote.
	ReportsFix ReportPolicy = "fix"
)

// GroupSettings are the changes to a group's settings.
type GroupSettings interface {
	// AllowOutsideSenders sets RequireSenderAuthenticationEnabled of the
	// group to false, so that it takes mail from outside. Repeating it is
	// harmless.
	AllowOutsideSenders(ctx context.Context, g Group) error
	// IsAllowedSender tells whether the recipient, a person or a group, is on
	// the group's list of those it takes mail from
	// (AcceptMessagesOnlyFromSendersOrMembers). It may answer from what was
	// read earlier.
	IsAllowedSender(ctx context.Context, g Group, r Recipient) (bool, error)
	// AllowSender adds the recipient to that list, whatever others do to the
	// list at the same time. Repeating it is harmless.
	AllowSender(ctx context.Context, g Group, r Recipient) error
	// ReportToOriginator sets ReportToOriginatorEnabled of the group to true,
	// so that delivery reports go to who wrote. Repeating it is harmless.
	ReportToOriginator(ctx context.Context, g Group) error
}

// Change is a setting or attribute that was changed.
type Change struct {
	// What is Exchange's name of a group's setting, or a contact's [Field].
	What     string
	From, To string // empty for nothing
}

// inspect tells of the group what else can make mail bounce or vanish, and sets
// right what the job says.
func (w *worker) inspect(ctx context.Context, t *target) {
	t.result.Findings = senderFindings(t.group, t.policy.Senders)
	if t.group.Delivery.NoReports {
		w.ensureReports(ctx, t)
	}
	w.findCrowd(t)
}

// senderFindings are about mail to the group. A list of allowed senders is what
// the policy "listed" wants.
func senderFindings(group Group, policy SenderPolicy) []*Problem {
	d := group.Delivery
	if policy == SendersOff {
		return nil
	}
	var found []*Problem
	find := func(code Code, format string, args ...any) {
		found = append(found, newProblem(code, nil, format, args...))
	}
	if d.Accepts > 0 && policy != SendersFromList {
		find(CodeGroupSendersLimited, "%s takes mail from %s only; from everybody else it bounces with 550 5.7.124.", group.Address, counted(d.Accepts, "listed sender"))
	}
	if d.Rejects > 0 {
		find(CodeGroupSendersRejected, "%s takes no mail from %s.", group.Address, counted(d.Rejects, "listed sender"))
	}
	if d.Moderated {
		find(CodeGroupModerated, "%s holds mail until a moderator lets it through.", group.Address)
	}
	if d.Hidden {
		find(CodeGroupHidden, "%s is hidden from address lists; mail to it arrives, but nobody finds it there.", group.Address)
	}
	return found
}

// ensureReports deals with a group that sends mail with an empty return path.
func (w *worker) ensureReports(ctx context.Context, t *target) {
	group, result := t.group, &t.result
	if t.policy.Reports != ReportsFix {
		result.Findings = append(result.Findings, newProblem(CodeGroupNoReports, nil,
			"%s sends mail on with an empty return path, since it reports to nobody; the servers of outside members may drop such mail without a word.", group.Address))
		return
	}
	err := w.once(ctx, "reports "+group.ID, t, func() ([]Change, error) {
		if err := w.insist(ctx, group, settings, func() error { return w.job.Tenant.ReportToOriginator(ctx, group) }); err != nil {
			return nil, err
		}
		return []Change{{What: "ReportToOriginatorEnabled", From: "False", To: "True"}}, nil
	})
	if err != nil && result.Problem == nil {
		result.Problem = w.groupProblem(err, "The delivery reports of "+group.Address+" could not be set right")
	}
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
