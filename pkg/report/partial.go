package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

const (
	partialSuffix = ".partial"
	// flushAt is how many bytes wait at most before they are written.
	flushAt = 32 << 10
)

// partialFile is a file that has its name only when it is complete. Text goes
// through a buffer that is emptied between lines, never inside one, so that
// what lies on the disk is whole lines at any time.
type partialFile struct {
	path string
	file *os.File
	buf  bytes.Buffer
}

func createPartial(dir, name string) (*partialFile, error) {
	path := filepath.Join(dir, name)
	if err := removeIfExists(path + partialSuffix); err != nil {
		return nil, err
	}
	// O_EXCL: an older file could have a wider mode, or be a link elsewhere.
	f, err := os.OpenFile(path+partialSuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("creating the report: %w", err)
	}
	return &partialFile{path: path, file: f}, nil
}

// endLine is called between lines, when the buffer may be emptied.
func (p *partialFile) endLine() error {
	if p.buf.Len() < flushAt {
		return nil
	}
	return p.flush()
}

func (p *partialFile) flush() error {
	if p.buf.Len() == 0 {
		return nil
	}
	if _, err := p.buf.WriteTo(p.file); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// commit brings the file to the disk and gives it its name.
func (p *partialFile) commit() error {
	if err := p.flush(); err != nil {
		p.file.Close()
		return err
	}
	if err := p.file.Sync(); err != nil {
		p.file.Close()
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := p.file.Close(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := os.Rename(p.path+partialSuffix, p.path); err != nil {
		return fmt.Errorf("finishing the report: %w", err)
	}
	return nil
}

// abandon leaves the file under its temporary name.
func (p *partialFile) abandon() error {
	err := p.flush()
	if closeErr := p.file.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("writing the report: %w", closeErr)
	}
	return err
}

func removeIfExists(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("removing an older report: %w", err)
	}
	return nil
}
