package onboard

import (
	"slices"
	"time"
)

// Verdict is what became of a row as a whole.
type Verdict string

// The verdicts.
const (
	// Changed: the row is as wanted, and something had to be done for it.
	Changed Verdict = "changed"
	// Unchanged: the row was as wanted already.
	Unchanged Verdict = "unchanged"
	// Partial: some steps are done, others failed.
	Partial Verdict = "partial"
	// Failed: the contact could not be ensured, so nothing was done.
	Failed Verdict = "failed"
	// Invalid: the row itself can't be used.
	Invalid Verdict = "invalid"
	// Deferred: not tried, or not to the end, and worth trying again.
	Deferred Verdict = "deferred"
)

// Verdicts lists all verdicts in the order in which people like to read them.
func Verdicts() []Verdict {
	return []Verdict{Changed, Unchanged, Partial, Failed, Invalid, Deferred}
}

// Settled reports whether nothing is left to do for a row with this verdict.
func (v Verdict) Settled() bool { return v == Changed || v == Unchanged }

// Action is what one step found or did.
type Action string

// The actions of the three steps.
const (
	ContactCreated Action = "created"
	ContactUpdated Action = "updated"
	ContactFound   Action = "found"
	// ContactReused: another kind of recipient (a guest, a mail user, a
	// mailbox) holds the address and is used instead of a contact.
	ContactReused Action = "reused"
	// ContactInvited: the person was invited as a guest.
	ContactInvited Action = "invited"

	MemberAdded    Action = "added"
	MemberExisting Action = "existing"

	// SendersOpened: this run lifted the group's sender restriction.
	SendersOpened Action = "opened"
	// SendersOpen: the group takes mail from outside already.
	SendersOpen Action = "open"
	// SendersListed: the group takes mail from listed outsiders only.
	SendersListed Action = "listed"
	// SendersClosed: the group refuses mail from outside, and the policy
	// leaves it at that.
	SendersClosed Action = "closed"

	StepFailed   Action = "failed"
	StepDeferred Action = "deferred"
)

// Outcome is what became of one row. There is one for each row, always.
type Outcome struct {
	Row     Row
	Verdict Verdict
	// Contact is empty when that step was not reached.
	Contact ContactResult
	// Groups has an entry for each group of the row, in the row's order.
	Groups []GroupResult
	// Problem is the first thing that went wrong; nil when nothing did.
	Problem *Problem
	// Note is something worth knowing although nothing went wrong.
	Note string
	// Attempts counts how often the row was taken up: 0 when it was never
	// tried, 1 normally, one more for each wait on the tenant.
	Attempts int
	// Duration is the time from the first step to the last, waits included.
	Duration time.Duration
}

// ContactResult is the outcome of the first step.
type ContactResult struct {
	Action  Action
	ID      string // directory object id (GUID), empty when not known
	Problem *Problem
	// Changes are the attributes of a contact that were brought up to date.
	Changes []Change
	// Findings tell what of the contact's own settings keeps mail from it, and
	// was left as it is.
	Findings []*Problem
}

// GroupResult is the outcome of the second and third step for one group.
type GroupResult struct {
	// Name is the group as the input names it, Address its primary address
	// as far as it could be resolved.
	Name    string
	Address string
	Member  Action // MemberAdded, MemberExisting, StepFailed, StepDeferred, or empty when not reached
	Senders Action // empty when not looked at
	Problem *Problem
	// NewlyListed: this row put the person on the list of those that the
	// group takes mail from.
	NewlyListed bool
	// Changes are the group's settings that were changed on the way. A setting
	// is changed once for all rows, so it is told of with the first of them.
	Changes []Change
	// Findings tell what else about the group can make mail bounce or vanish,
	// and was left as it is.
	Findings []*Problem
}

// changed reports whether anything was written for the group.
func (g GroupResult) changed() bool {
	return g.Member == MemberAdded || g.NewlyListed || len(g.Changes) > 0
}

// opened reports whether the change that lifts the group's sender restriction is
// told of here.
func (g GroupResult) opened() bool {
	return slices.ContainsFunc(g.Changes, func(c Change) bool { return c.What == sendersChange })
}

// Label is the group's address, or its name in the input when the address is
// not known.
func (g GroupResult) Label() string {
	if g.Address != "" {
		return g.Address
	}
	return g.Name
}

// verdict weighs the steps of a valid row.
func (o *Outcome) verdict() Verdict {
	switch o.Contact.Action {
	case StepFailed:
		if len(o.Contact.Changes) > 0 || slices.ContainsFunc(o.Groups, GroupResult.changed) {
			return Partial
		}
		return Failed
	case StepDeferred, "":
		return Deferred
	}
	changed := o.Contact.Action != ContactFound && o.Contact.Action != ContactReused
	deferred := o.Contact.Problem != nil && o.Contact.Problem.deferrable()
	failed := o.Contact.Problem != nil && !deferred
	for _, g := range o.Groups {
		switch {
		case g.Problem == nil, g.Problem.Code == CodeGroupProtected:
		case g.Problem.deferrable():
			deferred = true
		default:
			failed = true
		}
		changed = changed || g.changed()
	}
	switch {
	case failed:
		return Partial
	case deferred:
		return Deferred
	case changed:
		return Changed
	}
	return Unchanged
}

// firstProblem is the problem that a person should read first.
func (o *Outcome) firstProblem() *Problem {
	if o.Contact.Problem != nil {
		return o.Contact.Problem
	}
	for _, g := range o.Groups {
		if g.Problem != nil {
			return g.Problem
		}
	}
	return nil
}
