package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/google/uuid"
)

// changeLog appends changes to the state file. A nil log keeps nothing.
type changeLog struct {
	file *os.File
	err  error // after a failed write, whose half line must stay the last
}

var errClosed = errors.New("directory: closed")

func (l *changeLog) object(o *Object, s stamp) error {
	r := newRecord(s)
	r.Object = o
	return l.append(r)
}

func (l *changeLog) removal(o *Object, s stamp) error {
	r := newRecord(s)
	r.Object, r.Gone = o, true
	return l.append(r)
}

func (l *changeLog) members(group *Object, add, drop []uuid.UUID, s stamp) error {
	r := newRecord(s)
	r.Group, r.Add, r.Drop = group.ID, add, drop
	return l.append(r)
}

// append writes one line with one call, so that a killed process leaves whole
// lines, or at worst half of the last one.
func (l *changeLog) append(r record) error {
	if l == nil {
		return nil
	}
	if l.err != nil {
		return l.err
	}
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		l.err = fmt.Errorf("directory: write the state file: %w", err)
	}
	return l.err
}

func (l *changeLog) close() error {
	if l == nil || l.err == errClosed {
		return nil
	}
	l.err = errClosed
	return errors.Join(l.file.Sync(), l.file.Close())
}
