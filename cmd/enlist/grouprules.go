package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path"

	"github.com/spf13/pflag"

	"enlist/pkg/config"
	"enlist/pkg/onboard"
)

// The configuration file has policies for some groups under rulesKey. A run takes
// them, each as JSON, through a flag that is nothing for people, so that they are
// recorded and gone on with like all other settings.
const rulesKey, rulesFlag = "groups", "group-rule"

// matchKey is the setting of a rule that tells which groups it is about.
const matchKey = "match"

// ruleSettings are the flags that a rule can set for some groups.
func ruleSettings() []string {
	return []string{"senders", "internal-senders", "delivery-reports", "m365-groups", "warn-outside-members"}
}

// rulesSetting is the setting of a configuration file that holds the rules.
func rulesSetting(flags *pflag.FlagSet) config.Key {
	key := config.Key{Name: rulesKey, Kind: config.Entries,
		Usage: "policies for some groups: the first entry that matches a group holds, and what it does not set is as for all groups"}
	key.Entry = append(key.Entry, config.Key{Name: matchKey, Kind: config.Text, Sample: "*-partners@contoso.com",
		Usage: "address of the groups, * standing for any text"})
	for _, name := range ruleSettings() {
		key.Entry = append(key.Entry, settingKey(flags.Lookup(name)))
	}
	key.Entry = append(key.Entry, config.Key{Name: "protected", Kind: config.Switch, Default: "false",
		Usage: "these groups are never opened, whatever the flags say"})
	return key
}

// groupRule is an entry of the configuration file, as it was read.
type groupRule struct {
	At       string            `json:"at"` // FILE:LINE:COLUMN
	Match    string            `json:"match"`
	Settings map[string]string `json:"settings"` // by flag
	Protect  bool              `json:"protected,omitempty"`
}

// rulesOf are the rules of a configuration file. What was set for all groups on
// the command line or in the environment beats them; given has these flags. But
// nothing takes protection away.
func rulesOf(path string, entries [][]config.Value, given map[string]bool) ([]string, error) {
	var rules []string
	for _, entry := range entries {
		rule := groupRule{Settings: map[string]string{}}
		for _, v := range entry {
			switch value := v.Values[0]; v.Key {
			case matchKey:
				rule.Match, rule.At = value, fmt.Sprintf("%s:%d:%d", path, v.Line, v.Column)
			case "protected":
				rule.Protect = value == "true"
			default:
				rule.Settings[v.Key] = value
			}
		}
		for _, name := range ruleSettings() {
			// Who may write is said by two settings together.
			if given[name] || name == "internal-senders" && given["senders"] {
				delete(rule.Settings, name)
			}
		}
		text, err := json.Marshal(rule)
		if err != nil {
			return nil, err
		}
		rules = append(rules, string(text))
	}
	return rules, nil
}

// policyOptions are the flags that a rule can set for some groups.
type policyOptions struct {
	senders         string
	internalSenders string
	deliveryReports string
	crowd           int
	m365Groups      string
	protect         bool // set by rules only
}

// groupPolicy is a policy for some groups.
type groupPolicy struct {
	rule groupRule
	policyOptions
}

// groupPolicies are those of the rules, each completed by what holds for all.
func (o *groupOptions) groupPolicies() ([]groupPolicy, error) {
	var policies []groupPolicy
	for _, text := range o.rules {
		p := groupPolicy{policyOptions: o.policyOptions}
		if err := json.Unmarshal([]byte(text), &p.rule); err != nil {
			return nil, &usageError{Message: fmt.Sprintf("--%s does not take %q.", rulesFlag, text),
				NextStep: "Write policies for groups into a configuration file; \"enlist config init\" explains how.", cause: err}
		}
		flags := pflag.NewFlagSet(rulesKey, pflag.ContinueOnError)
		p.register(flags)
		for name, value := range p.rule.Settings {
			if err := flags.Set(name, value); err != nil {
				return nil, p.rule.wrong("%s does not take %q", name, value)
			}
		}
		p.protect = p.rule.Protect
		policies = append(policies, p)
	}
	return policies, nil
}

// validate checks what belongs together.
func (p *groupPolicy) validate() error {
	if _, err := path.Match(p.rule.Match, ""); err != nil || p.rule.Match == "" {
		return p.rule.wrong("%q is no pattern of an address", p.rule.Match)
	}
	_, named := p.rule.Settings["internal-senders"]
	switch {
	case p.lists() && p.internalSenders == "":
		return p.rule.wrong("senders: listed needs internal-senders, the group of everybody inside, who could not write to these groups any more otherwise")
	case !p.lists() && named:
		return p.rule.wrong("internal-senders goes with senders: listed only")
	case p.crowd < 0:
		return p.rule.wrong("warn-outside-members must not be negative")
	}
	return nil
}

// wrong is a mistake in a rule, with its place.
func (r groupRule) wrong(format string, args ...any) error {
	return &usageError{Message: fmt.Sprintf("%s: the policy for %s can't hold: %s.", r.At, r.Match, fmt.Sprintf(format, args...)),
		NextStep: "Correct it; \"enlist config init\" writes a file that explains every setting."}
}

func (p policyOptions) lists() bool {
	return onboard.SenderPolicy(p.senders) == onboard.SendersFromList
}

func (p policyOptions) opens() bool {
	return !p.protect && (p.lists() || onboard.SenderPolicy(p.senders) == onboard.SendersAnyone)
}

func (p policyOptions) fixes() bool {
	return onboard.ReportPolicy(p.deliveryReports) == onboard.ReportsFix
}

func (p policyOptions) invites() bool {
	return onboard.GuestPolicy(p.m365Groups) == onboard.GuestsInvite
}

// policy is what the job is told.
func (p policyOptions) policy(ctx context.Context, t onboard.Tenant) (onboard.Policy, error) {
	policy := onboard.Policy{
		Senders:   onboard.SenderPolicy(p.senders),
		Reports:   onboard.ReportPolicy(p.deliveryReports),
		Guests:    onboard.GuestPolicy(p.m365Groups),
		Crowd:     p.crowd,
		Protected: p.protect,
	}
	var err error
	if p.lists() {
		policy.InternalSenders, err = inside(ctx, t, p.internalSenders)
	}
	return policy, err
}
