package onboard

import (
	"context"
	"errors"
)

// ensureMember sees to it that the person is a direct member of the group.
func (w *worker) ensureMember(ctx context.Context, t *target) {
	action, err := w.findOrAdd(ctx, t.group)
	if errors.Is(err, ErrOnPremisesSynced) {
		err = w.keptOnPremises(t.group, t.policy, err)
	}
	if err != nil {
		t.result.Problem = w.groupProblem(err, "The contact could not be added to "+t.group.Address)
		t.result.Member = actionFor(t.result.Problem)
		return
	}
	t.result.Member = action
}

func (w *worker) findOrAdd(ctx context.Context, group Group) (Action, error) {
	member, err := w.job.Tenant.IsMember(ctx, group, w.person)
	if err != nil {
		return "", err
	}
	if member {
		return MemberExisting, nil
	}
	if err := w.awaitShown(ctx); err != nil {
		return "", err
	}
	for waits := w.waits(); ; {
		err := w.inLine(ctx, group, memberships, func() error { return w.job.Tenant.AddMember(ctx, group, w.person) })
		switch {
		case err == nil:
			return MemberAdded, nil
		case errors.Is(err, ErrAlreadyMember):
			return MemberExisting, nil
		case !isPassing(err, group):
			return "", err
		}
		if w.mayBeGone(err) {
			if err := w.settleAnew(ctx); err != nil {
				return "", err
			}
			continue
		}
		w.noteNotShown()
		if waitErr := waits.next(ctx); waitErr != nil {
			return "", firstNot(waitErr, errNoMorePatience, err)
		}
		w.noteRepeated(err)
	}
}

// mayBeGone reports whether the person, who was known from earlier, may not
// exist any more. That is looked into once.
func (w *worker) mayBeGone(err error) bool {
	return errors.Is(err, ErrRecipientNotFound) && !w.person.New && !w.settledAnew
}

// settleAnew asks the tenant who holds the row's address now, and creates the
// contact if nobody does.
func (w *worker) settleAnew(ctx context.Context) error {
	w.settledAnew = true
	if !w.ensureContact(ctx, w.job.Tenant.CurrentHolders) {
		return w.contact.Problem
	}
	return nil
}
