package intake

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Encoding is the character encoding of a file.
type Encoding struct {
	Name string // as in "UTF-8" or "windows-1250"
	BOM  bool   // a byte order mark stands at its start
	// Sure is false if the encoding is no more than the likeliest one.
	Sure bool
	// Why says what it was recognised by.
	Why string

	// codec is nil for UTF-8, which needs none.
	codec encoding.Encoding
}

const (
	nameUTF8    = "UTF-8"
	nameUTF16LE = "UTF-16LE"
	nameUTF16BE = "UTF-16BE"
)

// encodingNamed gives the encoding that goes by a name; the names are those
// of the WHATWG Encoding Standard, as in "windows-1250", "cp1250" or "latin2".
func encodingNamed(name string) (Encoding, error) {
	codec, err := htmlindex.Get(name)
	if err != nil {
		return Encoding{}, &InputError{
			Message:  fmt.Sprintf("%q is not the name of an encoding", name),
			NextStep: "Try utf-8, utf-16le, windows-1250, windows-1252 or iso-8859-2",
			Cause:    err,
		}
	}
	canonical, err := htmlindex.Name(codec)
	if err != nil {
		return Encoding{}, err
	}
	e := Encoding{Name: canonical, Sure: true, codec: codec}
	switch canonical {
	case "utf-8":
		e.Name, e.codec = nameUTF8, nil
	case "utf-16le":
		e.Name = nameUTF16LE
	case "utf-16be":
		e.Name = nameUTF16BE
	}
	return e, nil
}

// byMark recognises an encoding by the byte order mark that the file starts
// with, whose length it gives.
func byMark(start []byte) (e Encoding, length int) {
	for _, mark := range []struct {
		bytes string
		Encoding
	}{
		{"\xEF\xBB\xBF", Encoding{Name: nameUTF8}},
		{"\xFF\xFE\x00\x00", Encoding{Name: "UTF-32LE", codec: utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}},
		{"\x00\x00\xFE\xFF", Encoding{Name: "UTF-32BE", codec: utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}},
		{"\xFF\xFE", Encoding{Name: nameUTF16LE, codec: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}},
		{"\xFE\xFF", Encoding{Name: nameUTF16BE, codec: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}},
	} {
		if bytes.HasPrefix(start, []byte(mark.bytes)) {
			e = mark.Encoding
			e.BOM, e.Sure, e.Why = true, true, "byte order mark"
			return e, len(mark.bytes)
		}
	}
	return Encoding{}, 0
}

// byZeros recognises UTF-16 without a mark: of each two bytes of delimiters,
// digits and Latin letters, one and the same is zero.
func byZeros(start []byte) (Encoding, bool) {
	var zeros [2]int
	for i, c := range start {
		if c == 0 {
			zeros[i%2]++
		}
	}
	enough := max(2, len(start)/40)
	why := "a zero in every other byte"
	switch {
	case zeros[1] >= enough && zeros[0] == 0:
		return Encoding{Name: nameUTF16LE, Sure: true, Why: why, codec: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, true
	case zeros[0] >= enough && zeros[1] == 0:
		return Encoding{Name: nameUTF16BE, Sure: true, Why: why, codec: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}, true
	}
	return Encoding{}, false
}

// trusted is the confidence from which on chardet's word is taken. Below, it
// is wrong more often than right on the code pages of Central Europe.
const trusted = 0.85

// byContent recognises an encoding by a piece of text with bytes beyond ASCII
// in it. whole says that the text ends with the piece.
func byContent(text []byte, whole bool) Encoding {
	good, bad := validity(text, whole)
	if bad == 0 {
		return Encoding{Name: nameUTF8, Sure: true, Why: "all of it is valid UTF-8"}
	}
	if good >= 4*bad {
		return Encoding{Name: nameUTF8, Sure: true, Why: fmt.Sprintf("valid UTF-8 but for damaged bytes (%d)", bad)}
	}
	likely := byLetters(text)
	if likely.Sure {
		return likely
	}
	if found := chardet.Detect(text); found.Confidence >= trusted {
		if e, err := encodingNamed(found.Encoding); err == nil {
			e.Why = fmt.Sprintf("statistics of letters, confidence %.2f", found.Confidence)
			return e
		}
	}
	return likely
}

// validity counts the characters beyond ASCII in text that are valid UTF-8,
// and the bytes that are not. A character cut off at the end counts for
// neither, unless the text ends there.
func validity(text []byte, whole bool) (good, bad int) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1 && !whole && !utf8.FullRune(text):
			return good, bad
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		text = text[size:]
	}
	return good, bad
}

// encode gives text in the encoding; what it has no character for becomes a
// question mark or its like.
func (e Encoding) encode(text string) []byte {
	if e.codec == nil {
		return []byte(text)
	}
	encoded, err := encoding.ReplaceUnsupported(e.codec.NewEncoder()).Bytes([]byte(text))
	if err != nil && !errors.Is(err, encoding.ErrInvalidUTF8) {
		return []byte(text)
	}
	return encoded
}
