package onboard

import "context"

// ensureSenders sees to it that the group's sender restriction is as the
// policy wants it, now that the person is a member. Somebody inside can write
// anyway, so a group is opened only for those outside.
func (w *worker) ensureSenders(ctx context.Context, group Group, policy Policy, result *GroupResult) {
	if policy.Senders == SendersOff || w.person.Kind == KindMailbox {
		return
	}
	if policy.Protected || policy.Senders == SendersReport {
		result.Senders = sendersAsFound(group)
		if result.Senders == SendersClosed && policy.Protected {
			result.Problem = newProblem(CodeGroupProtected, nil,
				"%s is protected and was not opened, so mail from this person to it bounces with 550 5.7.133.", group.Address)
		}
		return
	}
	action, err := w.openTo(ctx, group, policy, result)
	if err != nil {
		result.Problem = w.problem(err, "The sender restriction of "+group.Address+" could not be lifted")
		action = actionFor(result.Problem)
	}
	result.Senders = action
}

func sendersAsFound(group Group) Action {
	if group.InsideSendersOnly {
		return SendersClosed
	}
	return SendersOpen
}

// openTo opens the group to the person. With a list, the list comes first, so
// that the group is at no time open to everybody: those inside, who could write
// before, then the person, then the authentication.
func (w *worker) openTo(ctx context.Context, group Group, policy Policy, result *GroupResult) (Action, error) {
	listed := policy.Senders == SendersFromList
	if listed {
		changes, err := w.once(ctx, "inside "+group.ID, func() ([]Change, error) { return w.allowInside(ctx, group, policy.InternalSenders) })
		result.Changes = append(result.Changes, changes...)
		if err != nil {
			return "", err
		}
		if result.NewlyListed, err = w.allow(ctx, group, w.person); err != nil {
			return "", err
		}
	}
	changes, err := w.once(ctx, "open "+group.ID, func() ([]Change, error) { return w.open(ctx, group) })
	result.Changes = append(result.Changes, changes...)
	switch {
	case err != nil:
		return "", err
	case listed:
		return SendersListed, nil
	case len(changes) > 0:
		return SendersOpened, nil
	}
	return SendersOpen, nil
}

// open lifts the restriction to senders inside.
func (w *worker) open(ctx context.Context, group Group) ([]Change, error) {
	if !group.InsideSendersOnly {
		return nil, nil
	}
	err := w.insist(ctx, group, func() error { return w.job.Tenant.AllowOutsideSenders(ctx, group) })
	if err != nil {
		return nil, err
	}
	return []Change{{What: "RequireSenderAuthenticationEnabled", From: "True", To: "False"}}, nil
}

// allowInside puts the group of everybody inside on the group's list.
func (w *worker) allowInside(ctx context.Context, group, inside Group) ([]Change, error) {
	added, err := w.allow(ctx, group, Recipient{
		ID: inside.ID, Kind: KindGroup, DisplayName: inside.DisplayName, Address: inside.Address, Ref: inside.Ref,
	})
	if !added {
		return nil, err
	}
	return []Change{{What: "AcceptMessagesOnlyFromSendersOrMembers", To: inside.Address}}, err
}

// allow puts the sender on the group's list, and reports whether it was not
// there already. A new contact may not be found at once.
func (w *worker) allow(ctx context.Context, group Group, sender Recipient) (added bool, err error) {
	listed, err := w.job.Tenant.IsAllowedSender(ctx, group, sender)
	if err != nil || listed {
		return false, err
	}
	err = w.insist(ctx, group, func() error { return w.job.Tenant.AllowSender(ctx, group, sender) })
	return err == nil, err
}

// insist repeats a command while the tenant may only need some time.
func (w *worker) insist(ctx context.Context, group Group, do func() error) error {
	for waits := w.waits(); ; {
		err := do()
		if !isPassing(err, group) {
			return err
		}
		if waitErr := waits.next(ctx); waitErr != nil {
			return firstNot(waitErr, errNoMorePatience, err)
		}
	}
}
