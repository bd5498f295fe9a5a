package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrChanged is what Rows ends with if a file was written to while it was
// read.
var ErrChanged = errors.New("the file changed while it was read")

// input is the bytes of a file or stream, unpacked if need be.
type input struct {
	r          io.Reader
	compressed bool

	file *os.File    // nil for a stream
	info os.FileInfo // of the file when it was opened
	size int64       // the bytes read so far
}

// newInput starts to read r. file is nil or the same as r.
func newInput(r io.Reader, file *os.File) (*input, error) {
	in := &input{file: file}
	if file != nil {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		in.info = info
	}
	stored := bufio.NewReaderSize(&counted{r, in}, headSize)
	in.r = stored
	start, err := stored.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch string(start) {
	case "PK\x03\x04", "\xD0\xCF\x11\xE0": // .xlsx (a zip file), .xls
		return nil, &InputError{
			Message:  "this is a workbook or an archive, not a CSV file",
			NextStep: "Save it in Excel as CSV UTF-8 (comma delimited), or unpack it, and name that file",
		}
	}
	if bytes.HasPrefix(start, []byte{0x1f, 0x8b}) {
		in.compressed = true
		if in.r, err = gzip.NewReader(stored); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// counted counts the stored bytes that are read.
type counted struct {
	r  io.Reader
	in *input
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.in.size += int64(n)
	return n, err
}

// Read gives the unpacked bytes. Where they end, it looks whether the file is
// still the one that was opened.
func (in *input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	switch {
	case err == io.EOF:
		if changed := in.changed(); changed != nil {
			return n, changed
		}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("the compressed file ends short: %w", err)
	}
	return n, err
}

// changed says how a file differs from when it was opened.
func (in *input) changed() error {
	if in.file == nil || !in.info.Mode().IsRegular() {
		return nil
	}
	now, err := in.file.Stat()
	switch {
	case err != nil:
		return err
	case in.size != in.info.Size():
		return fmt.Errorf("%w: it had %d bytes when it was opened, and %d were read", ErrChanged, in.info.Size(), in.size)
	case !now.ModTime().Equal(in.info.ModTime()):
		return fmt.Errorf("%w: it was written to at %s", ErrChanged, now.ModTime().Format("15:04:05"))
	}
	return nil
}
