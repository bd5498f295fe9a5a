package intake_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

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

const benchRows = 100_000

func reportRows(b *testing.B) {
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkEncodingCSV is what BenchmarkInspect is measured against: the
// standard library's reader on the same file, which does nothing but split.
func BenchmarkEncodingCSV(b *testing.B) {
	data := staff(benchRows)
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(data))
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	reportRows(b)
}

func BenchmarkInspect(b *testing.B) {
	data := staff(benchRows)
	b.ReportAllocs()
	for b.Loop() {
		file, err := intake.OpenReader("bench", bytes.NewReader(data), intake.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range file.Inspect(5) {
			if err != nil {
				b.Fatal(err)
			}
		}
		if got := file.Findings().Rows; got != benchRows {
			b.Fatalf("%d rows read, want %d", got, benchRows)
		}
	}
	reportRows(b)
}

func BenchmarkRows(b *testing.B) {
	data := staff(benchRows)
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
	reportRows(b)
}
