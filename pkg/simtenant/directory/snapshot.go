package directory

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// writeState replaces the state file by the present state: whole and synced, or
// not at all.
func (d *Directory) writeState(path string) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close() // may be closed already
			_ = os.Remove(tmp.Name())
		}
	}()
	if err := d.snapshot(tmp); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	return nil
}

// snapshot writes records that lead to the present state, with what lagging
// views still see and what was removed. Objects come first, each in its place.
func (d *Directory) snapshot(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(header{stateFormat, d.tenant, d.apps, d.change}); err != nil {
		return err
	}
	for i := range d.slots {
		if err := writeVersions(enc, &d.slots[i].latest); err != nil {
			return err
		}
	}
	for i := range d.slots {
		if err := d.writeEdges(enc, &d.slots[i]); err != nil {
			return err
		}
	}
	return out.Flush()
}

// writeVersions writes an object's states, oldest first.
func writeVersions(enc *json.Encoder, v *version) error {
	if v == nil {
		return nil
	}
	if err := writeVersions(enc, v.older); err != nil {
		return err
	}
	r := newRecord(v.stamp)
	r.Object, r.Gone = v.object, v.gone
	return enc.Encode(r)
}

// writeEdges writes a group's members, each in its place.
func (d *Directory) writeEdges(enc *json.Encoder, sl *slot) error {
	if sl.group == nil {
		return nil
	}
	w := edgeWriter{enc: enc, dir: d, group: sl.latest.object.ID}
	for i := range sl.group.edges {
		if err := w.write(&sl.group.edges[i]); err != nil {
			return err
		}
	}
	return w.flush()
}

// edgeWriter puts members that came, or left, by the same change on one line.
type edgeWriter struct {
	enc   *json.Encoder
	dir   *Directory
	group uuid.UUID
	line  record
}

// edgesPerLine keeps lines at a size that a person can still look at.
const edgesPerLine = 1000

// write writes a membership's states, oldest first.
func (w *edgeWriter) write(e *edge) error {
	if e == nil {
		return nil
	}
	if err := w.write(e.older); err != nil {
		return err
	}
	list, other := &w.line.Add, &w.line.Drop
	if !e.present {
		list, other = other, list
	}
	if w.line.stamp() != e.stamp || len(*other) > 0 || len(*list) == edgesPerLine {
		if err := w.flush(); err != nil {
			return err
		}
		w.line = newRecord(e.stamp)
		w.line.Group = w.group
	}
	*list = append(*list, w.dir.slots[e.member].latest.object.ID)
	return nil
}

func (w *edgeWriter) flush() error {
	if len(w.line.Add)+len(w.line.Drop) == 0 {
		return nil
	}
	return w.enc.Encode(w.line)
}
