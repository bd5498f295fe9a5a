package intake

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readAll reads all records of a text, a byte at a time so that every edge of
// the window is met.
func readAll(t *testing.T, text string, d Dialect, width int) []Record {
	t.Helper()
	r := newRecordReader(newWindow(iotest.OneByteReader(strings.NewReader(text))), d)
	if width > 0 {
		r.expect(make([]string, width))
		r.least = width
	}
	var all []Record
	for {
		rec, err := r.next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec.keep())
	}
}

func TestDamageStaysInItsRecord(t *testing.T) {
	comma := Dialect{Delimiter: ",", Quote: '"'}
	type read struct {
		line    int
		fields  string // joined with |
		damaged bool
	}
	for _, test := range []struct {
		name, text string
		want       []read
	}{
		{"clean", "a,b,c\nd,e,f\n", []read{{1, "a|b|c", false}, {2, "d|e|f", false}}},
		{"no line end at the end", "a,b,c", []read{{1, "a|b|c", false}}},
		{"all line ends", "a,b,c\rd,e,f\r\ng,h,i\n\nj,k,l\r", []read{{1, "a|b|c", false}, {2, "d|e|f", false}, {3, "g|h|i", false}, {5, "j|k|l", false}}},
		{"quoted", `"a,1","b ""2""","c"` + "\n", []read{{1, `a,1|b "2"|c`, false}}},
		{"spaces around quotes", `a, "b,1" ,c` + "\n", []read{{1, "a|b,1|c", false}}},
		{"line ends in quotes", "a,\"b\r\n1\n2\",c\nd,e,f\n", []read{{1, "a|b\r\n1\n2|c", false}, {4, "d|e|f", false}}},
		{"too few", "a,b\nd,e,f\n", []read{{1, "a|b", true}, {2, "d|e|f", false}}},
		{"too many", "a,b,c,d\nd,e,f\n", []read{{1, "a|b|c|d", true}, {2, "d|e|f", false}}},
		{"empty ones too many", "a,b,c,,\n", []read{{1, "a|b|c", false}}},
		{"stray quote in the open", `a,b "1,c` + "\n", []read{{1, `a|b "1|c`, false}}},
		{"stray quote in quotes", `a,"b "1" b",c` + "\n", []read{{1, `a|b "1" b|c`, false}}},
		{"unclosed, no more quotes", "a,\"b,c\nd,e,f\ng,h,i\n", []read{{1, `a|"b|c`, true}, {2, "d|e|f", false}, {3, "g|h|i", false}}},
		{"unclosed, quotes follow", "a,\"b,c\nd,\"e,1\",f\n", []read{{1, `a|"b|c`, true}, {2, "d|e,1|f", false}}},
		{"unclosed, and one that closes too many columns on", "a,\"b,c\nd,e,f\ng,h\",i,j\n",
			[]read{{1, `a|"b|c`, true}, {2, "d|e|f", false}, {3, `g|h"|i|j`, true}}},
		{"unclosed, and a record with an address between", "a,\"b\nd@x,e,f\ng\",c\n",
			[]read{{1, `a|"b`, true}, {2, "d@x|e|f", false}, {3, `g"|c`, true}}},
		{"unclosed at the very end", "a,b,c\nd,e,\"f", []read{{1, "a|b|c", false}, {2, `d|e|"f`, true}}},
		{"nothing but quotes", "\"\"\"\na,b,c\n", []read{{1, `"""`, true}, {2, "a|b|c", false}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []read
			for _, rec := range readAll(t, test.text, comma, 3) {
				got = append(got, read{rec.Line, strings.Join(rec.Fields, "|"), rec.Damage != nil})
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(read{})); diff != "" {
				t.Errorf("read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverlongLineIsPassedOver(t *testing.T) {
	text := "a,b\n" + strings.Repeat("x", 3*maxRecord) + ",y\r\nc,d\n"
	r := newRecordReader(newWindow(strings.NewReader(text)), Dialect{Delimiter: ",", Quote: '"'})
	r.expect([]string{"1", "2"})
	var lines []int
	var damaged []bool
	for {
		rec, err := r.next()
		if err == io.EOF {
			break
		}
		lines, damaged = append(lines, rec.Line), append(damaged, rec.Damage != nil)
		if len(rec.Source) > headSize {
			t.Errorf("%d bytes of line %d are kept", len(rec.Source), rec.Line)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 3}, lines); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]bool{false, true, false}, damaged); diff != "" {
		t.Error(diff)
	}
	if len(r.win.buf) > 4*maxRecord {
		t.Errorf("the window has grown to %d bytes", len(r.win.buf))
	}
}

// FuzzRecords holds that whatever the bytes are, each line that isn't blank is
// in exactly one record, in order and unchanged.
func FuzzRecords(f *testing.F) {
	f.Add("a,b,c\n1,\"x\ny\",3\n", ",", byte('"'), false, 3)
	f.Add("a;b\n\"\"\";\n\\\";x\r\r\n", ";", byte('"'), true, 2)
	f.Add("'a' 'b'\n'c\n", " ", byte('\''), false, 0)
	f.Add("a, b\x00\n,\"\n\"\",", ", ", byte('"'), false, 2)
	f.Fuzz(func(t *testing.T, text, sep string, quote byte, backslash bool, width int) {
		if _, err := delimiterOption(sep); err != nil || len(text) > maxRecord {
			t.Skip()
		}
		d := Dialect{Delimiter: sep, Quote: quote, Backslash: backslash}
		var got []string
		for _, rec := range readAll(t, text, d, width%10) {
			got = append(got, lines(rec.Source)...)
		}
		notBlank := func(all []string) (kept []string) {
			for _, line := range all {
				if !blank([]byte(line), d) {
					kept = append(kept, line)
				}
			}
			return kept
		}
		if diff := cmp.Diff(notBlank(lines(text)), notBlank(got)); diff != "" {
			t.Errorf("lines lost or changed (-want +got):\n%s", diff)
		}
	})
}

func lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}
