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
func (t *tenant) intend(key deedKey, person onboard.Recipient, group onboard.Group) (pending deed, again bool, err error) {
	if pending, again = t.record.deeds.get(key); again {
		return pending, true, nil
	}
	pending = deed{step: t.record.journal.lastStep.Add(1), person: person}
	err = t.record.journal.writer.commit(`INSERT INTO steps
		(id, run, kind, state, address, person_id, person_kind, person_name, person_ref, group_id, group_address, group_ref, intended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		pending.step, t.record.run.seq, key.kind, stateIntended, key.address, person.ID, string(person.Kind), person.DisplayName, person.Ref,
		group.ID, strings.ToLower(group.Address), group.Ref, textOf(time.Now()))
	return pending, false, err
}

// confirm records what turned out to have been done, to be told of.
func (t *tenant) confirm(key deedKey, d deed) error {
	d.confirmed = true
	t.record.deeds.set(key, d)
	return t.record.finish(d.step, stateDone, d.person, nil)
}

// done records that the command was carried out. What this sitting of the run
// does need not be remembered: the tenant knows it.
func (t *tenant) done(key deedKey, d deed, person onboard.Recipient) error {
	t.record.deeds.forget(key)
	return t.record.finish(d.step, stateDone, person, nil)
}

// failed records why the command was not carried out, and gives that error. A
// command whose end is not known stays intended.
func (t *tenant) failed(key deedKey, d deed, because error) error {
	state := stateRefused
	if errors.Is(because, onboard.ErrUncertain) || errors.Is(because, context.Canceled) || errors.Is(because, context.DeadlineExceeded) {
		state = stateIntended
		t.record.deeds.set(key, d)
	} else {
		t.record.deeds.forget(key)
	}
	if err := t.record.finish(d.step, state, d.person, because); err != nil {
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
