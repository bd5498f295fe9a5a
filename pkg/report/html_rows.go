package report

import (
	"bytes"
	"encoding/json"

	"enlist/pkg/onboard"
)

// wordsAtMost bounds, in bytes, the strings that a rowBlock remembers.
const wordsAtMost = 1 << 20

// rowBlock writes the rows into the page: as a JSON array whose elements are
//
//   - first, an array with the names of the columns;
//   - a string: the next word, counted from 0;
//   - an array: a row. A number in place of a text stands for the word of that
//     number, which came earlier.
//
// Most texts of a report recur in row after row, and so are told once. The
// encoder escapes <, >, & and the line separators of JavaScript, so that no
// text can end the script element that the block stands in.
type rowBlock struct {
	out     *bytes.Buffer
	encoder *json.Encoder
	words   map[string]int
	room    int // bytes that words may still take up
	err     error
}

// rowColumns are the columns of a row. Groups holds an array for each group:
// its name, what became of the membership and of the sender restriction, and,
// if it has a problem that isn't the row's, that problem's code, message and
// next step.
func rowColumns() []string {
	return []string{
		"line", "email", "display_name", "verdict", "contact", "groups",
		"error_code", "message", "next_step", "duration_ms",
	}
}

func newRowBlock(out *bytes.Buffer) *rowBlock {
	b := &rowBlock{out: out, encoder: json.NewEncoder(out), words: map[string]int{}, room: wordsAtMost}
	out.WriteByte('[')
	b.encode(rowColumns())
	return b
}

func (b *rowBlock) add(o onboard.Outcome) error {
	p := problemOf(o.Problem)
	row := []any{
		o.Row.Line, o.Row.Contact.Email, o.Row.Contact.DisplayName,
		b.word(string(o.Verdict)), b.word(string(o.Contact.Action)), b.groups(o),
		b.word(p.Code), b.word(messageOf(o)), b.word(p.NextStep), o.Duration.Milliseconds(),
	}
	b.element(row)
	return b.err
}

func (b *rowBlock) groups(o onboard.Outcome) [][]any {
	groups := [][]any{}
	for _, g := range o.Groups {
		group := []any{b.word(g.Label()), b.word(string(g.Member)), b.word(string(g.Senders))}
		if g.Problem != nil && g.Problem != o.Problem {
			p := problemOf(g.Problem)
			group = append(group, b.word(p.Code), b.word(p.Message), b.word(p.NextStep))
		}
		groups = append(groups, group)
	}
	return groups
}

// word gives the number of a word, new or known, or the text itself if there
// is no room for another word.
func (b *rowBlock) word(text string) any {
	if n, known := b.words[text]; known {
		return n
	}
	if text == "" || len(text) > b.room {
		return text
	}
	n := len(b.words)
	b.words[text] = n
	b.room -= len(text)
	b.element(text)
	return n
}

func (b *rowBlock) element(v any) {
	b.out.WriteByte(',')
	b.encode(v)
}

func (b *rowBlock) encode(v any) {
	if err := b.encoder.Encode(v); b.err == nil {
		b.err = err
	}
}

func (b *rowBlock) end() { b.out.WriteByte(']') }
