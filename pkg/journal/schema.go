package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks the file as one of enlist's ("enls").
const applicationID = 0x656e6c73

// migrations lead from each version of the schema to the next; the version is
// how many have been done. Never change one that was released.
var migrations = []string{`
CREATE TABLE runs (
	seq             INTEGER PRIMARY KEY, -- the order of the runs, whatever the clock says
	id              TEXT NOT NULL UNIQUE,
	tenant          TEXT NOT NULL,
	simulated       INTEGER NOT NULL,
	source          TEXT NOT NULL,
	input           TEXT NOT NULL,
	sha256          TEXT NOT NULL,
	rows            INTEGER NOT NULL,    -- of the input
	settings        TEXT NOT NULL,       -- flags and their values, JSON
	report          TEXT NOT NULL,
	started         TEXT NOT NULL,
	ended           TEXT NOT NULL DEFAULT '',
	complete        INTEGER NOT NULL DEFAULT 0,
	exit_code       INTEGER NOT NULL DEFAULT 0,
	stopped_because TEXT NOT NULL DEFAULT '',
	verdicts        TEXT NOT NULL DEFAULT '{}' -- how many rows of each, JSON
);
CREATE TABLE rows (
	run     INTEGER NOT NULL REFERENCES runs(seq) ON DELETE CASCADE,
	place   INTEGER NOT NULL,  -- in the input, from 0
	line    INTEGER NOT NULL,
	address TEXT NOT NULL,     -- of the person, in lower case
	person  TEXT NOT NULL,     -- object id, if the row was more than found as wanted
	verdict TEXT NOT NULL,
	final   INTEGER NOT NULL,  -- 0: to be worked on again when the run is gone on with
	outcome TEXT NOT NULL,     -- JSON
	PRIMARY KEY (run, place)
) WITHOUT ROWID;
CREATE INDEX rows_by_address ON rows (address);
CREATE INDEX rows_by_person ON rows (person) WHERE person <> '';
CREATE TABLE steps (
	id            INTEGER PRIMARY KEY,
	run           INTEGER NOT NULL REFERENCES runs(seq) ON DELETE CASCADE,
	kind          TEXT NOT NULL, -- create_contact, add_member and so on: see CreateContact
	state         TEXT NOT NULL, -- intended, done, refused
	address       TEXT NOT NULL, -- of the person, in lower case; empty for a group alone
	person_id     TEXT NOT NULL,
	person_kind   TEXT NOT NULL,
	person_name   TEXT NOT NULL,
	person_ref    TEXT NOT NULL, -- what the tenant calls the person
	group_id      TEXT NOT NULL,
	group_address TEXT NOT NULL,
	group_ref     TEXT NOT NULL,
	intended      TEXT NOT NULL,
	ended         TEXT NOT NULL DEFAULT '',
	error         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX steps_by_run ON steps (run);
CREATE INDEX steps_by_address ON steps (address);
CREATE INDEX steps_by_group ON steps (group_address);
`, `
ALTER TABLE runs ADD COLUMN undoes TEXT NOT NULL DEFAULT ''; -- id of the run that this one takes back
ALTER TABLE steps ADD COLUMN group_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE steps ADD COLUMN edit TEXT NOT NULL DEFAULT ''; -- attributes before and after, JSON
`, `
ALTER TABLE runs ADD COLUMN plan_sha256 TEXT NOT NULL DEFAULT ''; -- of the plan that the run is held to
`}

// checkVersion refuses files that are not enlist's or too new, and gives the
// version of the others; a new file has version 0.
func checkVersion(ctx context.Context, db *sql.DB, path string) (int, error) {
	var id, version, tables int
	err := db.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).
		Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return 0, explain(path, err)
	case id != applicationID && (tables > 0 || version > 0):
		return 0, &Error{Path: path, Message: "is a database of another program", NextStep: nameAnother}
	case version > len(migrations):
		return 0, &Error{
			Path:     path,
			Message:  fmt.Sprintf("was written by a newer enlist (its version is %d, this program knows %d)", version, len(migrations)),
			NextStep: "Use that enlist, or name another file with --state.",
		}
	}
	return version, nil
}

// checkWhole looks for damage in the file's pages.
func checkWhole(ctx context.Context, db *sql.DB, path string) error {
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return explain(path, err)
	}
	if verdict != "ok" {
		return &Error{Path: path, Message: "is damaged: " + verdict, NextStep: startAnew}
	}
	return nil
}

// migrate brings the schema from version to the latest, each step whole or not
// at all.
func migrate(ctx context.Context, db *sql.DB, path string, version int) error {
	for ; version < len(migrations); version++ {
		if err := migrateOnce(ctx, db, version); err != nil {
			return explain(path, err)
		}
	}
	return nil
}

func migrateOnce(ctx context.Context, db *sql.DB, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	steps := []string{
		migrations[version],
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", version+1),
	}
	for _, s := range steps {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return tx.Commit()
}
