package onboard

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// SenderPolicy says what to do about groups that refuse mail from outside.
type SenderPolicy string

// The policies.
const (
	// SendersAnyone lifts the restriction: the group takes mail from everybody.
	SendersAnyone SenderPolicy = "anyone"
	// SendersFromList lets those write who are in the group by this job, and
	// those inside the organisation: the group takes mail from a list only.
	SendersFromList SenderPolicy = "listed"
	// SendersReport only tells which groups refuse mail from outside.
	SendersReport SenderPolicy = "report"
	// SendersOff does not look.
	SendersOff SenderPolicy = "off"
)

// Policy says what may be done about a group. The zero value of each field is a
// sensible choice.
type Policy struct {
	Senders SenderPolicy // default SendersAnyone
	// InternalSenders is the group of everybody inside, who go on writing to
	// groups that take mail from a list only. SendersFromList needs it.
	InternalSenders Group
	Reports         ReportPolicy // default ReportsReport
	Guests          GuestPolicy  // default GuestsReport
	// Crowd is with how many outside members a group is told of; 0 is never.
	Crowd int
	// Protected: the group is never opened.
	Protected bool
}

func (p Policy) withDefaults() Policy {
	p.Senders = cmp.Or(p.Senders, SendersAnyone)
	p.Reports = cmp.Or(p.Reports, ReportsReport)
	p.Guests = cmp.Or(p.Guests, GuestsReport)
	return p
}

// GroupRule is the policy for some groups.
type GroupRule struct {
	// Match is the address of a group, or a pattern of addresses as those of
	// [path.Match]; letter case does not count.
	Match  string
	Policy Policy
}

// Policies say what is done about which group.
type Policies struct {
	// Rules are tried in their order; the first that matches holds.
	Rules []GroupRule
	// Default holds for groups that no rule matches.
	Default Policy
	// Protected are patterns of the addresses of groups that are never opened,
	// whatever a rule says.
	Protected []string
}

// For gives the policy for the group with this primary address, and the pattern
// of the rule that it comes from; empty for the default.
func (p Policies) For(address string) (Policy, string) {
	policy, rule := p.Default, ""
	if i := slices.IndexFunc(p.Rules, func(r GroupRule) bool { return matches(r.Match, address) }); i >= 0 {
		policy, rule = p.Rules[i].Policy, p.Rules[i].Match
	}
	for _, pattern := range p.Protected {
		policy.Protected = policy.Protected || matches(pattern, address)
	}
	return policy.withDefaults(), rule
}

func matches(pattern, address string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(address))
	return ok && err == nil
}

var errNoInternalSenders = errors.New("a list of allowed senders needs a group of those inside, or they could no longer write")

// check finds a policy that can't hold.
func (p Policies) check() error {
	if p.Default.Senders == SendersFromList && p.Default.InternalSenders.ID == "" {
		return errNoInternalSenders
	}
	for _, r := range p.Rules {
		if r.Policy.Senders == SendersFromList && r.Policy.InternalSenders.ID == "" {
			return fmt.Errorf("groups that match %s: %w", r.Match, errNoInternalSenders)
		}
	}
	return nil
}

// invites reports whether guests are invited to any group.
func (p Policies) invites() bool {
	return p.Default.Guests == GuestsInvite || slices.ContainsFunc(p.Rules, func(r GroupRule) bool { return r.Policy.Guests == GuestsInvite })
}
