package journal

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"

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

	// AddMember adds the recipient to the group; ErrAlreadyMember if it is in it.
	AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error
	// Portrait tells what a mail contact is to be created anew by.
	Portrait(ctx context.Context, r onboard.Recipient) (onboard.Portrait, error)
	// Recreate creates the contact, still without its attributes.
	Recreate(ctx context.Context, p onboard.Portrait) (onboard.Recipient, error)
	// Complete gives the contact that was created anew its attributes, and its
	// former LegacyExchangeDN as an X500 address. Repeating it is harmless.
	Complete(ctx context.Context, r onboard.Recipient, p onboard.Portrait) error

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
	// NextStep says what to do if a change that was kept shall not stay; empty
	// if nothing is.
	NextStep string
	// Run is the id of the run that made the change, and At when it did.
	Run  string
	At   time.Time
	edit edit // of UpdateContact and RemoveContact
	// begun: an undo before this one has created the contact anew, or was cut
	// off while it did.
	begun bool
	// Err is why it could not be taken back.
	Err error
}

// Reversals gives the changes of a run that are not taken back yet, in the order
// in which they have to be taken back. As far as the record tells, those that
// something else relies on by now are marked as kept.
func (j *Journal) Reversals(ctx context.Context, run Run) ([]Reversal, error) {
	rows, err := j.db.QueryContext(ctx, reversalsQuery, run.seq, stateDone, stateIntended, run.ID, stateRefused)
	if err != nil {
		return nil, explain(j.path, err)
	}
	reversals, err := collect(rows, scanReversal)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return reversals, nil
}

// reversalsQuery takes the run's number, the states done and intended, the run's
// id, and the state refused. What a later run did again counts unless that was
// taken back; people who were put into a group count as what keeps it open.
const reversalsQuery = `
	WITH back (kind, reverse, turn) AS (VALUES
		('remove_contact', 'complete_contact', 0),
		('remove_member', 'restore_member', 1),
		('add_member', 'remove_member', 1),
		('update_contact', 'restore_contact', 1),
		('open_group', 'close_group', 2),
		('create_contact', 'remove_contact', 3))
	SELECT ` + reversalColumns + `,
		coalesce((SELECT r.id FROM steps l JOIN runs r ON r.seq = l.run WHERE l.run > s.run AND l.state = ?2 AND l.group_id = s.group_id
			AND CASE s.kind WHEN 'open_group' THEN l.kind = 'add_member' ELSE l.kind = s.kind AND l.address = s.address END
			AND NOT EXISTS (SELECT 1 FROM steps x WHERE x.id > l.id AND x.state = ?2 AND x.address = l.address AND x.group_id = l.group_id
				AND x.kind = (SELECT reverse FROM back WHERE kind = l.kind))
			ORDER BY l.id LIMIT 1), ''),
		EXISTS (SELECT 1 FROM steps u JOIN runs r ON r.seq = u.run
			WHERE r.undoes = ?4 AND u.kind = 'recreate_contact' AND u.state <> ?5 AND u.address = s.address)
	FROM steps s JOIN runs o ON o.seq = s.run LEFT JOIN back b ON b.kind = s.kind
	WHERE s.run = ?1 AND s.state IN (?2, ?3) AND s.kind <> 'set_attributes' AND NOT EXISTS (
		SELECT 1 FROM steps u JOIN runs r ON r.seq = u.run
		WHERE r.undoes = ?4 AND u.state = ?2 AND u.address = s.address AND u.group_id = s.group_id AND u.kind = b.reverse)
	ORDER BY coalesce(b.turn, 1), s.id`

// reversalColumns are those of a step s of a run o.
const reversalColumns = `s.kind, s.state, s.address, s.person_id, s.person_kind, s.person_name, s.person_ref,
		s.group_id, s.group_kind, s.group_address, s.group_ref, s.edit, o.id, coalesce(nullif(s.ended, ''), s.intended)`

func scanReversal(rows *sql.Rows) (Reversal, error) {
	var v Reversal
	var state, changed, at, later string
	err := rows.Scan(&v.What, &state, &v.Person.Address, &v.Person.ID, &v.Person.Kind, &v.Person.DisplayName, &v.Person.Ref,
		&v.Group.ID, &v.Group.Kind, &v.Group.Address, &v.Group.Ref, &changed, &v.Run, &at, &later, &v.begun)
	if err != nil {
		return v, err
	}
	v.At = timeOf(at)
	v.edit, err = editOf(changed)
	v.keep(v.keptBy(state, later))
	return v, err
}

// keep marks the change as kept, if there is a reason.
func (v *Reversal) keep(k kept) { v.Kept, v.NextStep = k.why, k.next }

// keptBy tells why the change is left as it is, as far as the record knows.
func (v *Reversal) keptBy(state, later string) kept {
	switch {
	case state != stateDone:
		return keptUncertain
	case later != "" && v.What == OpenGroup:
		return keptOpen(later)
	case later != "":
		return keptAgain(later)
	case v.Group.Kind == onboard.GroupMicrosoft365:
		return kept{why: "It is a Microsoft 365 group: take the guest out there."}
	case v.What == RemoveContact && v.edit.Removed == nil:
		return keptNoPortrait
	case !slices.Contains(reversible(), v.What):
		return keptForGood
	}
	return kept{}
}

// reversible are the kinds of changes that can be taken back.
func reversible() []string {
	return []string{AddMember, UpdateContact, OpenGroup, CreateContact, RemoveMember, RemoveContact}
}

// phase is when the change's turn is.
func (v Reversal) phase() int {
	switch v.What {
	case RemoveContact:
		return 0
	case OpenGroup:
		return 2
	case CreateContact:
		return 3
	}
	return 1
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
	// People are there again before they are back in their groups. They leave a
	// group before it is closed, and groups before they are removed.
	for phase := range 4 {
		workers, ctx := errgroup.WithContext(ctx)
		workers.SetLimit(undoWorkers)
		for _, v := range reversals {
			if v.phase() != phase {
				continue
			}
			workers.Go(func() error {
				if v.Kept == "" {
					var k kept
					k, v.Err = u.takeBack(ctx, v)
					v.keep(k)
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

func (u *undoing) takeBack(ctx context.Context, v Reversal) (kept, error) {
	if ctx.Err() != nil {
		return kept{}, context.Cause(ctx)
	}
	switch v.What {
	case AddMember:
		return u.leaveGroup(ctx, v)
	case OpenGroup:
		return u.closeGroup(ctx, v)
	case UpdateContact:
		return u.restore(ctx, v)
	case RemoveMember:
		return u.rejoin(ctx, v)
	case RemoveContact:
		return u.recreate(ctx, v)
	}
	return u.removeContact(ctx, v)
}

func (u *undoing) leaveGroup(ctx context.Context, v Reversal) (kept, error) {
	err := u.recorded(RemoveMember, v, func() error {
		was, err := u.tenant.RemoveMember(ctx, v.Group, v.Person)
		if err == nil && !was {
			return errNoMember
		}
		return err
	})
	switch {
	case errors.Is(err, errNoMember):
		return keptNoMember, nil
	case errors.Is(err, onboard.ErrRecipientNotFound):
		return keptNoPerson, nil
	case errors.Is(err, onboard.ErrGroupNotFound):
		return keptNoGroup, nil
	}
	return kept{}, err
}

var errNoMember = errors.New("not a member any more")

func (u *undoing) closeGroup(ctx context.Context, v Reversal) (kept, error) {
	groups, err := u.tenant.Groups(ctx, v.Group.ID)
	switch {
	case err != nil:
		return kept{}, err
	case len(groups) != 1:
		return keptNoGroup, nil
	case groups[0].InsideSendersOnly:
		return keptClosed, nil
	}
	return kept{}, u.recorded(CloseGroup, v, func() error { return u.tenant.RestrictSenders(ctx, v.Group) })
}

func (u *undoing) removeContact(ctx context.Context, v Reversal) (kept, error) {
	holders, err := u.tenant.CurrentHolders(ctx, v.Person.Address)
	switch {
	case err != nil:
		return kept{}, err
	case len(holders) == 0:
		return keptNoContact, nil
	case len(holders) > 1 || !same(holders[0], v.Person):
		return keptAddressTaken, nil
	}
	groups, err := u.tenant.GroupsOf(ctx, v.Person)
	switch {
	case err != nil:
		return kept{}, err
	case len(groups) > 0:
		return keptInGroups(groups), nil
	}
	if u.record.run.Undoes == "" { // what an undo removes is never created anew
		was, err := u.tenant.Portrait(ctx, v.Person)
		if err != nil {
			return kept{}, err
		}
		v.edit = edit{Removed: &was}
	}
	return kept{}, u.recorded(RemoveContact, v, func() error { return u.tenant.RemoveContact(ctx, v.Person) })
}

// restore gives the contact the former values of those attributes that still are
// what the run made them.
func (u *undoing) restore(ctx context.Context, v Reversal) (kept, error) {
	now, err := u.tenant.Attributes(ctx, v.Person, v.edit.Fields, v.edit.To)
	if errors.Is(err, onboard.ErrRecipientNotFound) {
		return keptNoContact, nil
	}
	if err != nil {
		return kept{}, err
	}
	fields := v.edit.unchangedSince(now)
	if len(fields) == 0 {
		return keptEdited, nil
	}
	err = u.recorded(RestoreContact, v, func() error { return u.tenant.UpdateContact(ctx, v.Person, fields, v.edit.From) })
	if errors.Is(err, onboard.ErrAlreadyExists) {
		return keptAddressTaken, nil
	}
	return kept{}, err
}

func same(a, b onboard.Recipient) bool {
	return a.ID != "" && a.ID == b.ID || a.Ref == b.Ref
}

// recorded does a change with its intent on the disk before and its end after.
func (u *undoing) recorded(kind string, v Reversal, do func() error) error {
	key := deedKey{kind: kind, address: v.Person.Address, group: v.Group.ID}
	e := edit{}
	if kind == RemoveContact {
		e = v.edit
	}
	pending, _, err := u.record.intendEdit(key, v.Person, v.Group, e)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return u.record.failed(key, pending, err)
	}
	return u.record.done(key, pending, v.Person)
}
