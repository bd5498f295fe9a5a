package intake

import (
	"errors"
	"io"
	"iter"

	"enlist/pkg/onboard"
)

// File is an input whose form is known and whose rows can be read once.
type File struct{}

// Open opens the file at path and finds out how it is written. An error is an
// [*InputError] if the file or the options can't be used.
func Open(path string, opts Options) (*File, error) { return nil, errors.ErrUnsupported }

// OpenReader does the same for what comes from r, which goes by name in
// messages.
func OpenReader(name string, r io.Reader, opts Options) (*File, error) {
	return nil, errors.ErrUnsupported
}

// Rows gives one row for each record, good or not, in the input's order. It
// can be used once. An error, after which nothing follows, means that the
// input could not be read to its end.
func (f *File) Rows() iter.Seq2[onboard.Row, error] {
	return func(func(onboard.Row, error) bool) {}
}

// Record is one record as read.
type Record struct {
	Line   int      // where it starts
	Fields []string // unquoted, otherwise unchanged
	Source string   // as it stood in the input, without its line end
}

// Records gives the header, if there is one, and all records as they were
// read. It takes the place of Rows.
func (f *File) Records() iter.Seq2[Record, error] {
	return func(func(Record, error) bool) {}
}

// Findings tells how the file was read; complete after Rows has ended.
func (f *File) Findings() Findings { return Findings{} }

// Header is all text up to the first record, the header's line end included,
// as it stood in the input.
func (f *File) Header() string { return "" }

// Encode gives text in the encoding of the input.
func (f *File) Encode(text string) []byte { return []byte(text) }

// SHA256 is the hexadecimal checksum of the input's bytes; complete after
// Rows has ended.
func (f *File) SHA256() string { return "" }

// Close closes the file.
func (f *File) Close() error { return nil }
