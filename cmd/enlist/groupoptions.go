package main

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"

	"github.com/spf13/pflag"

	"enlist/pkg/m365"
	"enlist/pkg/onboard"
)

// groupOptions are the flags that tell what may be done to groups.
type groupOptions struct {
	policyOptions          // for groups that no rule is about
	rules         []string // see rulesFlag
	protected     []string

	inviteRedirect string
	inviteSend     bool
	inviteMessage  string

	create bool
	owner  string
	domain string
}

func (o *groupOptions) register(flags *pflag.FlagSet) {
	o.policyOptions = policyOptions{
		senders: string(onboard.SendersAnyone), deliveryReports: string(onboard.ReportsReport), crowd: 5000, m365Groups: string(onboard.GuestsReport),
	}
	o.policyOptions.register(flags)
	flags.StringArrayVar(&o.rules, rulesFlag, nil, "policy for some groups, as the configuration file has them under "+rulesKey)
	flags.Lookup(rulesFlag).Hidden = true
	flags.StringArrayVar(&o.protected, "protected", nil, "address of a group that is never opened, * standing for any text, as in board*@contoso.com; may be repeated")
	flags.StringVar(&o.inviteRedirect, "invite-redirect-url", "https://myapps.microsoft.com", "where a guest lands after accepting the invitation")
	flags.BoolVar(&o.inviteSend, "invite-send", false, "have Microsoft send a mail to each person who is invited as a guest")
	flags.StringVar(&o.inviteMessage, "invite-message", "", "with --invite-send: what to say in that mail")
	flags.BoolVar(&o.create, "create-groups", false, "create distribution groups that the file names and nobody has")
	flags.StringVar(&o.owner, "group-owner", "", "with --create-groups: address of the person who manages the new groups")
	flags.StringVar(&o.domain, "group-domain", "", "with --create-groups: domain for groups that the file does not name by address")
}

// register makes the flags, whose defaults are the options as they stand.
func (p *policyOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&p.senders, "senders", p.senders, "groups that refuse mail from outside: anyone (open them), listed (open them to their members by this file and those inside), report (only tell), off (don't look)")
	flags.StringVar(&p.internalSenders, "internal-senders", p.internalSenders, "with --senders listed: the group of everybody inside, who go on writing to all groups")
	flags.StringVar(&p.deliveryReports, "delivery-reports", p.deliveryReports, "groups that send mail on with an empty return path, which outside servers may drop: report (only tell), fix")
	flags.IntVar(&p.crowd, "warn-outside-members", p.crowd, "tell of groups with more outside members than this, since each mail counts once for each against the tenant's daily limit of outside recipients (10,000 with one licence, more with more); 0 is never")
	flags.StringVar(&p.m365Groups, "m365-groups", p.m365Groups, "Microsoft 365 groups, which take outside people as guests only: report (only tell), guest (invite the people as guests)")
}

// validate checks what belongs together.
func (o *groupOptions) validate() error {
	for _, check := range []func() error{o.validateRules, o.validateSenders, o.validateProtected, o.validateInvitations, o.validateNewGroups} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o *groupOptions) validateRules() error {
	rules, err := o.groupPolicies()
	if err != nil {
		return err
	}
	for _, r := range rules {
		if err := r.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (o *groupOptions) validateSenders() error {
	switch {
	case o.lists() && o.internalSenders == "":
		return &usageError{Message: "--senders listed needs --internal-senders.",
			NextStep: "Name a group that holds everybody inside, who could not write to the groups of the file any more otherwise."}
	case o.internalSenders != "" && !o.anywhere(policyOptions.lists):
		return &usageError{Message: "--internal-senders goes with --senders listed only."}
	case o.crowd < 0:
		return &usageError{Message: "--warn-outside-members must not be negative."}
	}
	return nil
}

func (o *groupOptions) validateProtected() error {
	for _, pattern := range o.protected {
		if _, err := path.Match(pattern, ""); err != nil {
			return &usageError{Message: fmt.Sprintf("--protected %q is no pattern of an address.", pattern),
				NextStep: "Write for example board@contoso.com or *-internal@contoso.com.", cause: err}
		}
	}
	return nil
}

func (o *groupOptions) validateInvitations() error {
	if o.inviteMessage != "" && !o.inviteSend {
		return &usageError{Message: "--invite-message needs --invite-send.",
			NextStep: "Add --invite-send to have Microsoft send a mail to each guest, or leave the message out."}
	}
	if to, err := url.Parse(o.inviteRedirect); err != nil || to.Scheme != "https" || to.Host == "" {
		return &usageError{Message: fmt.Sprintf("--invite-redirect-url %q is no https address.", o.inviteRedirect),
			NextStep: "Write for example https://myapps.microsoft.com."}
	}
	return nil
}

func (o *groupOptions) validateNewGroups() error {
	switch {
	case o.create && o.owner == "":
		return &usageError{Message: "--create-groups needs --group-owner.",
			NextStep: "Name the person in the organisation who manages the new groups, by address."}
	case !o.create && (o.owner != "" || o.domain != ""):
		return &usageError{Message: "--group-owner and --group-domain go with --create-groups only."}
	}
	return nil
}

// newGroups say how groups are created, if any are.
func (o *groupOptions) newGroups() *onboard.NewGroups {
	if !o.create {
		return nil
	}
	return &onboard.NewGroups{Owner: o.owner, Domain: o.domain}
}

// everywhere are the policies of all groups: those of the rules, then the one
// for groups that no rule is about. The rules are known to be right.
func (o *groupOptions) everywhere() []policyOptions {
	rules, _ := o.groupPolicies()
	var all []policyOptions
	for _, r := range rules {
		all = append(all, r.policyOptions)
	}
	return append(all, o.policyOptions)
}

// anywhere reports whether it is so for some groups.
func (o *groupOptions) anywhere(is func(p policyOptions) bool) bool {
	return slices.ContainsFunc(o.everywhere(), is)
}

// invitations say how guests are invited, if any are.
func (o *groupOptions) invitations() *m365.Invitations {
	if !o.anywhere(policyOptions.invites) {
		return nil
	}
	return &m365.Invitations{RedirectURL: o.inviteRedirect, Send: o.inviteSend, Message: o.inviteMessage}
}

// commands are the cmdlets that change groups' settings.
func (o *groupOptions) commands() []string {
	var commands []string
	if o.anywhere(func(p policyOptions) bool { return p.opens() || p.fixes() }) {
		commands = append(commands, "Set-DistributionGroup")
	}
	if o.anywhere(func(p policyOptions) bool { return p.opens() && p.invites() }) {
		commands = append(commands, "Set-UnifiedGroup")
	}
	if o.create {
		commands = append(commands, "New-DistributionGroup")
	}
	return commands
}

// policies tell the job what is done about which group. The groups of everybody
// inside are looked up where they are needed.
func (o *groupOptions) policies(ctx context.Context, t onboard.Tenant) (onboard.Policies, error) {
	rules, err := o.groupPolicies()
	if err != nil {
		return onboard.Policies{}, err
	}
	policies := onboard.Policies{Protected: o.protected}
	for _, r := range rules {
		policy, err := r.policy(ctx, t)
		if err != nil {
			return onboard.Policies{}, err
		}
		policies.Rules = append(policies.Rules, onboard.GroupRule{Match: r.rule.Match, Policy: policy})
	}
	policies.Default, err = o.policyOptions.policy(ctx, t)
	return policies, err
}

// inside finds the group of everybody inside by its name.
func inside(ctx context.Context, t onboard.Tenant, name string) (onboard.Group, error) {
	groups, err := t.Groups(ctx, name)
	if err != nil {
		return onboard.Group{}, fmt.Errorf("the group of --internal-senders could not be looked up: %w", err)
	}
	if len(groups) != 1 {
		return onboard.Group{}, &usageError{Message: fmt.Sprintf("--internal-senders %q is the name of %d groups, not of one.", name, len(groups)),
			NextStep: "Give the address of a distribution group or dynamic distribution group that holds everybody inside."}
	}
	return groups[0], nil
}
