package main

import (
	"context"
	"fmt"
	"path"

	"github.com/spf13/pflag"

	"enlist/pkg/onboard"
)

// groupOptions are the flags that tell what may be done to groups.
type groupOptions struct {
	senders         string
	internalSenders string
	protected       []string
	deliveryReports string
}

func (o *groupOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.senders, "senders", string(onboard.SendersAnyone), "groups that refuse mail from outside: anyone (open them), listed (open them to their members by this file and those inside), report (only tell), off (don't look)")
	flags.StringVar(&o.internalSenders, "internal-senders", "", "with --senders listed: the group of everybody inside, who go on writing to all groups")
	flags.StringArrayVar(&o.protected, "protected", nil, "address of a group that is never opened, * standing for any text, as in board*@contoso.com; may be repeated")
	flags.StringVar(&o.deliveryReports, "delivery-reports", string(onboard.ReportsReport), "groups that send mail on with an empty return path, which outside servers may drop: report (only tell), fix")
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
	for _, pattern := range o.protected {
		if _, err := path.Match(pattern, ""); err != nil {
			return &usageError{Message: fmt.Sprintf("--protected %q is no pattern of an address.", pattern),
				NextStep: "Write for example board@contoso.com or *-internal@contoso.com.", cause: err}
		}
	}
	return nil
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
