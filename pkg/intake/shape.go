package intake

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// shape is the form of a file, as found in its head.
type shape struct {
	dialect Dialect
	// header are the names of the columns, joined from all lines of the
	// header; nil without a header.
	header     []string
	headerLine int
	cols       []column
	preamble   []Line
	// start is the offset of the first record behind the header, on line
	// startLine.
	start     int
	startLine int
}

// maxProbes is the number of records by which a dialect is judged.
const maxProbes = 100

// maxPreamble is the number of records in which a header is looked for.
const maxPreamble = 30

// probed is a record of the head, read in one dialect.
type probed struct {
	Record
	end     int // offset behind it
	endLine int // line behind it
}

// findShape finds out how the text that starts with head is written. whole
// says that head is all of it.
func findShape(head []byte, whole bool, opts Options) (shape, error) {
	skip := 0
	if sep, next := sepLine(head); next > 0 {
		skip = next
		if opts.Delimiter == "" {
			opts.Delimiter = sep
		}
	}
	dialects, err := candidates(head[skip:], opts)
	if err != nil {
		return shape{}, err
	}
	var best guess
	for i, d := range dialects {
		g := guessHeader(probe(head, skip, whole, d), opts)
		g.dialect = d
		if i == 0 || g.points > best.points {
			best = g
		}
	}
	if len(best.probes) == 0 {
		return shape{}, &InputError{Message: "the file is empty", NextStep: "Check that the export went through"}
	}
	return best.shape(head, skip, opts)
}

// probe reads the records of the head. The last one is left out if it may be
// cut short.
func probe(head []byte, skip int, whole bool, d Dialect) []probed {
	r := newRecordReader(newWindow(bytes.NewReader(head[skip:])), d)
	r.offset = skip
	if skip > 0 {
		r.line = 2
	}
	var all []probed
	for len(all) < maxProbes {
		rec, err := r.next()
		if err != nil {
			if !whole && len(all) > 1 {
				all = all[:len(all)-1]
			}
			break
		}
		all = append(all, probed{rec.keep(), r.offset, r.line})
	}
	return all
}

// guess is a dialect and what the head looks like in it.
type guess struct {
	dialect Dialect
	probes  []probed
	// header is the index of the header's first record in probes and span
	// the number of its records; span 0 means that none was recognised.
	header, span int
	points       float64
}

// guessHeader finds the header among the probes and tells how well all fits.
func guessHeader(probes []probed, opts Options) guess {
	g := guess{probes: probes}
	known := g.findHeader(opts)
	first := g.header + g.span
	width := 0
	if g.span > 0 {
		width = len(probes[g.header].Fields)
	} else {
		width = usualWidth(probes)
	}
	g.points = float64(3*known) + 10*fitting(probes[min(first, len(probes)):], width)
	if width > 1 {
		g.points += 2
	}
	return g
}

// findHeader looks for the record that claims most fields, or else two lines
// that do so together, and gives the number of fields.
func (g *guess) findHeader(opts Options) (known int) {
	consider := func(cells []string, at, span int) {
		if opts.HeaderRow > 0 && g.probes[at].Line != opts.HeaderRow {
			return
		}
		if n := recognised(cells, opts.Mapping); n > known {
			known, g.header, g.span = n, at, span
		}
	}
	probes := g.probes[:min(len(g.probes), maxPreamble)]
	if opts.NoHeader {
		return 0
	}
	for i := range probes {
		consider(probes[i].Fields, i, 1)
	}
	for i := 1; i < len(probes); i++ {
		if upper, lower := probes[i-1].Fields, probes[i].Fields; len(upper) == len(lower) {
			consider(stack(upper, lower), i-1, 2)
		}
	}
	return known
}

// recognised counts the fields that a record claims as a header; 0 if it is
// none, for want of an email column or because it holds an address itself.
func recognised(cells []string, mapping map[string]string) int {
	cols, _ := columnsOf(cells, mapping)
	seen := map[string]bool{}
	for i, c := range cols {
		if strings.Contains(cells[i], "@") {
			return 0
		}
		if c.field != "" {
			seen[c.field] = true
		}
	}
	if !seen[fieldEmail] {
		return 0
	}
	return len(seen)
}

// stack joins two lines of a header cell by cell.
func stack(upper, lower []string) []string {
	joined := make([]string, len(upper))
	for i := range upper {
		joined[i] = strings.TrimSpace(upper[i] + " " + lower[i])
	}
	return joined
}

// usualWidth gives the number of fields that most records have.
func usualWidth(probes []probed) int {
	count := map[int]int{}
	best := 0
	for _, p := range probes {
		if !p.empty() {
			count[len(p.Fields)]++
		}
	}
	for width, n := range count {
		if n > count[best] || n == count[best] && width > best {
			best = width
		}
	}
	return best
}

// fitting gives the share of records that have the width and hold an address
// in a field of its own, less for those that look as if the dialect had left
// something over.
func fitting(probes []probed, width int) float64 {
	points := 0.0
	for _, p := range probes {
		if len(trimTrailing(p.Fields, width)) != width || p.Damage != nil {
			continue
		}
		points += 0.4
		if slices.ContainsFunc(p.Fields, looksLikeAddress) {
			points += 0.4
		}
		if p.Note == "" && !slices.ContainsFunc(p.Fields, leftOver) {
			points += 0.2
		}
	}
	return points / float64(max(1, len(probes)))
}

// leftOver reports whether a field still has quotes around it, or the space
// that belongs to a delimiter in front.
func leftOver(field string) bool {
	if field == "" {
		return false
	}
	first, last := field[0], field[len(field)-1]
	return first == ' ' || len(field) > 1 && first == last && (first == '"' || first == '\'')
}

// looksLikeAddress reports whether a field holds an email address, going by
// its looks.
func looksLikeAddress(field string) bool {
	field = strings.TrimSpace(field)
	at := strings.IndexByte(field, '@')
	return at > 0 && strings.Contains(field[at:], ".") && !strings.ContainsAny(field, ";|,\t ")
}

// shape settles on the guess.
func (g guess) shape(head []byte, skip int, opts Options) (shape, error) {
	s := shape{dialect: g.dialect, start: skip, startLine: 1}
	if skip > 0 {
		s.startLine = 2
	}
	if err := g.settleHeader(opts); err != nil {
		return s, err
	}
	first := g.header
	if g.span > 0 {
		s.header = g.probes[g.header].Fields
		if g.span == 2 {
			s.header = stack(s.header, g.probes[g.header+1].Fields)
		}
		last := g.probes[g.header+g.span-1]
		s.headerLine, s.start, s.startLine = g.probes[g.header].Line, last.end, last.endLine
	} else if first > 0 {
		s.start, s.startLine = g.probes[first-1].end, g.probes[first-1].endLine
	}
	for _, p := range g.probes[:first] {
		s.preamble = append(s.preamble, Line{p.Line, p.Source})
	}
	cols, err := g.columns(s.header, opts)
	s.cols = cols
	return s, err
}

// settleHeader decides, when no header was recognised, between an unknown
// header and none at all: a header holds no address.
func (g *guess) settleHeader(opts Options) error {
	if g.span > 0 {
		return nil
	}
	width := usualWidth(g.probes)
	for i, p := range g.probes {
		if opts.HeaderRow > 0 {
			if p.Line == opts.HeaderRow {
				g.header, g.span = i, 1
				return nil
			}
			continue
		}
		if !opts.AnyTable && (len(p.Fields) != width || p.empty()) {
			continue
		}
		g.header = i
		if !opts.NoHeader && !strings.Contains(p.Source, "@") {
			g.span = 1
		}
		return nil
	}
	return &InputError{Message: fmt.Sprintf("there is no record on line %d", opts.HeaderRow), NextStep: "Correct --header-row"}
}

// columns tells the meaning of the columns, by the header or by content.
func (g *guess) columns(header []string, opts Options) ([]column, error) {
	if header != nil {
		return columnsOf(header, opts.Mapping)
	}
	return columnsByContent(g.probes[g.header:], opts.Mapping)
}
