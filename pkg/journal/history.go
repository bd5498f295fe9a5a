package journal

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Change is one change that a run made in the tenant.
type Change struct {
	When time.Time `json:"when"`
	Run  string    `json:"run"`
	// What is CreateContact or another of the kinds of steps.
	What string `json:"what"`
	// Certain is false if the connection broke before the tenant confirmed it.
	Certain bool   `json:"certain"`
	Person  string `json:"person,omitempty"` // address, in lower case
	Group   string `json:"group,omitempty"`  // address, in lower case
	// Line is where the row starts in the input that was the reason; 0 if the
	// run was cut off before the row's outcome was recorded.
	Line   int    `json:"line,omitempty"`
	Input  string `json:"input"`
	SHA256 string `json:"sha256"`
	Source string `json:"source"`
	Tenant string `json:"tenant"`
}

// Filter chooses changes; what is empty does not matter.
type Filter struct {
	Run    string // full id
	Person string // address
	Group  string // address
}

// Changes gives the changes that fit, in the order in which they were made.
func (j *Journal) Changes(ctx context.Context, f Filter) ([]Change, error) {
	rows, err := j.db.QueryContext(ctx, `
		SELECT coalesce(nullif(s.ended, ''), s.intended), r.id, s.kind, s.state = ?1, s.address, s.group_address,
			coalesce((SELECT min(line) FROM rows WHERE rows.run = s.run AND s.address <> ''
				AND (rows.address = s.address OR rows.person = s.person_id AND rows.person <> '')), 0),
			r.input, r.sha256, r.source, r.tenant
		FROM steps s JOIN runs r ON r.seq = s.run
		WHERE s.state <> ?2 AND (?3 = '' OR r.id = ?3) AND (?4 = '' OR s.address = ?4) AND (?5 = '' OR s.group_address = ?5)
		ORDER BY s.id`,
		stateDone, stateRefused, f.Run, strings.ToLower(f.Person), strings.ToLower(f.Group))
	if err != nil {
		return nil, explain(j.path, err)
	}
	changes, err := collect(rows, scanChange)
	if err != nil {
		return nil, explain(j.path, err)
	}
	return changes, nil
}

func scanChange(rows *sql.Rows) (Change, error) {
	var c Change
	var when string
	err := rows.Scan(&when, &c.Run, &c.What, &c.Certain, &c.Person, &c.Group, &c.Line, &c.Input, &c.SHA256, &c.Source, &c.Tenant)
	c.When = timeOf(when)
	return c, err
}

// ForgetRuns removes all that is recorded of the runs that began before the
// time, and tells how many there were.
func (j *Journal) ForgetRuns(ctx context.Context, before time.Time) (int64, error) {
	return j.forget(ctx, `DELETE FROM runs WHERE started < ?`, textOf(before))
}

// ForgetPerson removes all that is recorded of the person with the address, and
// tells how many records there were. The runs remain. Whoever has had another
// address is forgotten under that, too.
func (j *Journal) ForgetPerson(ctx context.Context, address string) (int64, error) {
	address = strings.ToLower(address)
	rows, err := j.forget(ctx, theirAddresses+`DELETE FROM rows WHERE address = ?1
		OR address IN (SELECT address FROM theirs) OR person <> '' AND person IN (SELECT id FROM theirs)`, address)
	if err != nil {
		return 0, err
	}
	steps, err := j.forget(ctx, theirAddresses+`DELETE FROM steps WHERE address IN (SELECT address FROM theirs)
		OR person_id <> '' AND person_id IN (SELECT id FROM theirs)`, address)
	return rows + steps, err
}

// theirAddresses are those that steps know a person by who has, had or got the
// address, with the person's ids.
const theirAddresses = `WITH theirs (address, id) AS (SELECT address, person_id FROM steps WHERE address = ?1
	OR CASE WHEN edit LIKE '{"Fields":["email"]%' THEN lower(json_extract(edit, '$.To.Email')) END = ?1) `

// forget deletes for good: the file is written anew, so that nothing stays
// behind in its unused parts, and SQLite's further files are emptied.
func (j *Journal) forget(ctx context.Context, statement string, args ...any) (int64, error) {
	conn, err := j.db.Conn(ctx)
	if err != nil {
		return 0, explain(j.path, err)
	}
	defer conn.Close()
	result, err := conn.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, explain(j.path, err)
	}
	gone, err := result.RowsAffected()
	if err != nil {
		return 0, explain(j.path, err)
	}
	for _, tidy := range []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := conn.ExecContext(ctx, tidy); err != nil {
			return 0, explain(j.path, err)
		}
	}
	return gone, nil
}
