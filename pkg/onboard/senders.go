package onboard

import "context"

// sendersChange is the setting that keeps people outside from writing to a group.
const sendersChange = "RequireSenderAuthenticationEnabled"

// ensureSenders sees to it that the group's sender restriction is as the
// policy wants it, now that the person is a member. Somebody inside can write
// anyway, so a group is opened only for those outside.
func (w *worker) ensureSenders(ctx context.Context, t *target) {
	if t.policy.Senders == SendersOff || w.person.Kind == KindMailbox {
		return
	}
	if t.policy.Protected || t.policy.Senders == SendersReport {
		t.result.Senders = sendersAsFound(t.group)
		if t.result.Senders == SendersClosed && t.policy.Protected {
			t.result.Problem = newProblem(CodeGroupProtected, nil,
				"%s is protected and was not opened, so mail from this person to it bounces with 550 5.7.133.", t.group.Address)
		}
		return
	}
	action, err := w.openTo(ctx, t)
	if err != nil {
		t.result.Problem = w.groupProblem(err, "The sender restriction of "+t.group.Address+" could not be lifted")
		action = actionFor(t.result.Problem)
	}
	t.result.Senders = action
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
func (w *worker) openTo(ctx context.Context, t *target) (Action, error) {
	group := t.group
	action := SendersOpen
	if t.policy.Senders == SendersFromList {
		action = SendersListed
		err := w.once(ctx, "inside "+group.ID, t, func() ([]Change, error) {
			return w.allowInside(ctx, group, t.policy.InternalSenders)
		})
		if err != nil {
			return "", err
		}
		if t.result.NewlyListed, err = w.allow(ctx, group, w.person); err != nil {
			return "", err
		}
	}
	return action, w.once(ctx, "open "+group.ID, t, func() ([]Change, error) { return w.open(ctx, group) })
}

// open lifts the restriction to senders inside.
func (w *worker) open(ctx context.Context, group Group) ([]Change, error) {
	if !group.InsideSendersOnly {
		return nil, nil
	}
	err := w.insist(ctx, group, settings, func() error { return w.job.Tenant.AllowOutsideSenders(ctx, group) })
	if err != nil {
		return nil, err
	}
	return []Change{{What: sendersChange, From: "True", To: "False"}}, nil
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
	err = w.insist(ctx, group, allowedSenders, func() error { return w.job.Tenant.AllowSender(ctx, group, sender) })
	return err == nil, err
}

// insist repeats a command that changes the part of the group, while the tenant
// may only need some time.
func (w *worker) insist(ctx context.Context, group Group, p part, do func() error) error {
	for waits := w.waits(); ; {
		err := w.inLine(ctx, group, p, do)
		if !isPassing(err, group) {
			return err
		}
		if waitErr := waits.next(ctx); waitErr != nil {
			return firstNot(waitErr, errNoMorePatience, err)
		}
		w.noteRepeated(err)
	}
}
