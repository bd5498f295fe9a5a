package report

import (
	"bytes"
	"path/filepath"
	"strings"

	"enlist/pkg/onboard"
)

const retryName = "retry.csv"

// retryFile writes retry.csv. The file is begun with its first row, since
// there shall be none when nothing is left to do.
type retryFile struct {
	dir     string
	format  Retry
	mark    []byte // what Encode puts in front of any text
	partial *partialFile
	header  string // that the rows written last stand under
	rows    int
}

func newRetry(dir string, format Retry) (*retryFile, error) {
	if format.LineEnd == "" {
		format.LineEnd = lineEnd(format.Header)
	}
	if format.Header != "" && !strings.HasSuffix(format.Header, format.LineEnd) {
		format.Header += format.LineEnd
	}
	if format.Encode == nil {
		format.Encode = func(s string) []byte { return []byte(s) }
	}
	// What a killed run left would pass for this run's.
	if err := removeIfExists(filepath.Join(dir, retryName+partialSuffix)); err != nil {
		return nil, err
	}
	return &retryFile{dir: dir, format: format, mark: format.Encode("")}, nil
}

// lineEnd is the line end that the header ends with.
func lineEnd(header string) string {
	switch {
	case strings.HasSuffix(header, "\r\n"):
		return "\r\n"
	case strings.HasSuffix(header, "\r"):
		return "\r"
	}
	return "\n"
}

func (r *retryFile) add(o onboard.Outcome) error {
	if o.Verdict.Settled() {
		return nil
	}
	if r.partial == nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	r.rows++
	if h := o.Row.Header; h != "" && h != r.header {
		r.header = h
		r.write(h)
	}
	r.write(o.Row.Source + r.format.LineEnd)
	return r.partial.endLine()
}

func (r *retryFile) begin() error {
	p, err := createPartial(r.dir, retryName)
	if err != nil {
		return err
	}
	r.partial = p
	p.buf.Write(r.mark)
	r.write(r.format.Header)
	return nil
}

func (r *retryFile) write(text string) {
	r.partial.buf.Write(bytes.TrimPrefix(r.format.Encode(text), r.mark))
}

func (r *retryFile) flush() error {
	if r.partial == nil {
		return nil
	}
	return r.partial.flush()
}

// commit also takes away the retry file of an earlier report in the same
// folder when this run left nothing to do.
func (r *retryFile) commit() error {
	if r.partial == nil {
		return removeIfExists(filepath.Join(r.dir, retryName))
	}
	return r.partial.commit()
}

func (r *retryFile) abandon() error {
	if r.partial == nil {
		return nil
	}
	return r.partial.abandon()
}
