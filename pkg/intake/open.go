package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// File is an input whose form is known and whose rows can be read once.
type File struct {
	name    string
	opts    Options
	input   *input
	text    *text
	shape   shape
	preface string // the text before the first record
	header  string // of the table in hand, if that is not the first one
	body    *body
	check   *checker
	decoder decoder
	notes   *notes
}

// Open opens the file at path and finds out how it is written. An error is an
// [*InputError] if the file or the options can't be used.
func Open(path string, opts Options) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, Unopened(path, err)
	}
	f, err := OpenFile(path, file, opts)
	if err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// Unopened is the [*InputError] of a file that can't be opened.
func Unopened(path string, err error) error {
	return &InputError{Name: path, Message: "the file can't be opened: " + reason(err), NextStep: "Check its name and permissions", Cause: err}
}

// OpenFile does the same as Open for a file that is open already, from where it
// stands. An error leaves it open.
func OpenFile(name string, file *os.File, opts Options) (*File, error) {
	return open(name, file, file, opts)
}

// OpenReader does the same for what comes from r, which goes by name in
// messages. Closing the file doesn't close r.
func OpenReader(name string, r io.Reader, opts Options) (*File, error) {
	return open(name, r, nil, opts)
}

func open(name string, r io.Reader, file *os.File, opts Options) (*File, error) {
	if err := checkMapping(opts.Mapping); err != nil {
		return nil, err
	}
	f := &File{name: name, opts: opts}
	err := f.begin(r, file)
	var in *InputError
	switch {
	case err == nil:
		return f, nil
	case errors.As(err, &in):
		in.Name = name
		return nil, in
	}
	return nil, &InputError{Name: name, Message: "the file can't be read: " + reason(err), NextStep: "Check the file and try again", Cause: err}
}

// reason gives an error of the file system without the path.
func reason(err error) string {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// begin finds out how the bytes are written, and goes to the first record.
func (f *File) begin(r io.Reader, file *os.File) error {
	var err error
	if f.input, err = newInput(r, file); err != nil {
		return err
	}
	if f.text, err = newText(f.input, f.opts.Encoding); err != nil {
		return err
	}
	win := newWindow(f.text)
	head := win.head(headSize)
	if win.broken() {
		return win.err
	}
	s, err := findShape(head, win.err == io.EOF, f.opts)
	if err != nil {
		return err
	}
	if err := f.usable(s); err != nil {
		return err
	}
	f.shape = s
	f.preface = string(head[:s.start])
	f.notes = newNotes(f.name, s)
	f.warnOfGuesses()
	records := newRecordReader(win, s.dialect)
	records.advance(s.start, s.startLine-1)
	f.check = &checker{notes: f.notes, seen: newDuplicates(), keys: newDuplicates(), key: f.opts.Key}
	f.check.use(s.cols)
	f.body = &body{records: records, opts: f.opts, aside: f.notes.aside, change: f.changeTable}
	f.body.start(s.header, s.cols)
	return nil
}

// usable checks that the file says who goes into which group.
func (f *File) usable(s shape) error {
	if f.opts.AnyTable {
		return nil
	}
	if indexOf(s.cols, fieldEmail) < 0 {
		return &InputError{
			Message:  "no column holds the email address; " + f.columnsSeen(s),
			NextStep: `Name the column that does with --map, for example --map "COLUMN=email"; a column without a name goes by its number, as in --map "1=email"`,
		}
	}
	if f.opts.Key != "" && indexOf(s.cols, f.opts.Key) < 0 {
		return &InputError{
			Message:  fmt.Sprintf("no column, or more than one, holds the %s that people are to be known by; %s", f.opts.Key, f.columnsSeen(s)),
			NextStep: fmt.Sprintf("Name the column that does with --map %q, or leave out --key", "COLUMN="+f.opts.Key),
		}
	}
	if indexOf(s.cols, fieldGroups) < 0 && len(f.opts.Groups) == 0 && !f.opts.ContactsOnly {
		return &InputError{
			Message: "no column holds the groups; " + f.columnsSeen(s),
			NextStep: `Name the column that does with --map "COLUMN=groups", or give a group for all rows with --group NAME, ` +
				`or create contacts without any group with --contacts-only`,
		}
	}
	return nil
}

func (f *File) columnsSeen(s shape) string {
	if s.header == nil {
		return fmt.Sprintf("there is no header, and the content of the %s doesn't tell", columns(len(s.cols)))
	}
	var names []string
	for i, c := range s.cols {
		name := c.name
		if name == "" {
			name = fmt.Sprintf("(column %d)", i+1)
		}
		names = append(names, name)
	}
	return fmt.Sprintf("the columns of the header on line %d are: %s", s.headerLine, strings.Join(names, ", "))
}

// warnOfGuesses says what was taken for granted without the file saying so.
func (f *File) warnOfGuesses() {
	if f.shape.header == nil && !f.opts.NoHeader {
		var taken []string
		for i, c := range f.shape.cols {
			if c.field != "" {
				taken = append(taken, fmt.Sprintf("column %d is the %s", i+1, c.field))
			}
		}
		f.notes.warn(Warning{Message: "there is no header; going by the content, " + strings.Join(taken, ", ")})
	}
	for _, from := range unmatched(f.opts.Mapping, f.shape.cols) {
		f.notes.warn(Warning{Message: fmt.Sprintf("no column is called %q, which the mapping speaks of", from)})
	}
}

// changeTable follows the body to the next table of the file.
func (f *File) changeTable(rec Record, cols []column) {
	f.check.use(cols)
	f.header = rec.Source + f.shape.dialect.LineEnd
	f.notes.warn(Warning{Line: rec.Line, Message: "another table starts here, with columns of its own"})
}

// Findings tells how the file was read; complete after Rows has ended.
func (f *File) Findings() Findings {
	findings := f.notes.Findings
	findings.Encoding, findings.Compressed = f.text.encoding, f.input.compressed
	if e := f.text.encoding; !e.Sure {
		findings.Warnings = append(slices.Clip(findings.Warnings), Warning{
			Message: fmt.Sprintf("the encoding is not certain; %s was taken (%s); if letters come out wrong, give it with --encoding", e.Name, e.Why),
		})
	}
	return findings
}

// Header is all text up to the first record, the header's line end included,
// as it stood in the input; with a byte order mark if the input has one.
func (f *File) Header() string {
	if f.text.encoding.BOM {
		return "\uFEFF" + f.preface
	}
	return f.preface
}

// Encode gives text in the encoding of the input.
func (f *File) Encode(text string) []byte { return f.text.encoding.encode(text) }

// Close closes the file.
func (f *File) Close() error {
	if f.input.file == nil {
		return nil
	}
	return f.input.file.Close()
}
