package journal

import (
	"context"
	"errors"
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

	// AddMember adds the recipient to the group; ErrAlreadyMember if it is in it.
	AddMember(ctx context.Context, g onboard.Group, r onboard.Recipient) error
	// Portrait tells what a mail contact is to be created anew by.
	Portrait(ctx context.Context, r onboard.Recipient) (onboard.Portrait, error)
	// Recreate creates the contact, still without its attributes.
	Recreate(ctx context.Context, p onboard.Portrait) (onboard.Recipient, error)
	// Complete gives the contact that was created anew its attributes, and its
	// former LegacyExchangeDN as an X500 address. Repeating it is harmless.
	Complete(ctx context.Context, r onboard.Recipient, p onboard.Portrait) error

	GroupUndoer
	GuestUndoer
	onboard.AttributeKeeper
}

// GroupUndoer is what is needed to take back what was done to groups.
type GroupUndoer interface {
	// RestrictSenders sets RequireSenderAuthenticationEnabled of the group to
	// true. Repeating it is harmless.
	RestrictSenders(ctx context.Context, g onboard.Group) error
	// Listed tells whether the recipient is on the list of those that the group
	// takes mail from, and how many are on it; with none, it is not limited to any.
	Listed(ctx context.Context, g onboard.Group, r onboard.Recipient) (on bool, entries int, err error)
	// Unlist takes the recipient off that list. Repeating it is harmless.
	Unlist(ctx context.Context, g onboard.Group, r onboard.Recipient) error
	// AllowSender puts the recipient on that list. Repeating it is harmless.
	AllowSender(ctx context.Context, g onboard.Group, r onboard.Recipient) error
	// StopReports sets ReportToOriginatorEnabled of the group to false.
	// Repeating it is harmless.
	StopReports(ctx context.Context, g onboard.Group) error
	// CountMembers counts the direct members of the group, whoever they are.
	CountMembers(ctx context.Context, g onboard.Group) (int, error)
	// RemoveGroup removes the distribution group. Repeating it is harmless.
	RemoveGroup(ctx context.Context, g onboard.Group) error
}

// GuestUndoer is what is needed to take back an invitation.
type GuestUndoer interface {
	// GuestState tells of a guest by its id; ErrRecipientNotFound if there is none,
	// ErrDenied if the app may not know.
	GuestState(ctx context.Context, r onboard.Recipient) (onboard.GuestState, error)
	// RemoveGuest deletes the guest; ErrDenied if the app may not. Repeating it
	// is harmless.
	RemoveGuest(ctx context.Context, r onboard.Recipient) error
}

// undoWorkers is how many changes are taken back at once.
const undoWorkers = 8

// Undo takes changes back and hands each to tell when it is dealt with, also
// those that are kept. What has become different in the meantime is kept. It
// stops early only if the tenant can't be reached or denies access; then, or if
// some could not be taken back, it can be done again.
func (r *Recorder) Undo(ctx context.Context, t Undoer, reversals []Reversal, tell func(Reversal)) error {
	u := &undoing{record: r, tenant: t, tell: tell}
	for phase := range phases {
		workers, working := errgroup.WithContext(ctx)
		workers.SetLimit(undoWorkers)
		for _, unit := range units(reversals, phase) {
			workers.Go(func() error { return u.work(working, unit) })
		}
		if err := workers.Wait(); err != nil {
			if ctx.Err() != nil { // whatever the tenant made of that
				return context.Cause(ctx)
			}
			return err
		}
	}
	return nil
}

// units are the changes of a phase. Those of one list have to be taken back one
// after the other, since each depends on who is left.
func units(reversals []Reversal, phase int) [][]Reversal {
	var all [][]Reversal
	lists := map[string]int{} // places in all, by the group's id
	for _, v := range reversals {
		if v.phase() != phase {
			continue
		}
		if place, ok := lists[v.Group.ID]; ok && v.What == AllowSender {
			all[place] = append(all[place], v)
			continue
		}
		if v.What == AllowSender {
			lists[v.Group.ID] = len(all)
		}
		all = append(all, []Reversal{v})
	}
	return all
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

	listed sync.Mutex // held while somebody is removed who is on lists of senders

	mu   sync.Mutex // one is told of at a time
	tell func(Reversal)
}

// work takes changes back one after the other, until one fails in a way that all
// would.
func (u *undoing) work(ctx context.Context, unit []Reversal) error {
	for _, v := range unit {
		if v.Kept == "" {
			var k kept
			k, v.Err = u.takeBack(ctx, v)
			if k.gone && v.Err == nil {
				k, v.Err = u.confirmed(k, v)
			}
			v.keep(k)
		}
		u.mu.Lock()
		u.tell(v)
		u.mu.Unlock()
		if hopeless(v.Err) {
			return v.Err
		}
	}
	return nil
}

// confirmed tells of a change that is not there any more. If it is known that an
// earlier try was to take it back, that one did.
func (u *undoing) confirmed(k kept, v Reversal) (kept, error) {
	if v.tried != 0 {
		return kept{}, u.record.finish(v.tried, stateDone, v.Person, nil)
	}
	r, _ := reverseOf(v.What)
	key := deedKey{kind: r.by, address: v.Person.Address, group: v.Group.ID}
	if pending, ok := u.record.deeds.get(key); ok && !pending.confirmed {
		return kept{}, u.record.done(key, pending, v.Person)
	}
	return k, nil
}

func (u *undoing) takeBack(ctx context.Context, v Reversal) (kept, error) {
	if ctx.Err() != nil {
		return kept{}, context.Cause(ctx)
	}
	return map[string]func(context.Context, Reversal) (kept, error){
		AddMember:          u.leaveGroup,
		UpdateContact:      u.restore,
		OpenGroup:          u.closeGroup,
		ReportToOriginator: u.stopReports,
		AllowSender:        u.unlist,
		CreateGroup:        u.removeGroup,
		CreateContact:      u.removeContact,
		InviteGuest:        u.removeGuest,
		RemoveMember:       u.rejoin,
		RemoveSender:       u.relist,
		RemoveContact:      u.recreate,
	}[v.What](ctx, v)
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
	pending, again, err := u.record.intendEdit(key, v.Person, v.Group, e)
	if err != nil {
		return err
	}
	err = do()
	switch {
	case err == nil:
		return u.record.done(key, pending, v.Person)
	case again && errors.Is(err, errGone):
		return err // the first try did it: see confirmed
	}
	return u.record.failed(key, pending, err)
}

// errGone: there is nothing to take back any more.
var errGone = errors.New("it is not there any more")
