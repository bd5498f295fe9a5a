package report

import (
	"encoding/csv"
	"strings"

	"github.com/gocarina/gocsv"

	"enlist/pkg/onboard"
)

const csvName = "report.csv"

// byteOrderMark makes spreadsheets read the file as UTF-8.
const byteOrderMark = "\uFEFF"

// csvFile writes report.csv: UTF-8 with a byte order mark, RFC 4180.
type csvFile struct {
	*partialFile
	cells *cellWriter
	row   [1]csvRow // gocsv takes slices only
}

func createCSV(dir string) (*csvFile, error) {
	p, err := createPartial(dir, csvName)
	if err != nil {
		return nil, err
	}
	c := &csvFile{partialFile: p, cells: newCellWriter(p)}
	if err := gocsv.MarshalCSV([]csvRow{}, c.cells); err != nil {
		p.abandon()
		return nil, err
	}
	return c, nil
}

func (c *csvFile) add(o onboard.Outcome) error {
	c.row[0] = newCSVRow(o)
	if err := gocsv.MarshalCSVWithoutHeaders(c.row[:], c.cells); err != nil {
		return err
	}
	return c.endLine()
}

// cellWriter is the csv.Writer that gocsv writes through. It is where every
// cell passes, whatever its column.
type cellWriter struct {
	*csv.Writer
	safe []string // of the line being written
}

// newCellWriter begins the file.
func newCellWriter(p *partialFile) *cellWriter {
	w := &cellWriter{Writer: csv.NewWriter(&p.buf)}
	w.UseCRLF = true
	p.buf.WriteString(byteOrderMark)
	return w
}

// lineBreaks makes one kind of line break of all, since csv.Writer with
// UseCRLF would drop a carriage return that stands alone.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func (w *cellWriter) Write(cells []string) error {
	w.safe = w.safe[:0]
	for _, cell := range cells {
		cell = neutral(cell)
		if strings.Contains(cell, "\r") {
			cell = lineBreaks.Replace(cell)
		}
		w.safe = append(w.safe, cell)
	}
	return w.Writer.Write(w.safe)
}
