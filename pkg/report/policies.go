package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"enlist/pkg/onboard"
)

// GroupPolicy is what the run could do about a group of its rows.
type GroupPolicy struct {
	Group string `json:"group"` // address
	// Rule is the pattern of the configuration's entry that holds for the group;
	// empty where the settings for all groups do.
	Rule               string               `json:"rule"`
	Senders            onboard.SenderPolicy `json:"senders"`
	InternalSenders    string               `json:"internal_senders"` // address; empty without a list
	Protected          bool                 `json:"protected"`
	DeliveryReports    onboard.ReportPolicy `json:"delivery_reports"`
	M365Groups         onboard.GuestPolicy  `json:"m365_groups"`
	WarnOutsideMembers int                  `json:"warn_outside_members"`
}

// Own reports whether the group is not treated as all groups are.
func (p GroupPolicy) Own() bool { return p.Rule != "" || p.Protected }

// Words tell of the policy what decides about mail.
func (p GroupPolicy) Words() string {
	words := []string{"senders " + string(p.Senders)}
	if p.InternalSenders != "" {
		words[0] += fmt.Sprintf(" with %s", p.InternalSenders)
	}
	if p.Protected {
		words[0] = "protected"
	}
	if p.DeliveryReports == onboard.ReportsFix {
		words = append(words, "delivery reports fixed")
	}
	if p.M365Groups == onboard.GuestsInvite {
		words = append(words, "guests invited")
	}
	return strings.Join(words, ", ")
}

// policiesOf tells which policies hold for the groups, by address.
func policiesOf(policies onboard.Policies, groups map[string]bool) []GroupPolicy {
	list := make([]GroupPolicy, 0, len(groups))
	for _, address := range slices.Sorted(maps.Keys(groups)) {
		policy, rule := policies.For(address)
		list = append(list, GroupPolicy{
			Group: address, Rule: rule,
			Senders: policy.Senders, InternalSenders: policy.InternalSenders.Address, Protected: policy.Protected,
			DeliveryReports: policy.Reports, M365Groups: policy.Guests, WarnOutsideMembers: policy.Crowd,
		})
	}
	return list
}
