package intake_test

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"testing"

	"enlist/pkg/intake"
)

// staffReader writes a file of rows as it is read, and notes the most memory
// in use meanwhile.
type staffReader struct {
	rows, next int
	rest       []byte
	reads      int
	peak       uint64
}

func (s *staffReader) Read(p []byte) (int, error) {
	if s.reads++; s.reads%50 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.peak = max(s.peak, m.HeapInuse+m.StackInuse)
	}
	for len(s.rest) < len(p) && s.next <= s.rows {
		if s.next == 0 {
			s.rest = append(s.rest, "email,display_name,company,title,department,phone,notes,groups\n"...)
		} else {
			s.rest = fmt.Appendf(s.rest, "person.number%07d@partner%03d.example,Person Number%07d,Partner %03d Ltd,Analyst,Research,+40 21 555 %04d,a note on the person,partners@contoso.example\n",
				s.next, s.next%500, s.next, s.next%500, s.next%10000)
		}
		s.next++
	}
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.rest)
	s.rest = append(s.rest[:0], s.rest[n:]...)
	return n, nil
}

// TestMillionRowsInLittleMemory streams a file of a million rows, about 150
// MB. What is kept of each is what finding duplicates takes.
func TestMillionRowsInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	const rows, limit = 1_000_000, 48 << 20
	debug.FreeOSMemory()
	source := &staffReader{rows: rows}
	file, err := intake.OpenReader("staff", source, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range file.Inspect(0) {
		t.Fatal(row.Problem, err)
	}
	if got := file.Findings().Rows; got != rows {
		t.Errorf("%d rows read, want %d", got, rows)
	}
	if source.peak > limit {
		t.Errorf("%d MB in use, want at most %d", source.peak>>20, limit>>20)
	}
	t.Logf("%d MB in use at most", source.peak>>20)
}
