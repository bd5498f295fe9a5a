package journal

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"enlist/pkg/onboard"
)

// CodePlanDiffers: the tenant is not any more as the plan supposes.
const CodePlanDiffers onboard.Code = "plan.differs"

// Explanations gives the codes of this package with their meanings.
func Explanations() []onboard.Explanation {
	return []onboard.Explanation{
		{Code: CodePlanDiffers, Meaning: "The tenant is not any more as it was when the plan was made, so the row would need a change that the plan doesn't name, or not the one that it names.",
			NextStep: "Make a new plan of the retry file, look at it, and run that."},
	}
}

// planned is a tenant that takes no change that is not in the plan, and refuses
// to go on where one is not needed any more.
type planned struct {
	onboard.Tenant
	plan *Plan

	mu   sync.Mutex
	done toldDeeds
}

// Hold gives t, held to the plan. What earlier sittings of the recorded run did
// is known from the record; nil for a run that is not recorded.
func (p *Plan) Hold(t onboard.Tenant, record *Recorder) onboard.Tenant {
	held := &planned{Tenant: t, plan: p, done: toldDeeds{}}
	if record != nil {
		maps.Copy(held.done, record.told)
	}
	return held
}

// differs says in which way the tenant is not as the plan supposes.
func differs(format string, args ...any) error {
	return &onboard.Problem{Code: CodePlanDiffers, Message: fmt.Sprintf(format, args...),
		NextStep: Explanations()[0].NextStep}
}

// wants reports whether the change is in the plan, by any of the person's names.
func (t *planned) wants(kind, group string, persons ...string) bool {
	return t.plan.deeds.hasAny(kind, group, persons...)
}

// did reports whether the run has made the change already.
func (t *planned) did(kind, group string, persons ...string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done.hasAny(kind, group, persons...)
}

func (t *planned) note(kind, group, person string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[toldKey{kind, strings.ToLower(person), strings.ToLower(group)}] = true
}

func (t toldDeeds) hasAny(kind, group string, persons ...string) bool {
	for _, person := range persons {
		if t[toldKey{kind, strings.ToLower(person), strings.ToLower(group)}] {
			return true
		}
	}
	return false
}

// Holders refuses an address that somebody holds whom the plan creates.
func (t *planned) Holders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	found, err := t.Tenant.Holders(ctx, address)
	return t.still(address, found, err)
}

// CurrentHolders does the same.
func (t *planned) CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error) {
	found, err := t.Tenant.CurrentHolders(ctx, address)
	return t.still(address, found, err)
}

func (t *planned) still(address string, found []onboard.Recipient, err error) ([]onboard.Recipient, error) {
	for _, kind := range []string{CreateContact, InviteGuest} {
		if err == nil && len(found) > 0 && t.wants(kind, "", address) && !t.did(kind, "", address) {
			return nil, differs("By the plan nobody holds %s, and somebody does now.", address)
		}
	}
	return found, err
}

// CreateContact creates a contact that is in the plan.
func (t *planned) CreateContact(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	return t.make(ctx, CreateContact, c, t.Tenant.CreateContact)
}

// InviteGuest invites a guest who is in the plan.
func (t *planned) InviteGuest(ctx context.Context, c onboard.Contact) (onboard.Recipient, error) {
	return t.make(ctx, InviteGuest, c, t.Tenant.InviteGuest)
}

func (t *planned) make(ctx context.Context, kind string, c onboard.Contact,
	do func(context.Context, onboard.Contact) (onboard.Recipient, error)) (onboard.Recipient, error) {
	if !t.wants(kind, "", c.Email) {
		return onboard.Recipient{}, differs("By the plan somebody holds %s, and nobody does now.", c.Email)
	}
	t.note(kind, "", c.Email) // before, since the answer may get lost
	return do(ctx, c)
}

// UpdateContact changes a contact that the plan changes.
func (t *planned) UpdateContact(ctx context.Context, r onboard.Recipient, fields []onboard.Field, c onboard.Contact) error {
	if !t.wants(UpdateContact, "", r.Address, r.ID, c.Email) {
		return differs("By the plan the attributes of %s are as wanted, and they are not now.", r.Address)
	}
	return t.Tenant.UpdateContact(ctx, r, fields, c)
}

// CreateGroup creates a group that the plan creates.
func (t *planned) CreateGroup(ctx context.Context, name string, n onboard.NewGroup) (onboard.Group, error) {
	if !t.wants(CreateGroup, n.Address, "") {
		return onboard.Group{}, differs("By the plan there is a group %s, and there is none now.", n.Address)
	}
	t.note(CreateGroup, n.Address, "")
	return t.Tenant.CreateGroup(ctx, name, n)
}

// Groups refuses a group that is there or open already and that the plan creates
// or opens.
func (t *planned) Groups(ctx context.Context, name string) ([]onboard.Group, error) {
	groups, err := t.Tenant.Groups(ctx, name)
	for i := range groups {
		if a := groups[i].Address; err == nil && t.wants(CreateGroup, a, "") && !t.did(CreateGroup, a, "") {
			return nil, differs("By the plan the group %s is to be created, and somebody has done so.", a)
		}
		for _, s := range settings() {
			g := groups[i]
			if err == nil && !*s.of(&g) && t.wants(s.kind, g.Address, "") && !t.did(s.kind, g.Address, "") {
				return nil, differs("By the plan %s of %s is to be changed, and somebody has done so.", s.name, g.Address)
			}
		}
	}
	return groups, err
}

// AllowOutsideSenders opens a group that the plan opens.
func (t *planned) AllowOutsideSenders(ctx context.Context, g onboard.Group) error {
	return t.lift(ctx, OpenGroup, g, t.Tenant.AllowOutsideSenders)
}

// ReportToOriginator sets right a group that the plan does.
func (t *planned) ReportToOriginator(ctx context.Context, g onboard.Group) error {
	return t.lift(ctx, ReportToOriginator, g, t.Tenant.ReportToOriginator)
}

func (t *planned) lift(ctx context.Context, kind string, g onboard.Group, do func(context.Context, onboard.Group) error) error {
	if !t.wants(kind, g.Address, "") {
		return differs("By the plan the settings of %s are as wanted, and they are not now.", g.Address)
	}
	t.note(kind, g.Address, "")
	return do(ctx, g)
}

// IsMember refuses a person who is in the group already and whom the plan adds.
func (t *planned) IsMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	return t.isOn(ctx, AddMember, g, r, t.Tenant.IsMember)
}

// IsAllowedSender refuses a sender who is listed already and whom the plan lists.
func (t *planned) IsAllowedSender(ctx context.Context, g onboard.Group, r onboard.Recipient) (bool, error) {
	return t.isOn(ctx, AllowSender, g, r, t.Tenant.IsAllowedSender)
}

// AddMember adds a person whom the plan adds.
func (t *planned) AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	return t.putOn(ctx, AddMember, g, r, t.Tenant.AddMember)
}

// AllowSender lists a sender whom the plan lists.
func (t *planned) AllowSender(ctx context.Context, g onboard.Group, r onboard.Recipient) error {
	return t.putOn(ctx, AllowSender, g, r, t.Tenant.AllowSender)
}

func (t *planned) isOn(ctx context.Context, kind string, g onboard.Group, r onboard.Recipient,
	ask func(context.Context, onboard.Group, onboard.Recipient) (bool, error)) (bool, error) {
	on, err := ask(ctx, g, r)
	if err == nil && on && t.wants(kind, g.Address, persons(r)...) && !t.did(kind, g.Address, persons(r)...) {
		return false, differs("By the plan %s is not on a list of %s, and is now.", r.Address, g.Address)
	}
	return on, err
}

func (t *planned) putOn(ctx context.Context, kind string, g onboard.Group, r onboard.Recipient,
	do func(context.Context, onboard.Group, onboard.Recipient) error) error {
	if !t.wants(kind, g.Address, persons(r)...) {
		return differs("By the plan %s is on a list of %s, and is not now.", r.Address, g.Address)
	}
	t.note(kind, g.Address, r.Address)
	return do(ctx, g, r)
}

// persons are the names that a plan may call somebody by.
func persons(r onboard.Recipient) []string {
	if r.ID == "" {
		return []string{r.Address}
	}
	return []string{r.Address, r.ID}
}
