package journal

import (
	"context"
	"strings"

	"enlist/pkg/onboard"
)

// Of a contact that the run has given another address, the job hears in a later
// sitting as if that was still to be done, until it is told; see deed.told.

// heldBefore gives who holds the address, which the run was to give to a contact
// in an earlier sitting; asked is false if there was no such thing.
func (t *tenant) heldBefore(ctx context.Context, address string) (found []onboard.Recipient, asked bool, err error) {
	key, done, ok := t.record.deeds.moveTo(address)
	if !ok || done.told {
		return nil, false, nil
	}
	if !done.confirmed {
		found, err := t.Tenant.CurrentHolders(ctx, address)
		if err != nil || len(found) != 1 || !same(found[0], done.person) {
			return found, true, err
		}
		if _, err := t.record.confirm(key, done); err != nil {
			return nil, true, err
		}
	}
	return nil, true, nil
}

// KeyHolders is the tenant's answer, with the addresses that contacts had before
// the run, as far as it has still to tell of their change.
func (t *tenant) KeyHolders(ctx context.Context, attribute onboard.Field, key string) ([]onboard.Recipient, error) {
	found, err := t.Tenant.KeyHolders(ctx, attribute, key)
	for i, r := range found {
		if _, done, ok := t.record.deeds.moveTo(r.Address); ok && done.confirmed && !done.told {
			found[i].Address = done.edit.From.Email
		}
	}
	return found, err
}

// moveTo gives the deed of an earlier sitting that gave a contact the address.
func (d *deeds) moveTo(address string) (deedKey, deed, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key, ok := d.moves[strings.ToLower(address)]
	found := d.all[key]
	if !ok || found == nil {
		return key, deed{}, false
	}
	return key, *found, true
}

// moves reports whether the edit gives a contact another address.
func (e edit) moves() bool { return len(e.Fields) == 1 && e.Fields[0] == onboard.FieldEmail }

// NewAddress is the address that the run gave a contact, if that is the change.
func (v Reversal) NewAddress() (address string, ok bool) {
	return v.edit.To.Email, v.edit.moves()
}

// Moved gives the addresses that contacts got by runs and that nobody has taken
// back through enlist, by their former ones, all in lower case.
func (j *Journal) Moved(ctx context.Context, tenant string) (map[string]string, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT s.address, s.edit FROM steps s JOIN runs r ON r.seq = s.run
		WHERE r.tenant = ? AND s.kind = ? AND s.state = ? AND s.edit LIKE '{"Fields":["email"]%' AND NOT EXISTS (
			SELECT 1 FROM steps u JOIN runs b ON b.seq = u.run WHERE b.undoes = r.id AND u.kind = ? AND u.state = s.state AND u.address = s.address)
		ORDER BY s.id`, tenant, UpdateContact, stateDone, RestoreContact)
	if err != nil {
		return nil, explain(j.path, err)
	}
	defer rows.Close()
	moved := map[string]string{}
	for rows.Next() {
		var former, text string
		if err := rows.Scan(&former, &text); err != nil {
			return nil, explain(j.path, err)
		}
		changed, err := editOf(text)
		if err != nil {
			return nil, explain(j.path, err)
		}
		moved[former] = strings.ToLower(changed.To.Email)
		delete(moved, moved[former]) // it has come back
	}
	return moved, rows.Err()
}
