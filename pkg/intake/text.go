package intake

import (
	"bufio"
	"io"

	"golang.org/x/text/transform"
)

// text decodes an input to UTF-8. What is ASCII reads alike in nearly every
// encoding, so that the decision waits for the first byte beyond, however far
// into the file it stands.
type text struct {
	in       *bufio.Reader
	out      io.Reader // nil while undecided
	encoding Encoding
}

// newText starts to decode r, whose encoding goes by name if that isn't empty.
func newText(r io.Reader, name string) (*text, error) {
	t := &text{in: bufio.NewReaderSize(r, headSize), encoding: Encoding{Name: nameUTF8, Sure: true, Why: "nothing beyond ASCII"}}
	start, err := t.in.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil, err
	}
	marked, length := byMark(start)
	if _, err := t.in.Discard(length); err != nil {
		return nil, err
	}
	if name != "" {
		e, err := encodingNamed(name)
		if err != nil {
			return nil, err
		}
		e.Why, e.BOM = "as told", length > 0 && e.Name == marked.Name
		t.decide(e)
		return t, nil
	}
	if length > 0 {
		t.decide(marked)
	} else if e, found := byZeros(start); found {
		t.decide(e)
	}
	return t, nil
}

func (t *text) decide(e Encoding) {
	t.encoding, t.out = e, t.in
	if e.codec != nil {
		t.out = transform.NewReader(t.in, e.codec.NewDecoder())
	}
}

// Read gives decoded text.
func (t *text) Read(p []byte) (int, error) {
	if t.out != nil {
		return t.out.Read(p)
	}
	if _, err := t.in.Peek(1); err != nil {
		return 0, err
	}
	buffered, _ := t.in.Peek(t.in.Buffered())
	n := asciiPrefix(buffered)
	if n == 0 {
		piece, err := t.in.Peek(headSize)
		if err != nil && err != io.EOF {
			return 0, err
		}
		t.decide(byContent(piece, err == io.EOF))
		return t.out.Read(p)
	}
	return t.in.Read(p[:min(n, len(p))])
}
