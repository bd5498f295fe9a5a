package journal

import (
	"context"
	"errors"
	"strings"

	"enlist/pkg/onboard"
)

// setting is one of a group's settings that a run can lift.
type setting struct {
	kind string
	name string                     // Exchange's
	of   func(*onboard.Group) *bool // true until it is lifted
}

func settings() []setting {
	return []setting{
		{OpenGroup, "RequireSenderAuthenticationEnabled", func(g *onboard.Group) *bool { return &g.InsideSendersOnly }},
		{ReportToOriginator, "ReportToOriginatorEnabled", func(g *onboard.Group) *bool { return &g.Delivery.NoReports }},
	}
}

// Groups is the tenant's answer, with the settings as the run left them. A group
// that the run has created and has still to tell of is not there yet.
func (t *tenant) Groups(ctx context.Context, name string) ([]onboard.Group, error) {
	found, err := t.Tenant.Groups(ctx, name)
	if err != nil {
		return nil, err
	}
	groups := make([]onboard.Group, 0, len(found)) // the answer may be the tenant's own memory
	for _, g := range found {
		if made, err := t.isUntold(g); err != nil {
			return nil, err
		} else if made {
			continue
		}
		for _, s := range settings() {
			value := s.of(&g)
			if *value, err = t.asLeft(deedKey{kind: s.kind, group: g.ID}, *value); err != nil {
				return nil, err
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// isUntold reports whether the group is one that the run created before it was
// cut off, and has still to tell of.
func (t *tenant) isUntold(g onboard.Group) (bool, error) {
	key := newGroupKey(g.Address)
	done, ok := t.record.deeds.get(key)
	if !ok || !done.earlier {
		return false, nil
	}
	if !done.confirmed {
		// It was not there when that was intended, and is now.
		if err := t.record.created(done, g); err != nil {
			return false, err
		}
		var err error
		if done, err = t.record.confirm(key, done); err != nil {
			return false, err
		}
	}
	return !done.told, nil
}

func newGroupKey(address string) deedKey {
	return deedKey{kind: CreateGroup, group: strings.ToLower(address)}
}

// asLeft gives the value of a setting as the run left it, or before it is told
// that the run lifted it, as it was.
func (t *tenant) asLeft(key deedKey, now bool) (bool, error) {
	done, ok := t.record.deeds.get(key)
	switch {
	case !ok, !done.confirmed && now:
		return now, nil
	case !done.confirmed:
		// It was not lifted when that was intended, and is now.
		var err error
		if done, err = t.record.confirm(key, done); err != nil {
			return now, err
		}
	}
	return !done.told, nil
}

// CreateGroup creates the group, unless the run has done so already. Until the
// group is there it is known by its address only.
func (t *tenant) CreateGroup(ctx context.Context, name string, n onboard.NewGroup) (onboard.Group, error) {
	planned := onboard.Group{ID: strings.ToLower(n.Address), Kind: onboard.GroupDistribution, DisplayName: n.Name, Address: n.Address}
	key := newGroupKey(n.Address)
	if _, ok := t.record.deeds.tell(key); ok {
		return planned, nil
	}
	pending, again, err := t.record.intend(key, onboard.Recipient{}, planned)
	if err != nil {
		return onboard.Group{}, err
	}
	made, err := t.Tenant.CreateGroup(ctx, name, n)
	switch {
	case err == nil:
		return made, errors.Join(t.record.created(pending, made), t.record.done(key, pending, onboard.Recipient{}))
	case again && errors.Is(err, onboard.ErrAlreadyExists):
		// It may be the one of the first try; Groups will show.
		return made, err
	}
	return made, t.record.failed(key, pending, err)
}

// created records what group came of the step.
func (r *Recorder) created(d deed, g onboard.Group) error {
	made := onboard.Group{ID: g.ID, Kind: g.Kind, DisplayName: g.DisplayName, Address: g.Address, Ref: g.Ref}
	return r.journal.writer.put(`UPDATE steps SET edit = ?, group_ref = ? WHERE id = ?`, edit{Created: &made}.text(), g.Ref, d.step)
}

// AllowOutsideSenders opens the group, unless the run has done so already.
func (t *tenant) AllowOutsideSenders(ctx context.Context, g onboard.Group) error {
	return t.lift(ctx, OpenGroup, g, t.Tenant.AllowOutsideSenders)
}

// ReportToOriginator sets the group's delivery reports right, unless the run
// has done so already.
func (t *tenant) ReportToOriginator(ctx context.Context, g onboard.Group) error {
	return t.lift(ctx, ReportToOriginator, g, t.Tenant.ReportToOriginator)
}

func (t *tenant) lift(ctx context.Context, kind string, g onboard.Group, do func(context.Context, onboard.Group) error) error {
	key := deedKey{kind: kind, group: g.ID}
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	pending, _, err := t.record.intend(key, onboard.Recipient{}, g)
	if err != nil {
		return err
	}
	if err := do(ctx, g); err != nil {
		return t.record.failed(key, pending, err)
	}
	return t.record.done(key, pending, onboard.Recipient{})
}

// IsMember is the tenant's answer, unless the run has added the person.
func (t *tenant) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	return t.isOn(ctx, AddMember, g, r, t.Tenant.IsMember)
}

// IsAllowedSender is the tenant's answer, unless the run has listed the sender.
func (t *tenant) IsAllowedSender(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	return t.isOn(ctx, AllowSender, g, r, t.Tenant.IsAllowedSender)
}

// AddMember adds the person, unless the run has done so already.
func (t *tenant) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	return t.putOn(ctx, AddMember, g, r, t.Tenant.AddMember)
}

// AllowSender lists the sender, unless the run has done so already.
func (t *tenant) AllowSender(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	return t.putOn(ctx, AllowSender, g, r, t.Tenant.AllowSender)
}

func onKey(kind string, g onboard.Group, r onboard.Recipient) deedKey {
	return deedKey{kind: kind, address: strings.ToLower(r.Address), group: g.ID}
}

// isOn tells whether the recipient is on one of the group's two lists.
func (t *tenant) isOn(ctx context.Context, kind string, g onboard.Group, r onboard.Recipient,
	ask func(context.Context, onboard.Group, onboard.Recipient) (bool, error)) (bool, error) {
	key := onKey(kind, g, r)
	done, ok := t.record.deeds.get(key)
	if ok && done.confirmed {
		return done.told, nil
	}
	on, err := ask(ctx, g, r)
	if err != nil || !on || !ok {
		return on, err
	}
	// The recipient was not on it when this was intended, and is now.
	done.person = r
	done, err = t.record.confirm(key, done)
	return done.told, err
}

// putOn puts the recipient on one of the group's two lists.
func (t *tenant) putOn(ctx context.Context, kind string, g onboard.Group, r onboard.Recipient,
	do func(context.Context, onboard.Group, onboard.Recipient) error) error {
	key := onKey(kind, g, r)
	if _, ok := t.record.deeds.tell(key); ok {
		return nil
	}
	before := edit{}
	if kind == AllowSender {
		before.Senders = sendersOf(g)
	}
	pending, again, err := t.record.intendEdit(key, r, g, before)
	if err != nil {
		return err
	}
	err = do(ctx, g, r)
	lost := again || errors.Is(err, onboard.ErrUncertain) // an answer, of this try or an earlier one
	switch {
	case err == nil:
		return t.record.done(key, pending, r)
	case lost && errors.Is(err, onboard.ErrAlreadyMember):
		if pending.earlier {
			err = nil
		}
		return errors.Join(t.record.done(key, pending, r), err)
	}
	return t.record.failed(key, pending, err)
}
