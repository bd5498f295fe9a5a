package directory

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// replay fills an empty directory from the state file. stale says that the file
// should be rewritten: it ends in half a line, or holds much that is superseded.
func (d *Directory) replay(path string) (stale bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	superseded := 0
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			// A line without its end was being written when the process died; its
			// change was never confirmed to anybody.
			if n == 1 {
				return false, fmt.Errorf("state file %s: there is no header", path)
			}
			stale = len(line) > 0 || superseded > 1000+len(d.slots)
			d.sweep(d.opts.Now().UnixNano())
			d.restoreQuota()
			return stale, nil
		}
		if err != nil {
			return false, fmt.Errorf("state file %s: %w", path, err)
		}
		if n == 1 {
			err = d.replayHeader(line)
		} else {
			err = d.replayRecord(line, &superseded)
		}
		if err != nil {
			return false, fmt.Errorf("state file %s, line %d: %w", path, n, err)
		}
	}
}

func (d *Directory) replayHeader(line []byte) error {
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return err
	}
	if h.Format != stateFormat {
		return fmt.Errorf("format %d, and this program reads format %d", h.Format, stateFormat)
	}
	d.setTenant(h.Tenant)
	d.apps, d.change = h.Apps, h.Change
	return nil
}

func (d *Directory) replayRecord(line []byte, superseded *int) error {
	var r record
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return err
	}
	if r.Object == nil {
		*superseded++
		return d.replayMembers(&r)
	}
	n, known := d.ids[r.Object.ID]
	switch {
	case !known && r.Gone:
		d.insert(r.Object, r.stamp())
		n = d.ids[r.Object.ID]
		d.replace(n, r.Object, true, r.stamp())
		d.slots[n].latest.older = nil
	case !known:
		d.insert(r.Object, r.stamp())
	case r.Gone:
		*superseded++
		d.remove(n, r.Object, r.stamp())
	default:
		*superseded++
		d.replace(n, r.Object, false, r.stamp())
	}
	return nil
}

func (d *Directory) replayMembers(r *record) error {
	n, known := d.ids[r.Group]
	if !known || d.slots[n].group == nil {
		return fmt.Errorf("%s is not a group", r.Group)
	}
	for _, id := range slices.Concat(r.Add, r.Drop) {
		if _, known := d.ids[id]; !known {
			return fmt.Errorf("member %s is not known", id)
		}
	}
	d.putMembers(n, r.Add, r.Drop, r.stamp())
	return nil
}

// restoreQuota counts again what was made within the quota's window.
func (d *Directory) restoreQuota() {
	since := d.opts.Now().Add(-d.opts.CreationWindow)
	for i := range d.slots {
		o := d.slots[i].latest.object
		if o.Kind.Has(Contact|MailUser) && o.Created.After(since) && !o.Created.Equal(seedTime) {
			d.created = append(d.created, o.Created.UnixNano())
		}
	}
	slices.Sort(d.created)
}
