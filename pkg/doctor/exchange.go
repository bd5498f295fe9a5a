package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"enlist/pkg/cause"
	"enlist/pkg/m365/exchange"
)

// exchangePermission lets an app run Exchange's commands; which ones, its roles
// decide. Its look-alikes with V2 or AdminAPI in their names do not (observed).
const exchangePermission = "Exchange.ManageAsApp"

// The management roles that the job needs (learn.microsoft.com/exchange/permissions-exo).
const (
	roleCreation       = "Mail Recipient Creation"
	roleRecipients     = "Mail Recipients"
	roleGroups         = "Distribution Groups"
	roleSecurityGroups = "Security Group Creation and Membership"
)

// roleOf names the management role that holds a cmdlet.
var roleOf = map[string]string{
	"New-MailContact":                roleCreation,
	"Remove-MailContact":             roleCreation,
	"Set-MailContact":                roleRecipients,
	"Set-Contact":                    roleRecipients,
	"New-DistributionGroup":          roleGroups,
	"Add-DistributionGroupMember":    roleGroups,
	"Remove-DistributionGroupMember": roleGroups,
	"Set-DistributionGroup":          roleGroups,
	"Set-UnifiedGroup":               roleRecipients,
}

// checkExchange finds out whether the app may run the commands of a run.
func (e *examination) checkExchange(ctx context.Context) {
	claims, known := e.signIn(ctx, "token.exchange", e.Identity.Exchange, "reach.sign_in", "clock", "certificate")
	if known {
		e.checkPermission(claims, permission{check: "permission.exchange", api: "Office 365 Exchange Online", enough: []string{exchangePermission}})
	}
	if !e.need("exchange.role", "reach.exchange", "token.exchange", "permission.exchange") {
		return
	}
	client, err := e.Exchange(ctx)
	if err != nil {
		e.note(Finding{Check: "exchange.role", Verdict: Failed, Message: cause.Text(err), NextStep: "Check the tenant's name and the credential."})
		return
	}
	e.checkRole(ctx, client)
	if e.need("exchange.commands", "exchange.role") {
		e.checkCommands(ctx, client)
	}
	if e.need("exchange.any_group", "exchange.role", "exchange.commands") {
		e.checkAnyGroup(ctx, client)
	}
}

// checkRole asks for something that every role may read.
func (e *examination) checkRole(ctx context.Context, client Exchange) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	const check = "exchange.role"
	domains, err := client.AcceptedDomains(ctx)
	switch {
	case err == nil:
		e.ok(check, fmt.Sprintf("Exchange lets the app in; the organisation has %d accepted domains", len(domains)))
	case errors.Is(err, exchange.ErrForbidden), errors.Is(err, exchange.ErrUnauthorized):
		e.note(Finding{Check: check, Verdict: Failed,
			Message:  "Exchange gives the app no role, or not one to look at the organisation",
			NextStep: "Add the app to a role group in Exchange. " + printHow + " A role that was given a moment ago can take up to two hours to take effect."})
	default:
		e.note(Finding{Check: check, Verdict: Failed, Later: true, Message: "Exchange does not answer as it should: " + cause.Text(err), NextStep: "Try again later."})
	}
}

// checkCommands compares the commands that Exchange allows with those needed.
func (e *examination) checkCommands(ctx context.Context, client Exchange) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	const check = "exchange.commands"
	allowed, err := client.AllowedCommands(ctx)
	if err != nil || len(allowed) == 0 {
		e.note(Finding{Check: check, Verdict: Warning,
			Message:  "Exchange does not tell which commands the app may run",
			NextStep: "Try a small file with: enlist run"})
		return
	}
	missing := without(e.Commands, allowed)
	if len(missing) == 0 {
		e.ok(check, "the app may run "+strings.Join(e.Commands, ", "))
		return
	}
	e.note(Finding{Check: check, Verdict: Failed,
		Message:  fmt.Sprintf("the app's roles do not allow %s; that takes the role %s", strings.Join(missing, ", "), strings.Join(rolesOf(missing), " and ")),
		NextStep: "Add the role to the app's role group in Exchange. " + printHow})
}

// checkAnyGroup finds out whether the app may change groups that it does not
// manage: the switch for it is in a role of its own, and outside that role it
// does not exist. It is tried on a group that does not exist either.
func (e *examination) checkAnyGroup(ctx context.Context, client Exchange) {
	if !slices.Contains(e.Commands, "Add-DistributionGroupMember") {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	const check, nowhere = "exchange.any_group", "00000000-0000-4000-8000-000000000000"
	_, err := client.Invoke(ctx, exchange.Command{
		Name: "Add-DistributionGroupMember",
		Parameters: exchange.Parameters{
			"Identity": nowhere, "Member": nowhere,
			"BypassSecurityGroupManagerCheck": true,
			"WhatIf":                          true,
		},
		Effect: exchange.Read,
	})
	switch {
	case errors.Is(err, exchange.ErrUnknownParameter):
		e.note(Finding{Check: check, Verdict: Failed,
			Message:  "the app can change only groups that it manages itself; for others it takes the role " + roleSecurityGroups,
			NextStep: "Add the role to the app's role group in Exchange. " + printHow})
	case err == nil, errors.Is(err, exchange.ErrObjectNotFound), errors.Is(err, exchange.ErrRecipientNotFound):
		e.ok(check, "the app may change groups that others manage")
	default:
		e.note(Finding{Check: check, Verdict: Warning,
			Message:  "whether the app may change groups that others manage could not be found out: " + cause.Text(err),
			NextStep: "Try a small file with: enlist run"})
	}
}

// without returns the wanted names that are not among the others, letter case aside.
func without(wanted, others []string) []string {
	var missing []string
	for _, w := range wanted {
		if !slices.ContainsFunc(others, func(o string) bool { return strings.EqualFold(o, w) }) {
			missing = append(missing, w)
		}
	}
	return missing
}

func rolesOf(commands []string) []string {
	var roles []string
	for _, c := range commands {
		if role, ok := roleOf[c]; ok && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}
