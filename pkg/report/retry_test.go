package report

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"enlist/pkg/onboard"
)

func retryRow(v onboard.Verdict, source string) onboard.Outcome {
	return onboard.Outcome{Verdict: v, Row: onboard.Row{Source: source}}
}

func TestRetryHoldsWhatIsLeftToDo(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Retry
		want   string
	}{
		{"line ends of the header", Retry{Header: "email\r\n"}, "email\r\np\r\nf\r\n\"i\n2\"\r\nd\r\n"},
		{"line feeds", Retry{Header: "email\n"}, "email\np\nf\n\"i\n2\"\nd\n"},
		{"carriage returns", Retry{Header: "email\r"}, "email\rp\rf\r\"i\n2\"\rd\r"},
		{"preamble before the header", Retry{Header: "Report of May\r\n\r\nemail\r\n"}, "Report of May\r\n\r\nemail\r\np\r\nf\r\n\"i\n2\"\r\nd\r\n"},
		{"header without line end", Retry{Header: "email", LineEnd: "\r\n"}, "email\r\np\r\nf\r\n\"i\n2\"\r\nd\r\n"},
		{"no header", Retry{}, "p\nf\n\"i\n2\"\nd\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, Options{Retry: c.format}, []onboard.Outcome{
				retryRow(onboard.Changed, "c"), retryRow(onboard.Partial, "p"), retryRow(onboard.Failed, "f"),
				retryRow(onboard.Unchanged, "u"), retryRow(onboard.Invalid, "\"i\n2\""), retryRow(onboard.Deferred, "d"),
			})
			if got := read(t, dir, "retry.csv"); got != c.want {
				t.Errorf("retry.csv is %q, want %q", got, c.want)
			}
		})
	}
}

// An encoder may put its byte order mark in front of each text or leave it to
// the header's text; the file has one either way.
func TestRetryHasOneByteOrderMark(t *testing.T) {
	utf16 := func(s string) []byte {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		if s == "" {
			return []byte("\xff\xfe")
		}
		return b
	}
	for _, c := range []struct {
		name   string
		format Retry
		want   string
	}{
		{"by the encoder", Retry{Header: "e\n", Encode: utf16}, "\xff\xfee\x00\n\x00a\x00\n\x00b\x00\n\x00"},
		{"by the header", Retry{Header: "\ufeffe\n"}, "\xef\xbb\xbfe\na\nb\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, Options{Retry: c.format}, []onboard.Outcome{
				retryRow(onboard.Failed, "a"), retryRow(onboard.Failed, "b"),
			})
			if got := read(t, dir, "retry.csv"); got != c.want {
				t.Errorf("retry.csv is %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoRetryFileWhenNothingIsLeft(t *testing.T) {
	dir := t.TempDir()
	s := write(t, dir, Options{}, []onboard.Outcome{retryRow(onboard.Changed, "c")})
	if _, err := os.Stat(dir + "/retry.csv"); !os.IsNotExist(err) {
		t.Errorf("retry.csv: %v, want none", err)
	}
	if s.RetryRows != 0 || strings.Contains(strings.Join(s.Files, " "), "retry") {
		t.Errorf("summary speaks of %d rows to retry and of files %v", s.RetryRows, s.Files)
	}
}
