package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// HeldError says that another process has the state file open for writing.
type HeldError struct {
	Path   string
	Holder Holder
}

// Error tells who holds the file since when, as far as is known.
func (e *HeldError) Error() string {
	who := "another process"
	if h := e.Holder; h.Process != 0 {
		who = fmt.Sprintf("process %d on %s, since %s", h.Process, h.Host, h.Since.Local().Format("2006-01-02 15:04:05 MST"))
	}
	return fmt.Sprintf("The state file %s is in use by %s.\nWait until it is done. A process that died holds nothing: then just start again.", e.Path, who)
}

// Holder is who has the state file open for writing.
type Holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
}

// lock is held by one process at a time. The system takes it away from a
// process that ends, however it ends.
type lock struct {
	flock *flock.Flock
}

// take locks path, whose content tells for whom.
func take(statePath string) (*lock, error) {
	path := statePath + ".lock"
	l := &lock{flock: flock.New(path, flock.SetPermissions(0o600))}
	got, err := l.flock.TryLock()
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, &Error{Path: statePath, Message: "can't be locked: " + err.Error(), NextStep: "Give enlist the right to write to its folder, or name another file with --state.", Cause: err}
	case err != nil:
		return nil, &Error{Path: statePath, Message: "can't be locked: " + err.Error(), NextStep: nameAnother, Cause: err}
	case !got:
		return nil, &HeldError{Path: statePath, Holder: holderOf(path)}
	}
	if err := l.sign(path); err != nil {
		return nil, errors.Join(explain(statePath, err), l.release())
	}
	return l, nil
}

// sign notes in the lock file who holds it.
func (l *lock) sign(path string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "an unnamed host"
	}
	text, err := json.Marshal(Holder{Process: os.Getpid(), Host: host, Since: time.Now()})
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// holderOf reads who holds the lock. Windows may not let it be read.
func holderOf(path string) Holder {
	var h Holder
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

// release leaves the file: to remove it would let two processes lock two files
// of the same name.
func (l *lock) release() error { return l.flock.Unlock() }
