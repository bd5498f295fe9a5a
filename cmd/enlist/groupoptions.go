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
	senders         string
	internalSenders string
	protected       []string
	deliveryReports string
	crowd           int

	m365Groups     string
	inviteRedirect string
	inviteSend     bool
	inviteMessage  string

	create bool
	owner  string
	domain string
}

func (o *groupOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.senders, "senders", string(onboard.SendersAnyone), "groups that refuse mail from outside: anyone (open them), listed (open them to their members by this file and those inside), report (only tell), off (don't look)")
	flags.StringVar(&o.internalSenders, "internal-senders", "", "with --senders listed: the group of everybody inside, who go on writing to all groups")
	flags.StringArrayVar(&o.protected, "protected", nil, "address of a group that is never opened, * standing for any text, as in board*@contoso.com; may be repeated")
	flags.StringVar(&o.deliveryReports, "delivery-reports", string(onboard.ReportsReport), "groups that send mail on with an empty return path, which outside servers may drop: report (only tell), fix")
	flags.IntVar(&o.crowd, "warn-outside-members", 5000, "tell of groups with more outside members than this, since each mail counts once for each against the tenant's daily limit of outside recipients (10,000 with one licence, more with more); 0 is never")
	flags.StringVar(&o.m365Groups, "m365-groups", string(onboard.GuestsReport), "Microsoft 365 groups, which take outside people as guests only: report (only tell), guest (invite the people as guests)")
	flags.StringVar(&o.inviteRedirect, "invite-redirect-url", "https://myapps.microsoft.com", "where a guest lands after accepting the invitation")
	flags.BoolVar(&o.inviteSend, "invite-send", false, "have Microsoft send a mail to each person who is invited as a guest")
	flags.StringVar(&o.inviteMessage, "invite-message", "", "with --invite-send: what to say in that mail")
	flags.BoolVar(&o.create, "create-groups", false, "create distribution groups that the file names and nobody has")
	flags.StringVar(&o.owner, "group-owner", "", "with --create-groups: address of the person who manages the new groups")
	flags.StringVar(&o.domain, "group-domain", "", "with --create-groups: domain for groups that the file does not name by address")
}

// validate checks what belongs together.
func (o *groupOptions) validate() error {
	listed := onboard.SenderPolicy(o.senders) == onboard.SendersFromList
	switch {
	case listed && o.internalSenders == "":
		return &usageError{Message: "--senders listed needs --internal-senders.",
			NextStep: "Name a group that holds everybody inside, who could not write to the groups of the file any more otherwise."}
	case !listed && o.internalSenders != "":
		return &usageError{Message: "--internal-senders goes with --senders listed only."}
	}
	if o.crowd < 0 {
		return &usageError{Message: "--warn-outside-members must not be negative."}
	}
	for _, check := range []func() error{o.validateInvitations, o.validateNewGroups} {
		if err := check(); err != nil {
			return err
		}
	}
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

// invitations say how guests are invited, if any are.
func (o *groupOptions) invitations() *m365.Invitations {
	if onboard.GuestPolicy(o.m365Groups) != onboard.GuestsInvite {
		return nil
	}
	return &m365.Invitations{RedirectURL: o.inviteRedirect, Send: o.inviteSend, Message: o.inviteMessage}
}

// commands are the cmdlets that change groups' settings.
func (o *groupOptions) commands() []string {
	var commands []string
	opens := slices.Contains([]onboard.SenderPolicy{onboard.SendersAnyone, onboard.SendersFromList}, onboard.SenderPolicy(o.senders))
	if opens || onboard.ReportPolicy(o.deliveryReports) == onboard.ReportsFix {
		commands = append(commands, "Set-DistributionGroup")
	}
	if opens && onboard.GuestPolicy(o.m365Groups) == onboard.GuestsInvite {
		commands = append(commands, "Set-UnifiedGroup")
	}
	if o.create {
		commands = append(commands, "New-DistributionGroup")
	}
	return commands
}

// inside finds the group of everybody inside, if one is needed.
func (o *groupOptions) inside(ctx context.Context, t onboard.Tenant) (onboard.Group, error) {
	if o.internalSenders == "" {
		return onboard.Group{}, nil
	}
	groups, err := t.Groups(ctx, o.internalSenders)
	if err != nil {
		return onboard.Group{}, fmt.Errorf("the group of --internal-senders could not be looked up: %w", err)
	}
	if len(groups) != 1 {
		return onboard.Group{}, &usageError{Message: fmt.Sprintf("--internal-senders %q is the name of %d groups, not of one.", o.internalSenders, len(groups)),
			NextStep: "Give the address of a distribution group or dynamic distribution group that holds everybody inside."}
	}
	return groups[0], nil
}
