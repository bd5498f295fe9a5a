package intake

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"enlist/pkg/onboard"
)

// Rows gives one row for each record, good or not, in the input's order. It
// can be used once. An error, after which nothing follows, means that the
// input could not be read to its end.
func (f *File) Rows() iter.Seq2[onboard.Row, error] {
	return f.rows(func(*onboard.Problem) bool { return true })
}

// After says that the rows of f are read after those of earlier, in the same
// run, so that people who are in both files are noticed.
func (f *File) After(earlier *File) {
	f.check.seen, f.check.keys = earlier.check.seen, earlier.check.keys
}

// Inspect checks and counts all rows as Rows does, but gives only the first
// good ones, at most sample of them, and the invalid ones. It takes the place
// of Rows, and is faster.
func (f *File) Inspect(sample int) iter.Seq2[onboard.Row, error] {
	return f.rows(func(p *onboard.Problem) bool {
		if p != nil {
			return true
		}
		sample--
		return sample >= 0
	})
}

// rows gives the rows that are wanted; the others are checked only.
func (f *File) rows(wanted func(*onboard.Problem) bool) iter.Seq2[onboard.Row, error] {
	return func(yield func(onboard.Row, error) bool) {
		f.check.seen.begin(f.name)
		f.check.keys.begin(f.name)
		for {
			rec, err := f.body.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(onboard.Row{}, f.broken(err))
				return
			}
			addr, problem := f.check.check(&rec)
			f.notes.count(problem)
			if !wanted(problem) {
				continue
			}
			row, err := f.row(&rec, addr, problem)
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (f *File) broken(err error) error {
	return fmt.Errorf("%s: reading on from line %d: %w", f.name, f.body.records.line, err)
}

// row makes a row of a checked record.
func (f *File) row(rec *Record, addr address, problem *onboard.Problem) (onboard.Row, error) {
	row := onboard.Row{Line: rec.Line, Source: rec.Source, Header: f.header, Problem: problem}
	if rec.Damage != nil {
		row.Contact.Email = addr.email
		return row, nil
	}
	p, err := f.decoder.decode(rec, f.check.cols)
	if err != nil {
		return row, fmt.Errorf("%s: line %d: %w", f.name, rec.Line, err)
	}
	row.Contact = p.contact()
	row.Contact.DisplayName = displayName(row.Contact, addr)
	if f.opts.Key != "" {
		row.Key = p.EmployeeID
	}
	row.Groups = slices.Clip(p.Groups)
	for _, name := range f.opts.Groups {
		row.Groups = addGroup(row.Groups, name)
	}
	return row, nil
}

// displayName gives the name that a contact is shown by: its own, else first
// and last name, else the one beside the address, else the address.
func displayName(c onboard.Contact, addr address) string {
	if c.DisplayName != "" {
		return c.DisplayName
	}
	if name := strings.TrimSpace(c.FirstName + " " + c.LastName); name != "" {
		return name
	}
	if addr.name != "" {
		return addr.name
	}
	return c.Email
}

// Records gives the header, if there is one, and all records as they were
// read; lines before the header and below the table are set aside as by Rows,
// whose place it takes.
func (f *File) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if f.shape.header != nil {
			header := Record{Line: f.shape.headerLine, Fields: f.shape.header, Source: f.preface}
			if !yield(header, nil) {
				return
			}
		}
		for {
			rec, err := f.body.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Record{}, f.broken(err))
				return
			}
			if !yield(rec.keep(), nil) {
				return
			}
		}
	}
}
