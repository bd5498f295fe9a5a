package onboard

import (
	"context"
	"errors"
)

// ensureMember sees to it that the person is a direct member of the group.
func (w *worker) ensureMember(ctx context.Context, group Group, result *GroupResult) {
	action, err := w.findOrAdd(ctx, group)
	if err != nil {
		result.Problem = w.problem(err, "The contact could not be added to "+group.Address)
		result.Member = actionFor(result.Problem)
		return
	}
	w.breaker.succeeded()
	result.Member = action
}

func (w *worker) findOrAdd(ctx context.Context, group Group) (Action, error) {
	member, err := w.job.Tenant.IsMember(ctx, group, w.person)
	if err != nil {
		return "", err
	}
	if member {
		return MemberExisting, nil
	}
	for waits := w.waits(); ; {
		err := w.job.Tenant.AddMember(ctx, group, w.person)
		switch {
		case err == nil:
			return MemberAdded, nil
		case errors.Is(err, ErrAlreadyMember):
			return MemberExisting, nil
		case !errors.Is(err, ErrRecipientNotFound) && !errors.Is(err, ErrNotReady) && !errors.Is(err, ErrUncertain):
			return "", err
		}
		if waitErr := waits.next(ctx); waitErr != nil {
			return "", firstNot(waitErr, errNoMorePatience, err)
		}
	}
}
