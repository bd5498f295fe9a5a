package journal

import (
	"context"
	"slices"
	"time"

	"enlist/pkg/onboard"
)

// PutThere gives the memberships that runs of a source have added and nobody has
// taken back through enlist since, each once. One that was restored counts.
func (j *Journal) PutThere(ctx context.Context, tenant, source string) ([]Reversal, error) {
	return j.ofSource(ctx, AddMember, RemoveMember, tenant, source, always)
}

// Listed gives the people whom runs of a source have put on lists of those that a
// group takes mail from, and whom nobody has taken off through enlist since.
func (j *Journal) Listed(ctx context.Context, tenant, source string) ([]Reversal, error) {
	listed, err := j.ofSource(ctx, AllowSender, RemoveSender, tenant, source, always)
	// The group of everybody inside stays: it is there for those who stay.
	return slices.DeleteFunc(listed, func(v Reversal) bool { return v.Person.Kind == onboard.KindGroup }), err
}

// Taken gives what the run itself has taken back already of what earlier runs put
// there, since it was cut off on the way. Which runs those were is not told.
func (j *Journal) Taken(ctx context.Context, run string) ([]Reversal, error) {
	changes, err := j.Changes(ctx, Filter{Run: run})
	if err != nil {
		return nil, err
	}
	var taken []Reversal
	for _, c := range changes {
		i := slices.Index([]string{RemoveMember, RemoveSender, RemoveContact}, c.What)
		if i < 0 || !c.Certain {
			continue
		}
		taken = append(taken, Reversal{
			What:   []string{AddMember, AllowSender, CreateContact}[i],
			Person: onboard.Recipient{Address: c.Person}, Group: onboard.Group{Address: c.Group},
		})
	}
	return taken, nil
}

// always is later than any step, also one written before the clock was set back.
var always = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Created gives the contacts that runs of a source have created, that nobody has
// removed through enlist since, and with whom no run has had anything to do
// after the time.
func (j *Journal) Created(ctx context.Context, tenant, source string, idleSince time.Time) ([]Reversal, error) {
	return j.ofSource(ctx, CreateContact, RemoveContact, tenant, source, idleSince)
}

func (j *Journal) ofSource(ctx context.Context, kind, reverse, tenant, source string, idleSince time.Time) ([]Reversal, error) {
	// By these an undo gives back what was taken away. A contact that was created
	// anew is not the one that the source's run created.
	restoring := map[string]string{RemoveMember: RestoreMember, RemoveSender: RestoreSender}
	rows, err := j.db.QueryContext(ctx, `
		SELECT `+reversalColumns+`, '', 0, 0
		FROM steps s JOIN runs o ON o.seq = s.run
		WHERE s.kind = ?1 AND s.state = ?3 AND o.tenant = ?4 AND o.source = ?5 AND NOT EXISTS (
			SELECT 1 FROM steps l WHERE l.id > s.id AND l.state = ?3 AND l.address = s.address AND l.group_id = s.group_id AND l.kind IN (?1, ?2)
				AND NOT EXISTS (SELECT 1 FROM steps x WHERE x.id > l.id AND x.state = ?3 AND x.address = l.address AND x.group_id = l.group_id AND l.kind = ?2 AND x.kind = ?7))
			AND NOT EXISTS (SELECT 1 FROM steps l WHERE l.address = s.address AND l.intended > ?6)
		ORDER BY s.id`, kind, reverse, stateDone, tenant, source, textOf(idleSince), restoring[reverse])
	if err != nil {
		return nil, explain(j.path, err)
	}
	found, err := collect(rows, scanReversal)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return found, nil
}
