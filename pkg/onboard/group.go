package onboard

import (
	"context"
	"fmt"
	"strings"
)

// target is a group of the row: resolved, with the policy for it, or with a
// problem in its result.
type target struct {
	group  Group
	policy Policy
	result GroupResult
	crowd  *crowd // nil: not counted
	// last are the steps that depend on what the rows before this one did.
	last []func(*GroupResult)
}

// inOrder has the result completed when all rows before this one are through.
func (t *target) inOrder(complete func(*GroupResult)) { t.last = append(t.last, complete) }

// resolveGroups finds the groups that the row names, each once, even if the
// row names one in two ways.
func (w *worker) resolveGroups(ctx context.Context) []target {
	targets := make([]target, 0, len(w.row.Groups))
	seen := map[string]bool{}
	for _, name := range w.row.Groups {
		t := target{result: GroupResult{Name: name}}
		problem := w.resolveGroup(ctx, name, &t)
		t.result.Address, t.result.Problem = t.group.Address, problem
		if problem != nil {
			t.result.Member = actionFor(problem)
		} else if seen[t.group.ID] {
			continue
		}
		seen[t.group.ID] = true
		targets = append(targets, t)
	}
	return targets
}

// lacksMembership reports whether the person is to be added to one of the
// groups. It knows no better when it can't be told.
func (w *worker) lacksMembership(ctx context.Context, targets []target) bool {
	for _, t := range targets {
		if t.result.Problem != nil {
			continue
		}
		if member, err := w.job.Tenant.IsMember(ctx, t.group, w.person); err != nil || !member {
			return true
		}
	}
	return false
}

// resolveGroup finds the group that goes by the name, or creates it, and checks
// that an outside person can be put into it. With a problem, the target's group
// is set as far as it is known.
func (w *worker) resolveGroup(ctx context.Context, name string, t *target) *Problem {
	groups, err := w.job.Tenant.Groups(ctx, name)
	if err != nil {
		return w.problem(err, fmt.Sprintf("The group %q could not be looked up", name))
	}
	switch len(groups) {
	case 0:
		return w.createGroup(ctx, name, t)
	case 1:
		w.aim(t, groups[0])
		if t.group.New {
			w.tellOfCreation(ctx, t)
		}
		return w.refusal(t.group, t.policy)
	}
	addresses := make([]string, len(groups))
	for i, g := range groups {
		addresses[i] = g.Address
	}
	return newProblem(CodeGroupAmbiguous, nil,
		"%d groups go by the name %q: %s.", len(groups), name, strings.Join(addresses, ", "))
}

// aim makes the group the target, with the policy for it.
func (w *worker) aim(t *target, g Group) {
	t.group = g
	t.policy, _ = w.job.Policies.For(g.Address)
}

// refusal says why an outside person can't be put into the group, if so.
func (w *worker) refusal(g Group, policy Policy) *Problem {
	switch {
	case g.Kind == GroupDynamic:
		return newProblem(CodeGroupDynamic, nil,
			"%s is a dynamic distribution group, which has no members of its own.", g.Address)
	case g.Kind == GroupMicrosoft365 && policy.Guests != GuestsInvite:
		return newProblem(CodeGroupMicrosoft365, nil,
			"%s is a Microsoft 365 group, which takes outside people as guests only.", g.Address)
	case g.Kind == GroupRoomList:
		return newProblem(CodeGroupRoomList, nil, "%s is a room list, which takes rooms only.", g.Address)
	case g.OnPremisesSynced:
		return w.keptOnPremises(g, policy, nil)
	}
	return nil
}

// keptOnPremises says that the group can't be changed from here, and what to run
// where it can.
func (w *worker) keptOnPremises(g Group, policy Policy, cause error) *Problem {
	p := newProblem(CodeGroupOnPremises, cause,
		"%s is synchronised from an on-premises directory and can't be changed in the cloud.", g.Address)
	p.NextStep = w.onPremises(g, policy)
	return p
}

// onPremises is what to run where the group is kept. The contact has to be
// there, too, so the line makes it if there is none.
func (w *worker) onPremises(g Group, policy Policy) string {
	email := quoted(w.row.Contact.Email)
	line := fmt.Sprintf("if (-not (Get-Recipient %[1]s -ErrorAction SilentlyContinue)) { New-MailContact -Name %[1]s -DisplayName %[2]s -ExternalEmailAddress %[1]s }; Add-DistributionGroupMember -Identity %[3]s -Member %[1]s",
		email, quoted(firstOf(w.row.Contact.DisplayName, w.row.Contact.Email)), quoted(g.Address))
	if policy.Senders == SendersAnyone && !policy.Protected {
		line += fmt.Sprintf("; Set-DistributionGroup -Identity %s -RequireSenderAuthenticationEnabled $false", quoted(g.Address))
	}
	return "Run in the Exchange Management Shell of the on-premises server: " + line
}

// quoted is a text as PowerShell takes it literally. It takes typographic
// quotation marks for plain ones.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	return "'" + b.String() + "'"
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
