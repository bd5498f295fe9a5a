package intake

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
)

// spelling is a language in a code page: the letters beyond ASCII that it is
// written with.
type spelling struct {
	encoding string
	codec    *charmap.Charmap
	language string
	letters  string
}

const cyrillic = "a Cyrillic script"

// spellings are the languages by which one-byte code pages are told apart,
// the likelier ones first.
func spellings() []spelling {
	var all []spelling
	add := func(name string, codec *charmap.Charmap, languages ...string) {
		for i := 0; i < len(languages); i += 2 {
			all = append(all, spelling{name, codec, languages[i], languages[i+1]})
		}
	}
	western := []string{"German", "äöüß", "French", "àâæçéèêëîïôœùûüÿ", "Spanish", "áéíñóúüçàèòï", "Italian", "àèéìòù",
		"Portuguese", "àáâãçéêíóôõú", "Nordic", "åäöæøéü", "Dutch", "éëïóöèü"}
	central := []string{"Romanian", "ăâîşţéáöüóäő", "Polish", "ąćęłńóśźżöü", "Czech or Slovak", "áčďéěíňóřšťúůýžäľĺŕô",
		"Hungarian", "áéíóöőúüű", "Croatian or Slovenian", "čćđšž"}
	add("windows-1252", charmap.Windows1252, western...)
	add("windows-1250", charmap.Windows1250, central...)
	add("iso-8859-2", charmap.ISO8859_2, central...)
	add("windows-1251", charmap.Windows1251, cyrillic, "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґђћџљњј")
	add("macintosh", charmap.Macintosh, western...)
	return all
}

const (
	// surely and margin are the points a letter that the best spelling must
	// reach, and those by which it must beat the next, to be sure.
	surely = 0.8
	margin = 0.2
)

// byLetters recognises a one-byte code page by the words that it makes of the
// text: in the right one, they are spelt with the letters of a language.
func byLetters(text []byte) Encoding {
	words := highWords(text)
	all := spellings()
	best, bestPoints := all[0], all[0].points(words)
	for _, s := range all[1:] {
		if points := s.points(words); points > bestPoints+0.001 {
			best, bestPoints = s, points
		}
	}
	second := -9.0
	for _, s := range all {
		if !s.sameAs(best, words) {
			second = max(second, s.points(words))
		}
	}
	e := Encoding{Name: best.encoding, codec: best.codec}
	e.Sure = bestPoints >= surely && bestPoints-second >= margin
	e.Why = fmt.Sprintf("letters of %s", best.language)
	if bestPoints < 0 {
		e = Encoding{Name: "windows-1252", codec: charmap.Windows1252, Why: "nothing fits, so the commonest was taken"}
	}
	return e
}

// maxWords bounds the words that are looked at.
const maxWords = 2000

// highWords gives the words of a text that have a byte beyond ASCII. A word
// is a run of such bytes and of letters.
func highWords(text []byte) [][]byte {
	var words [][]byte
	start, high := 0, false
	for i := 0; i <= len(text) && len(words) < maxWords; i++ {
		if i < len(text) && (text[i] >= 0x80 || asciiLetter(text[i])) {
			high = high || text[i] >= 0x80
			continue
		}
		if high {
			words = append(words, text[start:i])
		}
		start, high = i+1, false
	}
	return words
}

// points tells how well words are spelt: 1 for each character beyond ASCII
// that is a letter of the language, less for what is unlikely in a word of
// it, on average.
func (s spelling) points(words [][]byte) float64 {
	sum, count := 0.0, 0
	for _, word := range words {
		points, n := s.word(word)
		sum, count = sum+points, count+n
	}
	if count == 0 {
		return 0
	}
	average := sum / float64(count)
	if s.encoding == "macintosh" {
		average -= 0.1 // old, and rare by now
	}
	return average
}

// word gives the points of a word, and the number of its characters beyond
// ASCII. What no language does costs a point more: many such letters in a row
// (but for Cyrillic, where both scripts in a word are odd), or a capital
// behind a small letter.
func (s spelling) word(word []byte) (points float64, count int) {
	run, lower := 0, false
	mixed := s.language == cyrillic && bytes.ContainsFunc(word, func(r rune) bool { return r < 0x80 })
	for i, c := range word {
		r := s.codec.DecodeByte(c)
		if c < 0x80 {
			run, lower = 0, unicode.IsLower(r)
			continue
		}
		run++
		count++
		points += s.letter(r, i > 0 && i+1 < len(word))
		if run > 2 && s.language != cyrillic || mixed || lower && unicode.IsUpper(r) {
			points--
		}
		lower = unicode.IsLower(r)
	}
	return points, count
}

// letter gives the points of one character.
func (s spelling) letter(r rune, inside bool) float64 {
	switch {
	case strings.ContainsRune(s.letters, unicode.ToLower(r)):
		return 1
	case unicode.IsLetter(r):
		return -0.5
	case unicode.IsControl(r) || r == unicode.ReplacementChar:
		return -5
	case r == '’':
		return 0.5
	case inside:
		return -2
	case unicode.IsPunct(r) || unicode.IsSpace(r):
		return 0.5
	}
	return -0.2
}

// sameAs reports whether two code pages read the words alike.
func (s spelling) sameAs(other spelling, words [][]byte) bool {
	for _, word := range words {
		for _, c := range word {
			if s.codec.DecodeByte(c) != other.codec.DecodeByte(c) {
				return false
			}
		}
	}
	return true
}
