package journal

import (
	"context"
	"errors"
	"strings"
	"time"

	"enlist/pkg/onboard"
)

// intend brings the intent to the disk, and reports whether it is there
// already from an earlier try of which it is not known whether it worked.
func (r *Recorder) intend(key deedKey, person onboard.Recipient, group onboard.Group) (pending deed, again bool, err error) {
	return r.intendEdit(key, person, group, edit{})
}

// intendEdit is intend for a change of attributes.
func (r *Recorder) intendEdit(key deedKey, person onboard.Recipient, group onboard.Group, e edit) (pending deed, again bool, err error) {
	if pending, again = r.deeds.get(key); again {
		return pending, true, nil
	}
	pending = deed{step: r.journal.lastStep.Add(1), person: person, edit: e}
	err = r.journal.writer.commit(`INSERT INTO steps
		(id, run, kind, state, address, person_id, person_kind, person_name, person_ref, group_id, group_kind, group_address, group_ref, edit, intended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		pending.step, r.run.seq, key.kind, stateIntended, key.address, person.ID, string(person.Kind), person.DisplayName, person.Ref,
		group.ID, string(group.Kind), strings.ToLower(group.Address), group.Ref, e.text(), textOf(time.Now()))
	return pending, false, err
}

// confirm records what turned out to have been done. If that was in an earlier
// sitting it is still to be told of; in this one, the job hears that it is so.
func (r *Recorder) confirm(key deedKey, d deed) (deed, error) {
	d.confirmed, d.told = true, !d.earlier
	r.deeds.set(key, d)
	return d, r.finish(d.step, stateDone, d.person, nil)
}

// done records that the command was carried out. What this sitting of the run
// does need not be remembered: the tenant knows it.
func (r *Recorder) done(key deedKey, d deed, person onboard.Recipient) error {
	r.deeds.forget(key)
	return r.finish(d.step, stateDone, person, nil)
}

// failed records why the command was not carried out, and gives that error. A
// command whose end is not known stays intended.
func (r *Recorder) failed(key deedKey, d deed, because error) error {
	state := stateRefused
	if errors.Is(because, onboard.ErrUncertain) || errors.Is(because, context.Canceled) || errors.Is(because, context.DeadlineExceeded) {
		state = stateIntended
		r.deeds.set(key, d)
	} else {
		r.deeds.forget(key)
	}
	if err := r.finish(d.step, state, d.person, because); err != nil {
		return err
	}
	return because
}

// finish records the end of a step.
func (r *Recorder) finish(step int64, state string, person onboard.Recipient, because error) error {
	text := ""
	if because != nil {
		text = because.Error()
	}
	return r.journal.writer.put(`UPDATE steps SET state = ?, person_id = ?, person_ref = ?, ended = ?, error = ? WHERE id = ?`,
		state, person.ID, person.Ref, textOf(time.Now()), text, step)
}
