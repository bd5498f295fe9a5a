package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"

	"enlist/pkg/onboard"
)

// The kinds of steps, and values of Change.What.
const (
	CreateContact      = "create_contact"
	InviteGuest        = "invite_guest"
	SetAttributes      = "set_attributes" // of a new contact
	UpdateContact      = "update_contact" // attributes of one that was there
	CreateGroup        = "create_group"
	AddMember          = "add_member"
	OpenGroup          = "open_group"           // RequireSenderAuthenticationEnabled to false
	AllowSender        = "allow_sender"         // onto AcceptMessagesOnlyFromSendersOrMembers
	ReportToOriginator = "report_to_originator" // ReportToOriginatorEnabled to true

	RemoveMember   = "remove_member"
	RemoveContact  = "remove_contact"
	CloseGroup     = "close_group"     // RequireSenderAuthenticationEnabled to true
	RestoreContact = "restore_contact" // attributes to what they were

	RestoreMember   = "restore_member"   // who was taken out of a group
	RecreateContact = "recreate_contact" // one that was removed, without its attributes
	CompleteContact = "complete_contact" // attributes and X500 address of one created anew

	RemoveSender  = "remove_sender"  // off AcceptMessagesOnlyFromSendersOrMembers
	RestoreSender = "restore_sender" // onto it again
	StopReports   = "stop_reports"   // ReportToOriginatorEnabled to false
	RemoveGroup   = "remove_group"
	RemoveGuest   = "remove_guest"
)

// The states of a step.
const (
	stateIntended = "intended" // the command may or may not have been carried out
	stateDone     = "done"
	stateRefused  = "refused"
)

// deeds are the changes of a run whose like may come up again: those that were
// confirmed before the run was cut off, and those of which it is not known
// whether they were carried out.
type deeds struct {
	mu    sync.Mutex
	all   map[deedKey]*deed
	moves map[string]deedKey // of contacts, by the address that they were to get
}

// deedKey says what a deed is about: the person by address, the group by id.
type deedKey struct{ kind, address, group string }

// deed is one change.
type deed struct {
	step      int64
	earlier   bool // of a sitting of the run before this one
	confirmed bool
	// told: an outcome says that this run did it. Until then the tenant is made
	// to look as it did before, and takes the change without sending it again,
	// so that the outcome comes out as if the run had never been cut off.
	told   bool
	person onboard.Recipient
	edit   edit
}

func newDeeds() *deeds { return &deeds{all: map[deedKey]*deed{}, moves: map[string]deedKey{}} }

// get gives a copy of what is known about the deed.
func (d *deeds) get(k deedKey) (deed, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.all[k]
	if !ok {
		return deed{}, false
	}
	return *found, true
}

func (d *deeds) set(k deedKey, value deed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all[k] = &value
}

func (d *deeds) forget(k deedKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.all, k)
}

// tell gives the deed if it is confirmed, and notes that it is told of.
func (d *deeds) tell(k deedKey) (deed, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.all[k]
	if !ok || !found.confirmed {
		return deed{}, false
	}
	found.told = true
	return *found, true
}

// recall gives the deeds of a run that was cut off, and those of them that its
// outcomes tell of.
func (j *Journal) recall(ctx context.Context, r Run) (*deeds, toldDeeds, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, kind, state, address, person_id, person_kind, person_name, person_ref, group_id, group_address, edit
		FROM steps WHERE run = ? AND state <> ? ORDER BY id`, r.seq, stateRefused)
	if err != nil {
		return nil, nil, err
	}
	recalled, err := collect(rows, scanDeed)
	if err != nil {
		return nil, nil, err
	}
	d := newDeeds()
	if len(recalled) == 0 {
		return d, nil, nil
	}
	told, err := j.told(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range recalled {
		one.told = told.has(one)
		d.all[one.key] = &one.deed
		if one.edit.moves() {
			d.moves[strings.ToLower(one.edit.To.Email)] = one.key
		}
	}
	return d, told, nil
}

// recalledDeed is a deed as the file has it.
type recalledDeed struct {
	deed
	key          deedKey
	groupAddress string
}

func scanDeed(rows *sql.Rows) (recalledDeed, error) {
	var one recalledDeed
	var state, changed string
	err := rows.Scan(&one.step, &one.key.kind, &state, &one.key.address, &one.person.ID, &one.person.Kind, &one.person.DisplayName,
		&one.person.Ref, &one.key.group, &one.groupAddress, &changed)
	if err != nil {
		return one, err
	}
	one.person.Address = one.key.address
	one.earlier, one.confirmed = true, state == stateDone
	one.edit, err = editOf(changed)
	return one, err
}

// newGroupChange is what an outcome calls a group's creation.
const newGroupChange = "PrimarySmtpAddress"

// toldDeeds are the deeds that the final outcomes of a run speak of. Those name
// groups by address, and a person by id or, if that is unknown, by address.
type toldDeeds map[toldKey]bool

type toldKey struct{ kind, person, group string }

func (t toldDeeds) has(one recalledDeed) bool {
	kind, group := one.key.kind, strings.ToLower(one.groupAddress)
	return t[toldKey{kind, one.key.address, group}] || one.person.ID != "" && t[toldKey{kind, strings.ToLower(one.person.ID), group}]
}

func (t toldDeeds) add(address string, o onboard.Outcome) {
	switch o.Contact.Action {
	case onboard.ContactCreated:
		t[toldKey{kind: CreateContact, person: address}] = true
	case onboard.ContactUpdated:
		t[toldKey{kind: UpdateContact, person: address}] = true
		t[toldKey{kind: UpdateContact, person: strings.ToLower(o.Contact.ID)}] = true
	case onboard.ContactInvited:
		t[toldKey{kind: InviteGuest, person: address}] = true
	}
	for _, g := range o.Groups {
		group := strings.ToLower(g.Address)
		for _, person := range []string{address, strings.ToLower(o.Contact.ID)} {
			if g.Member == onboard.MemberAdded {
				t[toldKey{AddMember, person, group}] = true
			}
			if g.NewlyListed {
				t[toldKey{AllowSender, person, group}] = true
			}
		}
		for _, c := range g.Changes {
			// Only a list names who was put on it.
			t[toldKey{AllowSender, strings.ToLower(c.To), group}] = true
			if c.What == newGroupChange {
				t[toldKey{kind: CreateGroup, group: group}] = true
			}
			for _, s := range settings() {
				if c.What == s.name {
					t[toldKey{kind: s.kind, group: group}] = true
				}
			}
		}
	}
}

func (j *Journal) told(ctx context.Context, r Run) (toldDeeds, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT address, outcome FROM rows WHERE run = ? AND final AND verdict IN (?, ?)`,
		r.seq, string(onboard.Changed), string(onboard.Partial))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	told := toldDeeds{}
	for rows.Next() {
		var address, text string
		var stored storedOutcome
		if err := rows.Scan(&address, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &stored); err != nil {
			return nil, err
		}
		told.add(address, stored.Outcome)
	}
	return told, rows.Err()
}
