package intake

import (
	"io"
	"slices"
	"strings"
	"unicode"
)

// maxHeld bounds the records that wait to be told a footer from rows.
const maxHeld = 1000

// body gives the records of the data: it sets footers and repeated headers
// aside, and changes over to the next table if a file has several.
type body struct {
	records *recordReader
	opts    Options

	header  []string // of the table being read
	cols    []column
	emailAt int

	held  []Record // may be a footer, if no row follows
	ready []Record // to be given before any other is read

	aside  func(what string, rec Record)
	change func(rec Record, cols []column)
}

// what a line that is no row can be.
const (
	asideFooter = "footer"
	asideHeader = "repeated header"
	asideRuler  = "ruler"
)

// next gives the next record of the data, or io.EOF.
func (b *body) next() (Record, error) {
	for {
		if len(b.ready) > 0 {
			rec := b.ready[0]
			b.ready = b.ready[1:]
			return rec, nil
		}
		rec, err := b.records.next()
		if err != nil {
			if err == io.EOF {
				b.setAside(asideFooter)
			}
			return rec, err
		}
		if b.emailAt < 0 || len(b.held) == 0 && b.hasAddress(rec) {
			return rec, nil
		}
		b.place(rec)
	}
}

func (b *body) hasAddress(rec Record) bool {
	return b.emailAt >= 0 && b.emailAt < len(rec.Fields) && strings.IndexByte(rec.Fields[b.emailAt], '@') >= 0
}

// place decides what a record is that is not simply a row.
func (b *body) place(rec Record) {
	switch {
	case b.hasAddress(rec):
		b.release(rec)
	case b.isHeader(rec):
		b.setAside(asideHeader)
		b.aside(asideHeader, rec)
	case b.newTable(rec):
		b.setAside(asideFooter)
		b.change(rec, b.cols)
	case isRuler(rec):
		b.aside(asideRuler, rec)
	case b.mayBeFooter(rec) && len(b.held) < maxHeld:
		b.held = append(b.held, rec.keep())
	default:
		b.release(rec)
	}
}

// release makes rows of the records held, and of rec.
func (b *body) release(rec Record) {
	b.ready = append(b.ready[:0], b.held...)
	b.ready = append(b.ready, rec)
	b.held = b.held[:0]
}

func (b *body) setAside(what string) {
	for _, rec := range b.held {
		b.aside(what, rec)
	}
	b.held = b.held[:0]
}

func (b *body) isHeader(rec Record) bool {
	return b.header != nil && slices.EqualFunc(b.header, rec.Fields, func(a, b string) bool {
		return strings.EqualFold(cleanHeader(a), cleanHeader(b))
	})
}

// newTable changes over to the columns of rec if it is the header of another
// table.
func (b *body) newTable(rec Record) bool {
	if b.header == nil || recognised(rec.Fields, b.opts.Mapping) < 2 {
		return false
	}
	cols, err := columnsOf(rec.Fields, b.opts.Mapping)
	if err != nil {
		return false
	}
	b.start(slices.Clone(rec.Fields), cols)
	return true
}

// start begins a table with a header, nil if it has none.
func (b *body) start(header []string, cols []column) {
	b.header, b.cols, b.emailAt = header, cols, indexOf(cols, fieldEmail)
	switch {
	case b.emailAt < 0: // any table; its records are given as they are
	case header != nil:
		b.records.expect(header)
	default:
		b.records.width, b.records.least = len(cols), len(cols)
	}
}

// mayBeFooter reports whether a record looks like a line behind the data: it
// is empty, or a total, or a single text after a gap. A row that has merely
// lost its address must not look like that.
func (b *body) mayBeFooter(rec Record) bool {
	if rec.empty() {
		return true
	}
	if strings.Contains(rec.Source, "@") {
		return false
	}
	texts := slices.DeleteFunc(slices.Clone(rec.Fields), func(f string) bool { return strings.TrimSpace(f) == "" })
	first := strings.TrimSpace(texts[0])
	if len(texts) > 3 {
		return false
	}
	if closingWords(first) {
		return true
	}
	return len(texts) == 1 && len(b.cols) > 1 && (rec.gap || len(b.held) > 0)
}

// closingWords reports whether a text starts as the lines under a table do:
// with a word for a sum or for the making of the report, or with a count as
// in "(412 rows affected)".
func closingWords(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "total", "totals", "totale", "totaal", "sum", "summe", "gesamt", "gesamtsumme", "suma", "somme", "razem", "ogółem", "łącznie",
		"generated", "exported", "created", "printed", "generat", "exportat", "erstellt", "exportiert", "généré", "exporté", "generado",
		"exportado", "generato", "esportato", "wygenerowano", "page", "pagina", "seite", "strona":
		return true
	case "end", "sfârșit", "ende", "fin", "fine", "koniec":
		return len(words) > 1
	}
	return len(text) > 2 && text[0] == '(' && unicode.IsDigit(rune(text[1])) && strings.HasSuffix(text, ")")
}

// isRuler reports whether a record is a line drawn under a header, as
// database tools print it.
func isRuler(rec Record) bool {
	dashes := 0
	for _, f := range rec.Fields {
		f = strings.TrimSpace(f)
		if strings.Trim(f, "-=+_") != "" {
			return false
		}
		dashes += len(f)
	}
	return dashes >= 3
}
