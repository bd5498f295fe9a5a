package intake_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"enlist/pkg/intake"
)

// written is a dialect that a table can be written in.
type written struct {
	sep, quote, escape, lineEnd string
	always                      bool // quote every field
}

func (w written) field(value string) string {
	if !w.always && value != "" && value == strings.TrimSpace(value) && !strings.ContainsAny(value, w.quote+w.sep+"\r\n\\") {
		return value
	}
	if w.escape == "backslash" {
		value = strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), w.quote, `\`+w.quote)
	} else {
		value = strings.ReplaceAll(value, w.quote, w.quote+w.quote)
	}
	return w.quote + value + w.quote
}

func (w written) table(rows [][]string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, value := range row {
			if i > 0 {
				b.WriteString(w.sep)
			}
			b.WriteString(w.field(value))
		}
		b.WriteString(w.lineEnd)
	}
	return b.String()
}

// drawDialect draws one of all the dialects that are understood.
func drawDialect(t *rapid.T) written {
	return written{
		sep:     rapid.SampledFrom([]string{",", ";", "\t", "|", ":", " ", ", "}).Draw(t, "delimiter"),
		quote:   rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote"),
		escape:  rapid.SampledFrom([]string{"double", "backslash"}).Draw(t, "escape"),
		lineEnd: rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end"),
		always:  rapid.Bool().Draw(t, "always quoted"),
	}
}

// TestAnyTableInAnyDialect writes a table in a dialect and reads it again.
func TestAnyTableInAnyDialect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawDialect(t)
		width := rapid.IntRange(1, 5).Draw(t, "width")
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab,;\t|: '\"\\\n\ré世\u00a0")))
		row := rapid.SliceOfN(cell, width, width)
		rows := rapid.SliceOfN(row, 1, 20).Draw(t, "rows")

		file, err := intake.OpenReader("table", strings.NewReader(w.table(rows)), intake.Options{
			Delimiter: w.sep, Quote: w.quote, Escape: w.escape, Encoding: "utf-8", AnyTable: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for rec, err := range file.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if rec.Damage != nil {
				t.Errorf("damage: %v", rec.Damage)
			}
			got = append(got, rec.Fields)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("%q is read as another table (-want +got):\n%s", w.table(rows), diff)
		}
	})
}

// TestPeopleInAnyDialect writes people in a dialect and has all found out:
// dialect, header, columns.
func TestPeopleInAnyDialect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawDialect(t)
		if !w.always {
			w.quote = `"` // a few single quotes alone don't tell what they are
		}
		names := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abcé,;|: \"'")), 1, 20, -1), 2, 30).Draw(t, "names")
		rows := [][]string{{"Display name", "E-mail", "Groups"}}
		var want []string
		for i, name := range names {
			address := fmt.Sprintf("person%d@partner.example", i)
			rows = append(rows, []string{"A" + name + "Z", address, "partners"})
			want = append(want, address+" A"+name+"Z [partners]")
		}
		file, err := intake.OpenReader("people", strings.NewReader(w.table(rows)), intake.Options{})
		if err != nil {
			t.Fatalf("%q: %v", w.table(rows), err)
		}
		var got []string
		for row, err := range file.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			if row.Problem != nil {
				t.Errorf("line %d: %v", row.Line, row.Problem)
			}
			got = append(got, fmt.Sprintf("%s %s %s", row.Contact.Email, row.Contact.DisplayName, row.Groups))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q is read as %+v (-want +got):\n%s", w.table(rows), file.Findings().Dialect, diff)
		}
	})
}

// TestAsManyRowsAsRecords damages lines of a file at random, and expects a row
// for each, with the line it stands on and its text unchanged.
func TestAsManyRowsAsRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		header := "email;display_name;title;groups"
		var lines []string
		unclosed := false
		for i := range rapid.IntRange(1, 40).Draw(t, "rows") {
			line := fmt.Sprintf(`person%d@partner.example;"Person; %d";Buyer;partners`, i, i)
			damage := rapid.SampledFrom(damages()).Draw(t, "damage")
			if damage.opens && unclosed {
				damage = damages()[0] // two halves of a quote may make a whole
			}
			unclosed = unclosed || damage.opens
			lines = append(lines, damage.do(line, rapid.IntRange(0, len(line)-1).Draw(t, "at")))
		}
		text := header + "\n" + strings.Join(lines, "\n") + "\n"
		file, err := intake.OpenReader("damaged", strings.NewReader(text), intake.Options{HeaderRow: 1, Delimiter: ";", Quote: `"`, Encoding: "utf-8"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for row, err := range file.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			if row.Line != len(got)+2 {
				t.Errorf("row %d is said to stand on line %d", len(got), row.Line)
			}
			got = append(got, row.Source)
		}
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Fatalf("rows lost or made up (-want +got):\n%s", diff)
		}
	})
}

// damage changes a line at a place.
type damage struct {
	name  string
	opens bool // may leave a quote open
	do    func(line string, at int) string
}

func damages() []damage {
	insert := func(what string) func(string, int) string {
		return func(line string, at int) string { return line[:at] + what + line[at:] }
	}
	return []damage{
		{"none", false, func(line string, at int) string { return line }},
		{"a delimiter more", false, insert(";")},
		{"a NUL byte", false, insert("\x00")},
		{"a control character", false, insert("\x1b")},
		{"a byte of no character", false, insert("\xff")},
		{"an invisible character", false, insert("\u200b")},
		{"a quote more", true, insert(`"`)},
		{"cut off", true, func(line string, at int) string { return line[:at] + "@" }},
		{"a byte lost", true, func(line string, at int) string { return line[:at] + line[at+1:] }},
		{"very long", false, insert(strings.Repeat("long ", 2000))},
	}
}

// TestLargeFileOfOpenQuotes reads a file that is all open quotes: looking
// ahead for closing ones must not make it hang, nor lose a line.
func TestLargeFileOfOpenQuotes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{`a@x.example,"A,g`, `,""a`, `,"`, `"","`, "x,y,z", `a@x.example,"A ""B"",g`}
	const lines = 200_000
	var b strings.Builder
	b.WriteString("email,display_name,groups\n")
	for range lines {
		b.WriteString(pieces[random.IntN(len(pieces))] + "\n")
	}
	file, err := intake.OpenReader("quotes", strings.NewReader(b.String()), intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for row, err := range file.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		got += 1 + strings.Count(row.Source, "\n")
	}
	if got != lines {
		t.Errorf("the rows hold %d lines of %d", got, lines)
	}
}
