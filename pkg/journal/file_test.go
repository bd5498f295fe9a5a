package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"enlist/pkg/onboard"
)

// newFile makes a state file with one run in it.
func newFile(t *testing.T, started time.Time) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	j, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Begin(t.Context(), Run{ID: "20260801T000000Z-0001", Started: started}); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// change alters a closed state file by SQL.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestFilesThatCantBeUsed(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string) // the path of a good file
		want    string
	}{
		{"a text file", func(t *testing.T, path string) {
			writeFile(t, path, []byte(strings.Repeat("This is no database. ", 1000)))
		}, "is not a state file of enlist"},
		{"damaged", func(t *testing.T, path string) {
			content := readFile(t, path)
			for i := 4096 + 8; i < len(content); i++ {
				content[i] ^= 0x5a
			}
			writeFile(t, path, content)
		}, "damaged"},
		{"cut short", func(t *testing.T, path string) { writeFile(t, path, readFile(t, path)[:5000]) }, "damaged"},
		{"from the future", func(t *testing.T, path string) { change(t, path, "PRAGMA user_version = 99") }, "was written by a newer enlist (its version is 99"},
		{"of another program", func(t *testing.T, path string) { change(t, path, "PRAGMA application_id = 7") }, "is a database of another program"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := newFile(t, time.Now())
			os.Remove(path + ".lock")
			tt.prepare(t, path)
			j, err := Open(t.Context(), path)
			if err == nil {
				j.Close()
				t.Fatal("the file was opened")
			}
			var told *Error
			if !errors.As(err, &told) || !strings.Contains(err.Error(), tt.want) || told.NextStep == "" {
				t.Errorf("error %q, want one that says %q and what to do", err, tt.want)
			}
		})
	}
}

func TestFolderThatCantBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, nil)
	_, err := Open(t.Context(), filepath.Join(file, "state.db"))
	var told *Error
	if !errors.As(err, &told) || !strings.Contains(err.Error(), "can't be made") {
		t.Errorf("error %v, want one that says that the file can't be made", err)
	}
}

func TestFullDisk(t *testing.T) {
	path := newFile(t, time.Now())
	j, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	record, err := j.Begin(t.Context(), Run{ID: "20260802T000000Z-0002"})
	if err != nil {
		t.Fatal(err)
	}
	// A database that may not grow gets what a full disk gives.
	if _, err := j.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	note := strings.Repeat("long ", 1000)
	recorded := 0
	for ; err == nil; recorded++ {
		if err = record.Record(onboard.Outcome{Verdict: onboard.Changed, Note: note}); err == nil && recorded%10 == 9 {
			err = j.writer.commit("SELECT 1")
		}
	}
	if !errors.Is(err, ErrWrite) || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("error %v, want one that says that the disk is full", err)
	}
	tenant := record.Tenant(untouchable{t: t})
	if _, err := tenant.CreateContact(t.Context(), onboard.Contact{Email: "ana@fabrikam.example"}); !errors.Is(err, ErrWrite) {
		t.Errorf("creating a contact gave %v, want that it can't be recorded", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// untouchable is a tenant that must not be asked to change anything.
type untouchable struct {
	onboard.Tenant
	t *testing.T
}

func (u untouchable) CreateContact(context.Context, onboard.Contact) (onboard.Recipient, error) {
	u.t.Error("a command went out whose intent could not be recorded")
	return onboard.Recipient{}, nil
}

func TestClockSetBack(t *testing.T) {
	path := newFile(t, time.Now().AddDate(1, 0, 0))
	j, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := j.Begin(t.Context(), Run{ID: "20260101T000000Z-0002", Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	last, err := j.Last(t.Context())
	if err != nil || last.ID != "20260101T000000Z-0002" {
		t.Errorf("last run %q, %v; want the one that began last, not the one with the latest time", last.ID, err)
	}
}

func TestOneAtATime(t *testing.T) {
	path := newFile(t, time.Now())
	first, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	var held *HeldError
	if !errors.As(err, &held) || held.Holder.Process != os.Getpid() || time.Since(held.Holder.Since) > time.Minute {
		t.Errorf("second opening: %v, want to be told that this process has held it since just now", err)
	}
	reader, err := Read(t.Context(), path)
	if err != nil {
		t.Errorf("reading meanwhile: %v", err)
	} else if runs, err := reader.Runs(t.Context()); err != nil || len(runs) != 1 {
		t.Errorf("reading meanwhile: %d runs, %v; want 1", len(runs), err)
	}
	if err := errors.Join(reader.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	third, err := Open(t.Context(), path)
	if err != nil {
		t.Fatalf("after the first was done: %v", err)
	}
	third.Close()
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestFileOfAnOlderVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	change(t, path, migrations[0])
	change(t, path, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID))
	change(t, path, `INSERT INTO runs (id, tenant, simulated, source, input, sha256, rows, settings, report, started)
		VALUES ('20260801T000000Z-0001', 'contoso', 0, 'hr', '/in.csv', '', 3, '{}', '/report', '2026-08-01T00:00:00.000Z')`)
	if _, err := Read(t.Context(), path); err == nil || !strings.Contains(err.Error(), "written by an older enlist") {
		t.Errorf("reading it gave %v, want that it is of an older version", err)
	}
	j, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if run, err := j.Last(t.Context()); err != nil || run.Source != "hr" {
		t.Errorf("the run in it is %+v, %v; want it kept", run, err)
	}
}
