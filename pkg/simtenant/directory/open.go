package directory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Open makes a directory from a seed, or from the state file when that exists.
//
// The state file is a log of changes in JSON Lines. Each change is handed to
// the operating system before its caller hears of it, so that a killed process
// loses nothing; it is not synced to the disk one by one, so that a power cut may
// lose the last seconds. When the log holds much that is superseded, Open
// replaces it by the state it leads to, whole and synced. One process at a time
// may have the file open.
func Open(opts Options) (*Directory, error) {
	d := newDirectory(opts)
	var err error
	if opts.StateFile == "" {
		err = d.load(d.seed())
	} else {
		err = d.openState(opts.StateFile)
	}
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	d.opts.Seed = nil // it may be large
	return d, nil
}

func (d *Directory) openState(path string) error {
	stale, err := d.replay(path)
	if errors.Is(err, fs.ErrNotExist) {
		stale, err = true, d.load(d.seed())
	}
	if err == nil && stale {
		err = d.writeState(path)
	}
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	d.log = &changeLog{file: file}
	return nil
}

func (d *Directory) seed() *Seed {
	if d.opts.Seed == nil {
		return DefaultSeed()
	}
	return d.opts.Seed
}

// Close syncs the state file to the disk and closes it. Writes fail from then on.
func (d *Directory) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.close()
}
