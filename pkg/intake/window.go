package intake

import (
	"bytes"
	"io"
)

const (
	// headSize is how much of a file, in bytes, is looked at to find out how
	// it is written.
	headSize = 64 << 10
	// maxRecord bounds the bytes of one record. Excel keeps 32,767 characters
	// in a cell, so that an honest record stays far below.
	maxRecord = 1 << 20
)

// window is the part of a text that is in memory: from the first byte that
// isn't consumed yet to as far as it has been read. Offsets count from the
// first unconsumed byte.
type window struct {
	r     io.Reader
	buf   []byte
	start int
	end   int
	// lf is the index in buf of the first line feed from lfFrom on, or end if
	// there is none up to there. It saves a search of the whole window for
	// each line of a file that ends its lines with CR.
	lf, lfFrom int

	err error
}

func newWindow(r io.Reader) *window {
	// With room for two heads, reads don't get smaller than one.
	return &window{r: r, buf: make([]byte, 2*headSize)}
}

// bytes gives the text between two offsets, valid until the window moves.
func (w *window) bytes(from, to int) []byte { return w.buf[w.start+from : w.start+to] }

func (w *window) size() int { return w.end - w.start }

// head fills the window with at least n bytes, or all there are.
func (w *window) head(n int) []byte {
	for w.size() < n && w.more() {
	}
	return w.bytes(0, w.size())
}

// more reads on; false at the end of the text, whose reason is in err.
func (w *window) more() bool {
	if w.err != nil {
		return false
	}
	if w.start > 0 {
		w.end = copy(w.buf, w.buf[w.start:w.end])
		w.lf, w.lfFrom = max(w.lf-w.start, 0), max(w.lfFrom-w.start, 0)
		w.start = 0
	}
	if w.end == len(w.buf) {
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
	}
	for range 100 {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		w.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// line finds the physical line that starts at offset from: the offsets where
// its text ends and where the next line starts. LF, CR LF and CR all end a
// line. A line longer than maxRecord is given as far as it has been read, and
// ended is false.
func (w *window) line(from int) (text, next int, ended bool) {
	for {
		b := w.buf[w.start+from : w.end]
		lf := w.lineFeed(from)
		line := b
		if lf >= 0 {
			line = b[:lf]
		}
		switch cr := bytes.IndexByte(line, '\r'); {
		case cr >= 0 && cr+1 < len(line): // a lone CR
			return from + cr, from + cr + 1, true
		case cr >= 0 && lf >= 0: // CR LF
			return from + cr, from + lf + 1, true
		case lf >= 0:
			return from + lf, from + lf + 1, true
		}
		if len(b) > maxRecord {
			return from + len(b), from + len(b), false
		}
		if !w.more() {
			n := len(w.buf[w.start+from : w.end])
			if n > 0 && w.buf[w.end-1] == '\r' {
				return from + n - 1, from + n, true
			}
			return from + n, from + n, true
		}
	}
}

// lineFeed gives the place of the next line feed behind offset from, counted
// from there, or -1 if there is none in the window.
func (w *window) lineFeed(from int) int {
	at := w.start + from
	if at < w.lfFrom || at > w.lf {
		w.lf, w.lfFrom = at, at
	}
	if w.lf < w.end && w.buf[w.lf] != '\n' {
		if i := bytes.IndexByte(w.buf[w.lf:w.end], '\n'); i >= 0 {
			w.lf += i
		} else {
			w.lf = w.end
		}
	}
	if w.lf == w.end {
		return -1
	}
	return w.lf - at
}

// atEnd reports whether nothing is left, and why if that is not simply the
// end of the text.
func (w *window) atEnd() (bool, error) {
	if w.size() > 0 || w.more() {
		return false, nil
	}
	if w.broken() {
		return true, w.err
	}
	return true, nil
}

// broken reports whether reading ended other than at the end of the text.
func (w *window) broken() bool { return w.err != nil && w.err != io.EOF }

// consume takes n bytes off the front.
func (w *window) consume(n int) { w.start += n }

// skipLine consumes the rest of a line that is too long to be kept.
func (w *window) skipLine() {
	for {
		b := w.bytes(0, w.size())
		if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
			_, next, _ := w.line(i)
			w.consume(next)
			return
		}
		w.consume(len(b))
		if !w.more() {
			return
		}
	}
}
