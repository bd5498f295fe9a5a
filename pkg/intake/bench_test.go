package intake_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
	"time"

	"enlist/pkg/intake"
)

// staff gives a clean file of n rows, about 150 bytes each.
func staff(n int) []byte {
	var b bytes.Buffer
	b.WriteString("email,display_name,first_name,last_name,company,title,department,phone,mobile_phone,groups\n")
	for i := range n {
		fmt.Fprintf(&b, "person.number%06d@partner%03d.example,Person Number%06d,Person,Number%06d,Partner %03d Ltd,Analyst,Research,+40 21 555 %04d,,partners@contoso.example\n",
			i, i%500, i, i, i%500, i%10000)
	}
	return b.Bytes()
}

// BenchmarkInspect measures Inspect beside the standard library's reader on
// the same clean file, turn by turn, so that whatever else the machine does
// slows both. The metric csv-share is Inspect's rows per second as a share of
// those of encoding/csv, which does nothing but split.
func BenchmarkInspect(b *testing.B) {
	const rows = 100_000
	data := staff(rows)
	var inspecting, splitting time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		split(b, data)
		between := time.Now()
		inspect(b, data, rows)
		splitting += between.Sub(start)
		inspecting += time.Since(between)
	}
	b.ReportMetric(float64(b.N)*rows/inspecting.Seconds(), "rows/s")
	b.ReportMetric(float64(b.N)*rows/splitting.Seconds(), "csv-rows/s")
	b.ReportMetric(splitting.Seconds()/inspecting.Seconds(), "csv-share")
}

func split(b *testing.B, data []byte) {
	r := csv.NewReader(bytes.NewReader(data))
	for {
		if _, err := r.Read(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func inspect(b *testing.B, data []byte, want int) {
	file, err := intake.OpenReader("bench", bytes.NewReader(data), intake.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, err := range file.Inspect(5) {
		if err != nil {
			b.Fatal(err)
		}
	}
	if got := file.Findings().Rows; got != want {
		b.Fatalf("%d rows read, want %d", got, want)
	}
}

func BenchmarkRows(b *testing.B) {
	const rows = 10_000
	data := staff(rows)
	b.ReportAllocs()
	for b.Loop() {
		file, err := intake.OpenReader("bench", bytes.NewReader(data), intake.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range file.Rows() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
