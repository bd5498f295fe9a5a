package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"enlist/pkg/onboard"
)

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
	edit edit
	// begun: an undo before this one has created the contact anew, or was cut
	// off while it did.
	begun bool
	// tried is the step of an undo before this one that was to take the change
	// back, and of which it is not known whether it did; 0 for none.
	tried int64
	// Err is why it could not be taken back.
	Err error
}

// Reversals gives the changes of a run that are not taken back yet, in the order
// in which they have to be taken back. As far as the record tells, those that
// something else relies on by now are marked as kept.
func (j *Journal) Reversals(ctx context.Context, run Run) ([]Reversal, error) {
	rows, err := j.db.QueryContext(ctx, reversalsQuery(), run.seq, stateDone, stateIntended, run.ID, stateRefused)
	if err != nil {
		return nil, explain(j.path, err)
	}
	reversals, err := collect(rows, scanReversal)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return reversals, nil
}

// reverse says by which kind of step one of another kind is taken back, and in
// which turn. People are there again before they are back in their groups. They
// leave a group before it is closed, it is closed before anybody is taken off its
// list, and what was created goes at the end.
type reverse struct {
	of, by string
	phase  int
}

// phases are how many turns there are.
const phases = 6

func reverses() []reverse {
	return []reverse{
		{RemoveContact, CompleteContact, 0},
		{RemoveMember, RestoreMember, 1},
		{RemoveSender, RestoreSender, 1},
		{AddMember, RemoveMember, 1},
		{UpdateContact, RestoreContact, 1},
		{OpenGroup, CloseGroup, 2},
		{ReportToOriginator, StopReports, 2},
		{AllowSender, RemoveSender, 3},
		{CreateGroup, RemoveGroup, 4},
		{InviteGuest, RemoveGuest, 5},
		{CreateContact, RemoveContact, 5},
	}
}

// reverseOf gives how a kind of step is taken back, and whether it is at all.
func reverseOf(kind string) (reverse, bool) {
	all := reverses()
	i := slices.IndexFunc(all, func(r reverse) bool { return r.of == kind })
	if i < 0 {
		return reverse{phase: 1}, false
	}
	return all[i], true
}

// phase is when the change's turn is.
func (v Reversal) phase() int {
	r, _ := reverseOf(v.What)
	return r.phase
}

// reversalsQuery takes the run's number, the states done and intended, the run's
// id, and the state refused. What a later run did again counts unless that was
// taken back; people who were put into a group, or on its list, count as what
// keeps it open. The group of everybody inside comes behind the people of a list,
// so that those inside can write until the end.
func reversalsQuery() string {
	var back []string
	for _, r := range reverses() {
		back = append(back, fmt.Sprintf("('%s', '%s', %d)", r.of, r.by, r.phase))
	}
	return `
	WITH back (kind, reverse, turn) AS (VALUES ` + strings.Join(back, ", ") + `)
	SELECT ` + reversalColumns + `,
		coalesce((SELECT r.id FROM steps l JOIN runs r ON r.seq = l.run WHERE l.run > s.run AND l.state = ?2 AND l.group_id = s.group_id
			AND CASE s.kind WHEN 'open_group' THEN l.kind IN ('add_member', 'allow_sender') ELSE l.kind = s.kind AND l.address = s.address END
			AND NOT EXISTS (SELECT 1 FROM steps x WHERE x.id > l.id AND x.state = ?2 AND x.address = l.address AND x.group_id = l.group_id
				AND x.kind = (SELECT reverse FROM back WHERE kind = l.kind))
			ORDER BY l.id LIMIT 1), ''),
		EXISTS (SELECT 1 FROM steps u JOIN runs r ON r.seq = u.run
			WHERE r.undoes = ?4 AND u.kind = 'recreate_contact' AND u.state <> ?5 AND u.address = s.address),
		coalesce((SELECT max(u.id) FROM steps u JOIN runs r ON r.seq = u.run
			WHERE r.undoes = ?4 AND u.state = ?3 AND u.kind = b.reverse AND u.address = s.address AND u.group_id = s.group_id), 0)
	FROM steps s JOIN runs o ON o.seq = s.run LEFT JOIN back b ON b.kind = s.kind
	WHERE s.run = ?1 AND s.state IN (?2, ?3) AND s.kind <> 'set_attributes' AND NOT EXISTS (
		SELECT 1 FROM steps u JOIN runs r ON r.seq = u.run
		WHERE r.undoes = ?4 AND u.state = ?2 AND u.address = s.address AND u.group_id = s.group_id AND u.kind = b.reverse)
	ORDER BY coalesce(b.turn, 1), s.person_kind = 'group', s.id`
}

// reversalColumns are those of a step s of a run o.
const reversalColumns = `s.kind, s.state, s.address, s.person_id, s.person_kind, s.person_name, s.person_ref,
		s.group_id, s.group_kind, s.group_address, s.group_ref, s.edit, o.id, coalesce(nullif(s.ended, ''), s.intended)`

func scanReversal(rows *sql.Rows) (Reversal, error) {
	var v Reversal
	var state, changed, at, later string
	err := rows.Scan(&v.What, &state, &v.Person.Address, &v.Person.ID, &v.Person.Kind, &v.Person.DisplayName, &v.Person.Ref,
		&v.Group.ID, &v.Group.Kind, &v.Group.Address, &v.Group.Ref, &changed, &v.Run, &at, &later, &v.begun, &v.tried)
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
	case v.What == RemoveContact && v.edit.Removed == nil:
		return keptNoPortrait
	}
	if _, ok := reverseOf(v.What); !ok {
		return keptForGood
	}
	return kept{}
}
