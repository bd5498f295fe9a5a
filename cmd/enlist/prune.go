package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"enlist/pkg/journal"
	"enlist/pkg/onboard"
	"enlist/pkg/report"
)

// What --prune takes away.
const (
	pruneMembers  = "members"  // memberships
	pruneContacts = "contacts" // contacts without any group left, too
)

// pruneOptions are the flags about people who are no longer in the input.
type pruneOptions struct {
	what     string
	grace    string
	removals limit
}

func (o *pruneOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.what, "prune", "", "take people out of groups that an earlier run of the same --source put them into and that the file no longer names; contacts: also remove the contacts that it created, once they are in no group")
	flags.Lookup("prune").NoOptDefVal = pruneMembers
	flags.StringVar(&o.grace, "grace", "30d", "with --prune=contacts: for how long a contact must have been left alone")
	flags.Var(&o.removals, "max-removals", "with --prune: stop before more is taken away, as a number or a share of what the source has put there (default 10% or 25, whichever is smaller)")
}

func (o *pruneOptions) validate(source string) error {
	if o.what != "" && o.what != pruneMembers && o.what != pruneContacts {
		return &usageError{Message: fmt.Sprintf("--prune does not take %q.", o.what), NextStep: "Give --prune alone, or --prune=contacts."}
	}
	if o.what != "" && source == "" {
		return &usageError{Message: "--prune needs to know which earlier runs the input goes on from.",
			NextStep: "Name the source with --source, the same each time, as in --source hr-nightly."}
	}
	if _, err := parseAge(o.grace); err != nil {
		return &usageError{Message: fmt.Sprintf("--grace does not take %q: %v.", o.grace, err), NextStep: "Write for example --grace 30d."}
	}
	return nil
}

// validateInputs refuses inputs that would prune each other's people.
func (o *pruneOptions) validateInputs(n int) error {
	if o.what != "" && n > 1 {
		return &usageError{Message: "With --prune, only one file can be run at a time: the people of one would be missing in the other.",
			NextStep: "Run enlist once for each file, each with a --source of its own."}
	}
	return nil
}

// commands are the cmdlets that pruning may use.
func (o *pruneOptions) commands() []string {
	switch o.what {
	case pruneMembers:
		return []string{"Remove-DistributionGroupMember"}
	case pruneContacts:
		return []string{"Remove-DistributionGroupMember", "Remove-MailContact"}
	}
	return nil
}

// most is how much may be taken away of what the source has put there.
func (o *pruneOptions) most(putThere int) int {
	if o.removals.set {
		return o.removals.of(putThere)
	}
	return min(putThere/10, 25)
}

// leavers are the people whom earlier runs of the source put somewhere, less
// those whom the input still names. A nil one does nothing.
type leavers struct {
	o       *pruneOptions
	members []journal.Reversal
	listed  []journal.Reversal // who may write to a group by name
	created []journal.Reversal
	moved   map[string]string          // contacts' addresses by their former ones
	wanted  map[string]map[string]bool // groups by the person's address or id; "" stands for all
	taken   []journal.Reversal         // before the run was cut off
	planned bool                       // nothing is done, as in a dry run
	plan    *journal.Plan              // holds the run to what it tells; nil for none

	told     int // of what was taken away, would be, or is left
	failures int // among them, with what the plan refuses
}

// leavers reads who was put where by earlier runs; nil if nobody is pruned.
func (r *record) leavers(ctx context.Context, a assignment, tenant *connection, o *runOptions) (*leavers, error) {
	if o.prune.what == "" {
		return nil, nil
	}
	j := r.journal
	if j == nil {
		path, err := o.recordPath()
		if err != nil {
			return nil, err
		}
		if path == "" {
			return nil, &usageError{Message: "--prune needs the record of earlier runs, and there is none.", NextStep: "Name the state file with --state."}
		}
		if j, err = journal.Read(ctx, path); errors.Is(err, fs.ErrNotExist) {
			return &leavers{o: &o.prune, plan: a.plan}, nil
		} else if err != nil {
			return nil, err
		}
		defer j.Close()
	}
	l := &leavers{o: &o.prune, wanted: map[string]map[string]bool{}, planned: o.dryRun, plan: a.plan}
	source := o.state.sourceOf(a)
	var err error
	if a.resumed != nil {
		if l.taken, err = j.Taken(ctx, a.resumed.ID); err != nil {
			return nil, err
		}
	}
	if l.moved, err = j.Moved(ctx, tenant.name); err != nil {
		return nil, err
	}
	if l.members, err = j.PutThere(ctx, tenant.name, source); err != nil {
		return nil, err
	}
	if l.listed, err = j.Listed(ctx, tenant.name, source); err != nil || o.prune.what != pruneContacts {
		return l, err
	}
	grace, err := parseAge(o.prune.grace)
	if err != nil {
		return nil, err
	}
	l.created, err = j.Created(ctx, tenant.name, source, time.Now().Add(-grace))
	return l, err
}

const allGroups = ""

// see notes whom the input still names.
func (l *leavers) see(o onboard.Outcome) {
	if l == nil || len(l.members)+len(l.listed)+len(l.created) == 0 {
		return
	}
	persons := []string{strings.ToLower(o.Row.Contact.Email), o.Contact.ID}
	for _, c := range o.Contact.Changes {
		if c.What == string(onboard.FieldEmail) {
			persons = append(persons, strings.ToLower(c.From))
		}
	}
	for _, person := range persons {
		if person == "" {
			continue
		}
		groups := l.wanted[person]
		if groups == nil {
			groups = map[string]bool{}
			l.wanted[person] = groups
		}
		if len(o.Groups) < len(o.Row.Groups) {
			groups[allGroups] = true // which ones was not found out
		}
		for _, g := range o.Groups {
			groups[strings.ToLower(g.Address)] = true // all, if it could not be resolved
		}
	}
}

// gone are the changes to take back. Who leaves a group leaves its list, too.
func (l *leavers) gone() []journal.Reversal {
	var gone []journal.Reversal
	for _, v := range slices.Concat(l.members, l.listed) {
		if !l.wants(v.Person, v.Group.Address) {
			gone = append(gone, v)
		}
	}
	for _, v := range l.created {
		if !slices.ContainsFunc(l.names(v.Person), func(name string) bool { return l.wanted[name] != nil }) {
			gone = append(gone, v)
		}
	}
	return gone
}

func (l *leavers) wants(person onboard.Recipient, group string) bool {
	return slices.ContainsFunc(l.names(person), func(name string) bool { return l.wanted[name][group] || l.wanted[name][allGroups] })
}

// names are what the input may know the person by: the id, the address, and those
// that the contact got since.
func (l *leavers) names(person onboard.Recipient) []string {
	names := []string{person.ID, person.Address}
	for to, ok := l.moved[person.Address]; ok && !slices.Contains(names, to); to, ok = l.moved[to] {
		names = append(names, to)
	}
	return names
}

// take takes those who left out of their groups, within the limit, and tells of
// each.
func (l *leavers) take(ctx context.Context, record *journal.Recorder, tenant journal.Undoer, tally *onboard.Tally, tell func(report.Reversal) error) error {
	if l == nil {
		return nil
	}
	if err := l.tellAll(l.taken, report.ReversalDone, tell); err != nil {
		return err
	}
	gone, refused := l.plan.HoldRemovals(l.gone(), l.taken)
	removals := 0
	for _, v := range gone {
		if v.What != journal.AllowSender { // goes with a membership
			removals++
		}
	}
	switch most := l.o.most(len(l.members) + len(l.created)); {
	case len(gone)+len(refused) == 0, tally.Verdicts[onboard.Deferred] > 0:
		return nil // of rows that are left over it is not known which groups they name
	case tally.Verdicts[onboard.Invalid] > 0:
		return &limitError{Message: fmt.Sprintf("Nobody was taken out of a group, since invalid rows (%d) might be meant for those who seem to have left.", tally.Verdicts[onboard.Invalid]),
			NextStep: "Mend the rows, and run the file again."}
	case removals > most:
		return &limitError{Message: fmt.Sprintf("Nobody was taken out of a group: %d removals are more than the %d that --max-removals allows.", removals, most),
			NextStep: "If they are meant, give --max-removals."}
	}
	if l.planned {
		return l.tellAll(gone, report.ReversalPlanned, tell)
	}
	l.failures += len(refused)
	tellErr := l.tellAll(refused, report.ReversalLeft, tell)
	err := record.Undo(ctx, tenant, gone, func(v journal.Reversal) {
		l.told++
		if v.Err != nil {
			l.failures++
		}
		tellErr = errors.Join(tellErr, tell(reportedReversal(v, "Run the file again with --prune: what failed is tried again.")))
	})
	return errors.Join(err, tellErr)
}

// tellAll tells of removals that all came out alike.
func (l *leavers) tellAll(removals []journal.Reversal, as report.ReversalResult, tell func(report.Reversal) error) error {
	for _, v := range removals {
		l.told++
		told := reportedReversal(v, "")
		told.Result = as
		if err := tell(told); err != nil {
			return err
		}
	}
	return nil
}

// some reports whether anything was taken away, or would be.
func (l *leavers) some() bool { return l != nil && l.told > 0 }

// failed reports whether anything could not be taken away.
func (l *leavers) failed() bool { return l != nil && l.failures > 0 }
