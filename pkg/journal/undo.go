package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"enlist/pkg/onboard"
)

// Undoer is a tenant in which changes can be taken back. It answers with what
// is so at this moment. Its errors wrap those of package onboard.
type Undoer interface {
	CurrentHolders(ctx context.Context, address string) ([]onboard.Recipient, error)
	// Groups tells which groups go by a name or object id.
	Groups(ctx context.Context, name string) ([]onboard.Group, error)
	// GroupsOf tells the addresses of the groups that have the recipient as a
	// direct member.
	GroupsOf(ctx context.Context, r onboard.Recipient) ([]string, error)

	// RemoveMember takes the recipient out of the group, and reports whether
	// it was in it. Repeating it is harmless.
	RemoveMember(ctx context.Context, g onboard.Group, r onboard.Recipient) (was bool, err error)
	// RemoveContact removes the mail contact. Repeating it is harmless.
	RemoveContact(ctx context.Context, r onboard.Recipient) error
	// RestrictSenders sets RequireSenderAuthenticationEnabled of the group to
	// true. Repeating it is harmless.
	RestrictSenders(ctx context.Context, g onboard.Group) error

	onboard.AttributeKeeper
}

// Reversal is a change of a run that is to be taken back.
type Reversal struct {
	What   string // AddMember, OpenGroup, UpdateContact, CreateContact, or another kind of step
	Person onboard.Recipient
	Group  onboard.Group
	// Kept says in a whole sentence why the change is left as it is; empty if
	// it is taken back.
	Kept string
	edit edit // of UpdateContact
	// Err is why it could not be taken back.
	Err error
}

// Reversals gives the changes of a run that are not taken back yet, in the order
// in which they have to be taken back. As far as the record tells, those that
// something else relies on by now are marked as kept.
func (j *Journal) Reversals(ctx context.Context, run Run) ([]Reversal, error) {
	rows, err := j.db.QueryContext(ctx, `
		SELECT s.kind, s.state, s.address, s.person_id, s.person_kind, s.person_name, s.person_ref, s.group_id, s.group_kind, s.group_address, s.group_ref, s.edit,
			coalesce((SELECT r.id FROM steps l JOIN runs r ON r.seq = l.run WHERE l.run > s.run AND l.state = ?2 AND l.group_id = s.group_id
				AND CASE s.kind WHEN ?4 THEN l.kind = ?3 ELSE l.kind = s.kind AND l.address = s.address END
				AND NOT EXISTS (SELECT 1 FROM steps x WHERE x.id > l.id AND x.state = ?2 AND x.kind IN (?8, ?10) AND x.address = l.address AND x.group_id = l.group_id)
				ORDER BY l.id LIMIT 1), '')
		FROM steps s
		WHERE s.run = ?1 AND s.state IN (?2, ?5) AND s.kind <> ?6 AND NOT EXISTS (
			SELECT 1 FROM steps u JOIN runs r ON r.seq = u.run
			WHERE r.undoes = ?7 AND u.state = ?2 AND u.address = s.address AND u.group_id = s.group_id
				AND u.kind = CASE s.kind WHEN ?3 THEN ?8 WHEN ?4 THEN ?9 WHEN ?12 THEN ?13 ELSE ?10 END)
		ORDER BY CASE s.kind WHEN ?4 THEN 2 WHEN ?11 THEN 3 ELSE 1 END, s.id`,
		run.seq, stateDone, AddMember, OpenGroup, stateIntended, SetAttributes, run.ID, RemoveMember, CloseGroup, RemoveContact, CreateContact, UpdateContact, RestoreContact)
	if err != nil {
		return nil, explain(j.path, err)
	}
	reversals, err := collect(rows, scanReversal)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return reversals, nil
}

func scanReversal(rows *sql.Rows) (Reversal, error) {
	var v Reversal
	var state, changed, later string
	err := rows.Scan(&v.What, &state, &v.Person.Address, &v.Person.ID, &v.Person.Kind, &v.Person.DisplayName, &v.Person.Ref,
		&v.Group.ID, &v.Group.Kind, &v.Group.Address, &v.Group.Ref, &changed, &later)
	if err != nil {
		return v, err
	}
	v.edit, err = editOf(changed)
	switch {
	case state != stateDone:
		v.Kept = "It is not known whether the run did this."
	case later != "" && v.What == OpenGroup:
		v.Kept = "The run " + later + " has put people there since."
	case later != "":
		v.Kept = "The run " + later + " has done it again since."
	case v.Group.Kind == onboard.GroupMicrosoft365:
		v.Kept = "It is a Microsoft 365 group: take the guest out there."
	case !slices.Contains(reversible(), v.What):
		v.Kept = "This kind of change is not taken back."
	}
	return v, err
}

// reversible are the kinds of changes that can be taken back.
func reversible() []string { return []string{AddMember, UpdateContact, OpenGroup, CreateContact} }

// phase is when the change's turn is.
func (v Reversal) phase() int {
	switch v.What {
	case OpenGroup:
		return 1
	case CreateContact:
		return 2
	}
	return 0
}

// undoWorkers is how many changes are taken back at once.
const undoWorkers = 8

// Undo takes changes back and hands each to tell when it is dealt with, also
// those that are kept. What has become different in the meantime is kept. It
// stops early only if the tenant can't be reached or denies access; then, or if
// some could not be taken back, it can be done again.
func (r *Recorder) Undo(ctx context.Context, t Undoer, reversals []Reversal, tell func(Reversal)) error {
	u := &undoing{record: r, tenant: t}
	var mu sync.Mutex
	// People leave a group before it is closed, and groups before they are removed.
	for _, phase := range []int{0, 1, 2} {
		workers, ctx := errgroup.WithContext(ctx)
		workers.SetLimit(undoWorkers)
		for _, v := range reversals {
			if v.phase() != phase {
				continue
			}
			workers.Go(func() error {
				if v.Kept == "" {
					v.Kept, v.Err = u.takeBack(ctx, v)
				}
				mu.Lock()
				tell(v)
				mu.Unlock()
				if hopeless(v.Err) {
					return v.Err
				}
				return nil
			})
		}
		if err := workers.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// hopeless tells an error that would come for every change.
func hopeless(err error) bool {
	for _, all := range []error{onboard.ErrDenied, onboard.ErrUnavailable, ErrWrite, context.Canceled, context.DeadlineExceeded, onboard.ErrInterrupted, onboard.ErrDeadline} {
		if errors.Is(err, all) {
			return true
		}
	}
	return false
}

// undoing takes changes back, and records it.
type undoing struct {
	record *Recorder
	tenant Undoer
}

func (u *undoing) takeBack(ctx context.Context, v Reversal) (kept string, err error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	switch v.What {
	case AddMember:
		return u.leaveGroup(ctx, v)
	case OpenGroup:
		return u.closeGroup(ctx, v)
	case UpdateContact:
		return u.restore(ctx, v)
	}
	return u.removeContact(ctx, v)
}

func (u *undoing) leaveGroup(ctx context.Context, v Reversal) (kept string, err error) {
	err = u.recorded(RemoveMember, v, func() error {
		was, err := u.tenant.RemoveMember(ctx, v.Group, v.Person)
		if err == nil && !was {
			return errNoMember
		}
		return err
	})
	switch {
	case errors.Is(err, errNoMember):
		return "The person is not in the group any more.", nil
	case errors.Is(err, onboard.ErrRecipientNotFound):
		return "The person does not exist any more.", nil
	case errors.Is(err, onboard.ErrGroupNotFound):
		return "The group does not exist any more.", nil
	}
	return "", err
}

var errNoMember = errors.New("not a member any more")

func (u *undoing) closeGroup(ctx context.Context, v Reversal) (kept string, err error) {
	groups, err := u.tenant.Groups(ctx, v.Group.ID)
	switch {
	case err != nil:
		return "", err
	case len(groups) != 1:
		return "The group does not exist any more.", nil
	case groups[0].InsideSendersOnly:
		return "The group is closed already.", nil
	}
	return "", u.recorded(CloseGroup, v, func() error { return u.tenant.RestrictSenders(ctx, v.Group) })
}

func (u *undoing) removeContact(ctx context.Context, v Reversal) (kept string, err error) {
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return "", err
	case len(holders) == 0:
		return "The contact does not exist any more.", nil
	case len(holders) > 1 || !same(holders[0], v.Person):
		return "The address belongs to somebody else by now.", nil
	}
	groups, err := u.tenant.GroupsOf(ctx, v.Person)
	switch {
	case err != nil:
		return "", err
	case len(groups) > 0:
		return fmt.Sprintf("The contact is in %s.", strings.Join(groups, ", ")), nil
	}
	return "", u.recorded(RemoveContact, v, func() error { return u.tenant.RemoveContact(ctx, v.Person) })
}

// restore gives the contact the former values of those attributes that still are
// what the run made them.
func (u *undoing) restore(ctx context.Context, v Reversal) (kept string, err error) {
	now, err := u.tenant.Attributes(ctx, v.Person, v.edit.Fields, v.edit.To)
	if errors.Is(err, onboard.ErrRecipientNotFound) {
		return "The contact does not exist any more.", nil
	}
	if err != nil {
		return "", err
	}
	fields := v.edit.unchangedSince(now)
	if len(fields) == 0 {
		return "Somebody has changed the attributes since.", nil
	}
	return "", u.recorded(RestoreContact, v, func() error { return u.tenant.UpdateContact(ctx, v.Person, fields, v.edit.From) })
}

func same(a, b onboard.Recipient) bool {
	return a.ID != "" && a.ID == b.ID || a.Ref == b.Ref
}

// recorded does a change with its intent on the disk before and its end after.
func (u *undoing) recorded(kind string, v Reversal, do func() error) error {
	key := deedKey{kind: kind, address: v.Person.Address, group: v.Group.ID}
	pending, _, err := u.record.intend(key, v.Person, v.Group)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return u.record.failed(key, pending, err)
	}
	return u.record.done(key, pending, v.Person)
}
