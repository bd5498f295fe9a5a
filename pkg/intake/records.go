package intake

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"enlist/pkg/onboard"
)

// Record is one record as read.
type Record struct {
	Line   int      // where it starts
	Fields []string // unquoted, otherwise unchanged
	// Source is the record as it stood in the input, without its line end; of
	// a line that is too long to be read, the first 64 KiB.
	Source string

	// Damage says why the fields can't be told apart safely; nil if they can.
	Damage *onboard.Problem
	// Note says what had to be put up with to read the record.
	Note string

	// gap says that blank lines stand before the record.
	gap bool
	// ascii says that all of the record is visible ASCII and spaces.
	ascii bool
}

// keep makes the record independent of its reader.
func (r Record) keep() Record {
	r.Fields = slices.Clone(r.Fields)
	return r
}

// empty reports whether all fields are empty.
func (r *Record) empty() bool {
	return !slices.ContainsFunc(r.Fields, func(f string) bool { return strings.TrimSpace(f) != "" })
}

// recordReader cuts a text into records. Damage never goes past the line it
// is in: whatever is wrong with a record, the next line starts a new one.
type recordReader struct {
	win   *window
	split splitter
	// width is the number of fields that a record should have, 0 if unknown;
	// least is smaller if the last columns have no name and may be missing.
	width, least int
	// line is the number of the next physical line, offset that of its first
	// byte.
	line   int
	offset int
	// credit is how many bytes may yet be read again to see whether a quoted
	// field goes on in the next lines. It grows as the text is consumed, so
	// that a file full of open quotes can't be read over and over.
	credit int
}

const (
	// maxQuotedLines is the most lines that one record can have.
	maxQuotedLines = 512
	// creditPerByte and startCredit bound the work of looking ahead.
	creditPerByte = 8
	startCredit   = 8 << 20
)

func newRecordReader(win *window, d Dialect) *recordReader {
	return &recordReader{win: win, split: splitter{dialect: d}, line: 1, credit: startCredit}
}

// next gives the next record, whose Fields are valid until the call after, or
// io.EOF. Blank lines are passed over.
func (r *recordReader) next() (Record, error) {
	gap := false
	for {
		if end, err := r.win.atEnd(); end {
			if err == nil {
				err = io.EOF
			}
			return Record{}, err
		}
		text, next, ended := r.win.line(0)
		if !ended {
			return r.tooLong(text), nil
		}
		if text == next && r.win.broken() {
			return Record{}, r.win.err // what came of the line may be half a value
		}
		if blank(r.win.bytes(0, text), r.split.dialect) {
			r.advance(next, 1)
			gap = true
			continue
		}
		rec := r.record(text, next)
		rec.gap = gap
		return rec, nil
	}
}

func (r *recordReader) advance(bytes, lines int) {
	r.win.consume(bytes)
	r.line += lines
	r.offset += bytes
	r.credit = min(r.credit+creditPerByte*bytes, startCredit)
}

// record reads the record whose first line ends at offset text, with the next
// line at offset next.
func (r *recordReader) record(text, next int) Record {
	line := r.win.bytes(0, text)
	rec := Record{Line: r.line, Source: string(line), ascii: visibleASCII(line)}
	fields, how := r.split.split(rec.Source)
	switch how {
	case splitOpen:
		column := r.split.open + 1
		if !r.goesOn(&rec, next) {
			rec.Fields = r.split.plain(rec.Source)
			rec.Damage = newProblem(CodeMalformed, "Line %d: the quote that opens column %d is not closed.", rec.Line, column)
			r.advance(next, 1)
		}
		return rec
	case splitStray:
		rec.Fields = r.mend(&rec)
	default:
		rec.Fields = fields
	}
	r.advance(next, 1)
	r.checkWidth(&rec)
	return rec
}

// goesOn tries to read on in the following lines, for a quoted field that
// holds line ends. It does so only if the quote is closed properly soon, and
// what then stands there has as many fields as it should, and no line in
// between looks like a record of its own.
func (r *recordReader) goesOn(rec *Record, next int) bool {
	for lines := 2; lines <= maxQuotedLines && r.credit > 0; lines++ {
		if next == r.win.size() && !r.win.more() {
			return false
		}
		start := next
		text, after, ended := r.win.line(start)
		if !ended || text > maxRecord {
			return false
		}
		r.credit -= text
		source := string(r.win.bytes(0, text))
		fields, how := r.split.split(source)
		switch {
		case how == splitOpen && !r.looksWhole(source[start:]):
			next = after
			continue
		case how != splitClean:
			return false
		}
		fields = trimTrailing(fields, r.width)
		if !r.fits(len(fields)) {
			return false
		}
		rec.Source, rec.Fields, rec.ascii = source, fields, false
		r.advance(after, lines)
		return true
	}
	return false
}

// looksWhole reports whether a line could be a record by itself.
func (r *recordReader) looksWhole(line string) bool {
	return r.width > 1 && strings.Contains(line, "@") &&
		strings.Count(line, r.split.dialect.Delimiter) == r.width-1
}

// mend reads a record in which a quoted field has quotes in it that aren't
// escaped.
func (r *recordReader) mend(rec *Record) []string {
	r.split.lenient = true
	fields, how := r.split.split(rec.Source)
	r.split.lenient = false
	if how == splitOpen {
		column := r.split.open + 1
		rec.Damage = newProblem(CodeMalformed, "Line %d: the quotes in column %d don't match.", rec.Line, column)
		return r.split.plain(rec.Source)
	}
	rec.Note = "quotes inside a quoted field are not escaped; they were taken as they stand"
	return fields
}

// checkWidth takes empty fields too many off the end of a record, and marks
// one that then has more or fewer than it should.
func (r *recordReader) checkWidth(rec *Record) {
	if r.fits(len(rec.Fields)) {
		return
	}
	rec.Fields = trimTrailing(rec.Fields, r.width)
	if n := len(rec.Fields); !r.fits(n) && rec.Damage == nil {
		rec.Damage = newProblem(CodeMalformed, "Line %d: %s, but there should be %d.", rec.Line, columns(n), r.width)
	}
}

// expect sets how many fields there should be by the header.
func (r *recordReader) expect(header []string) {
	r.width = len(header)
	r.least = r.width
	for r.least > 1 && strings.TrimSpace(header[r.least-1]) == "" {
		r.least--
	}
}

func (r *recordReader) fits(n int) bool { return r.width == 0 || r.least <= n && n <= r.width }

func columns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// trimTrailing takes empty fields beyond width off the end.
func trimTrailing(fields []string, width int) []string {
	for width > 0 && len(fields) > width && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	return fields
}

// tooLong gives a record for a line that is too long, of which size bytes are
// in the window, and passes over the rest of it.
func (r *recordReader) tooLong(size int) Record {
	source := string(r.win.bytes(0, min(size, headSize)))
	rec := Record{Line: r.line, Source: source, Fields: r.split.plain(source)}
	rec.Damage = newProblem(CodeMalformed, "Line %d is longer than %d bytes.", rec.Line, maxRecord)
	r.win.skipLine()
	r.line++
	return rec
}

// blank reports whether a line holds nothing, or spaces only.
func blank(line []byte, d Dialect) bool {
	for i := range line {
		if c := line[i]; c != ' ' && c != '\t' || c == d.Delimiter[0] && len(d.Delimiter) == 1 {
			return false
		}
	}
	return true
}
