package intake_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"enlist/pkg/intake"
	"enlist/pkg/onboard"
)

// read opens a text and reads all of its rows.
func read(t *testing.T, text string, opts intake.Options) (*intake.File, []onboard.Row) {
	t.Helper()
	file, err := intake.OpenReader("test.csv", strings.NewReader(text), opts)
	if err != nil {
		t.Fatal(err)
	}
	return file, rowsOf(t, file)
}

func rowsOf(t *testing.T, file *intake.File) []onboard.Row {
	t.Helper()
	var all []onboard.Row
	for row, err := range file.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

func TestWhatCanNotBeUsedIsRefusedBeforeTheFirstRow(t *testing.T) {
	const people = "email,groups\na@x.example,g\n"
	for _, test := range []struct {
		name, text string
		opts       intake.Options
		want       string // in the message
	}{
		{"empty", "", intake.Options{}, "empty"},
		{"workbook", "PK\x03\x04\x14\x00", intake.Options{}, "workbook"},
		{"packed badly", "\x1f\x8b\x08", intake.Options{}, "can't be read"},
		{"blank", "\n \n\n", intake.Options{}, "empty"},
		{"no email column", "who,groups\na,g\n", intake.Options{}, "who, groups"},
		{"no groups", "email,city\na@x.example,Brno\n", intake.Options{}, "--contacts-only"},
		{"two emails", "email,e-mail,groups\na@x.example,b@x.example,g\n", intake.Options{}, "column 1 (email) and column 2 (e-mail)"},
		{"mapping to nothing", people, intake.Options{Mapping: map[string]string{"email": "mail"}}, "leads to no field"},
		{"two columns mapped to one field", people, intake.Options{Mapping: map[string]string{"1": "email", "2": "email"}}, "both give the email"},
		{"encoding", people, intake.Options{Encoding: "utf-7"}, "not the name of an encoding"},
		{"delimiter", people, intake.Options{Delimiter: "ab"}, "can't be a delimiter"},
		{"quote", people, intake.Options{Quote: "<<"}, "can't be a quote"},
		{"escape", people, intake.Options{Escape: "caret"}, "no way to escape"},
		{"header row", people, intake.Options{HeaderRow: 9}, "no record on line 9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := intake.OpenReader("test.csv", strings.NewReader(test.text), test.opts)
			var input *intake.InputError
			if !errors.As(err, &input) {
				t.Fatalf("%v is no InputError", err)
			}
			if !strings.Contains(err.Error(), test.want) || input.NextStep == "" {
				t.Errorf("%v: want it to say %q, and a next step", err, test.want)
			}
		})
	}
	for _, path := range []string{"nowhere.csv", t.TempDir()} {
		_, err := intake.Open(path, intake.Options{})
		var input *intake.InputError
		if !errors.As(err, &input) || input.Name != path {
			t.Errorf("opening %s: %v is no InputError that names it", path, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		name, text string
		opts       intake.Options
		want       []string // email, display name, groups
	}{
		{"a group for every row", "email,groups\na@x.example,G\nb@x.example,\n", intake.Options{Groups: []string{"g", "h"}},
			[]string{"a@x.example|a@x.example|G;h", "b@x.example|b@x.example|g;h"}},
		{"no group wanted", "email\na@x.example\n", intake.Options{ContactsOnly: true}, []string{"a@x.example|a@x.example|"}},
		{"a column by name", "Wer,Kontakt,groups\nAnna,a@x.example,g\n", intake.Options{Mapping: map[string]string{"KONTAKT": "email", "wer": "display_name"}},
			[]string{"a@x.example|Anna|g"}},
		{"a column by number, no header", "g,a@x.example,b@x.example\ng,c@x.example,d@x.example\n",
			intake.Options{Mapping: map[string]string{"2": "email", "1": "groups"}}, []string{"a@x.example|a@x.example|g", "c@x.example|c@x.example|g"}},
		{"one of two left out", "email,e-mail,groups\na@x.example,b@x.example,g\n", intake.Options{Mapping: map[string]string{"1": "ignore"}},
			[]string{"b@x.example|b@x.example|g"}},
		{"a mapping wins over a name", "email,e-mail,groups\na@x.example,b@x.example,g\n", intake.Options{Mapping: map[string]string{"2": "email"}},
			[]string{"b@x.example|b@x.example|g"}},
		{"the second header", "email,groups\na@x.example,g\nemail,name,groups\nb@x.example,Bo,g\n", intake.Options{HeaderRow: 3}, []string{"b@x.example|Bo|g"}},
		{"no header", "email,groups\na@x.example,g\n", intake.Options{NoHeader: true, Mapping: map[string]string{"1": "email", "2": "groups"}},
			[]string{"email|email|groups", "a@x.example|a@x.example|g"}},
		{"delimiter and quote", "email;name;groups\na@x.example;~Bo; Ek~;g\n", intake.Options{Delimiter: "semicolon", Quote: "~"}, []string{"a@x.example|Bo; Ek|g"}},
		{"no quote", "email;name;groups\na@x.example;\"Bo;g\n", intake.Options{Quote: "none"}, []string{`a@x.example|"Bo|g`}},
		{"encoding", "email,name,groups\na@x.example,\xb9,g\n", intake.Options{Encoding: "cp1250"}, []string{"a@x.example|ą|g"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, rows := read(t, test.text, test.opts)
			var got []string
			for _, row := range rows {
				got = append(got, row.Contact.Email+"|"+row.Contact.DisplayName+"|"+strings.Join(row.Groups, ";"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRetryFileIsReadLikeTheInput makes a file of what a report would, and
// expects the same rows of it, in whatever encoding the input is.
func TestRetryFileIsReadLikeTheInput(t *testing.T) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".golden" || strings.HasPrefix(entry.Name(), "error-") {
			continue
		}
		t.Run(entry.Name(), func(t *testing.T) {
			opts := intake.Options{ContactsOnly: true}
			file, err := intake.Open(filepath.Join(folder, entry.Name()), opts)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			var want []onboard.Row
			var retry bytes.Buffer
			head := file.Header()
			retry.Write(file.Encode(head))
			for row, err := range file.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				if row.Problem != nil {
					continue
				}
				want = append(want, row)
				if row.Header != "" && row.Header != head {
					head = row.Header
					retry.Write(file.Encode(head))
				}
				retry.Write(file.Encode(row.Source + file.Findings().Dialect.LineEnd))
			}
			if len(want) == 0 {
				return
			}
			again, err := intake.OpenReader("retry", &retry, opts)
			if err != nil {
				t.Fatal(err)
			}
			ignoreLine := cmpopts.IgnoreFields(onboard.Row{}, "Line")
			if diff := cmp.Diff(want, rowsOf(t, again), ignoreLine); diff != "" {
				t.Errorf("the retry file is read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

// lastError reads all rows and gives the error that they end with.
func lastError(file *intake.File) error {
	for _, err := range file.Rows() {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestFileThatChangesIsNoticed(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"grown": func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("z@x.example,Z,,,,,,,,g\n")
			return errors.Join(err, f.Close())
		},
		"shrunk": func(path string) error { return os.Truncate(path, 1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "staff.csv")
			if err := os.WriteFile(path, staff(10_000), 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := intake.Open(path, intake.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			if err := lastError(file); !errors.Is(err, intake.ErrChanged) {
				t.Errorf("rows end with %v, want %v", err, intake.ErrChanged)
			}
		})
	}
}

func TestPackedFileThatEndsShortIsNoticed(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(staff(50_000))
	w.Close()
	packed.Truncate(packed.Len() / 2)
	file, err := intake.OpenReader("staff.csv.gz", &packed, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := lastError(file); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("rows end with %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

func TestBrokenStreamEndsTheRows(t *testing.T) {
	broken := errors.New("the pipe broke")
	data := staff(10_000)
	data = data[:len(data)-5] // in the middle of the last group's name
	r := io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken))
	file, err := intake.OpenReader("stream", r, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := lastError(file); !errors.Is(err, broken) {
		t.Errorf("rows end with %v, want %v", err, broken)
	}
	if got := file.Findings().Rows; got != 9_999 {
		t.Errorf("%d rows given, want only those that are whole: 9999", got)
	}
}

func TestPersonInTwoFiles(t *testing.T) {
	opts := intake.Options{Groups: []string{"g"}}
	first, _ := read(t, "email,name\na@x.example,Ana\nb@x.example,Bo\n", opts)
	second, err := intake.OpenReader("second.csv", strings.NewReader("email,name\nc@x.example,Cy\nB@x.example,Bob\nc@x.example,Cy\n"), opts)
	if err != nil {
		t.Fatal(err)
	}
	second.After(first)
	rowsOf(t, second)
	got := second.Findings()
	wantRepeats := []intake.Repeat{{Line: 4, Email: "c@x.example", First: "line 2"}}
	if diff := cmp.Diff(wantRepeats, got.Repeats); diff != "" {
		t.Error(diff)
	}
	wantWarnings := []intake.Warning{
		{Line: 3, Message: "B@x.example stands on line 3 of test.csv already, with another name; the first one counts"},
	}
	if diff := cmp.Diff(wantWarnings, got.Warnings); diff != "" {
		t.Error(diff)
	}
}

// TestAnyTable reads tables that aren't about people, record by record.
func TestAnyTable(t *testing.T) {
	for _, test := range []struct {
		text string
		want [][]string
	}{
		{"a,b,c\n1,2,3\n", [][]string{{"a", "b", "c"}, {"1", "2", "3"}}},
		{"a;b\n1,5;2\n3,5;\"x\ny\"\n", [][]string{{"a", "b"}, {"1,5", "2"}, {"3,5", "x\ny"}}},
		{"a,b\n1,2,,\n3\n", [][]string{{"a", "b"}, {"1", "2", "", ""}, {"3"}}},
		{"one\ntwo\n", [][]string{{"one"}, {"two"}}},
		{"email,groups\na@x.example,g\n", [][]string{{"email", "groups"}, {"a@x.example", "g"}}},
	} {
		file, err := intake.OpenReader("table", strings.NewReader(test.text), intake.Options{AnyTable: true})
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for rec, err := range file.Records() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rec.Fields)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

// FuzzOpen holds that any bytes can be read: without a panic, to an end, with
// every row counted.
func FuzzOpen(f *testing.F) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		f.Fatal(err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "")
	}
	f.Fuzz(func(t *testing.T, data []byte, encoding string) {
		file, err := intake.OpenReader("fuzz", bytes.NewReader(data), intake.Options{ContactsOnly: true, Encoding: encoding})
		if err != nil {
			return
		}
		rows := 0
		for row, err := range file.Rows() {
			if err != nil {
				return
			}
			rows++
			if row.Problem == nil && row.Contact.Email == "" {
				t.Errorf("line %d: a good row without an address: %q", row.Line, row.Source)
			}
		}
		if got := file.Findings().Rows; got != rows {
			t.Errorf("%d rows given, %d counted", rows, got)
		}
	})
}
