package intake

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// names are words with letters beyond ASCII, as they stand in lists of people.
func TestByLetters(t *testing.T) {
	for _, test := range []struct {
		language string
		codec    *charmap.Charmap
		encoding string
		text     string
	}{
		{"German", charmap.Windows1252, "windows-1252", "Müller;Jürgen;Straße\nGroß;Änne;Schönau"},
		{"French", charmap.Windows1252, "windows-1252", "Prénom;Lefèvre;François\nBenoît;Société"},
		{"Spanish", charmap.Windows1252, "windows-1252", "Muñoz;Íñigo;Compañía\nGarcía;José"},
		{"Portuguese", charmap.Windows1252, "windows-1252", "João;Conceição;São Paulo\nGonçalves;Inês"},
		{"Swedish", charmap.Windows1252, "windows-1252", "Åsa;Sjöberg;Malmö\nBjörk;Håkan"},
		{"Romanian", charmap.Windows1250, "windows-1250", "Ştefan;Ţîru;Logistică\nMărioara;Anunţuri;Achiziţii"},
		{"Polish", charmap.Windows1250, "windows-1250", "Wiśniewska;Łucja;Księgowość\nŻak;Grażyna"},
		{"Polish", charmap.ISO8859_2, "iso-8859-2", "Wiśniewska;Łucja;Księgowość\nŻak;Grażyna;Sprzedaż"},
		{"Czech", charmap.Windows1250, "windows-1250", "Dvořák;Jiří;Plzeň\nČerný;Žaneta;Šárka"},
		{"Hungarian", charmap.Windows1250, "windows-1250", "Szőke;Gyűrű;Győző\nKovács;Ernő"},
		{"Russian", charmap.Windows1251, "windows-1251", "Иванова;Ольга;Отдел продаж\nСидоров;Пётр"},
		{"French on a Mac", charmap.Macintosh, "macintosh", "Léa;Noël;Hélène\nFrançois;Benoît"},
	} {
		coded, err := test.codec.NewEncoder().String(test.text)
		if err != nil {
			t.Fatalf("%s: %v", test.language, err)
		}
		if got := byContent([]byte(coded), true); got.Name != test.encoding || !got.Sure {
			t.Errorf("%s in %s is taken for %s, sure: %t (%s)", test.language, test.encoding, got.Name, got.Sure, got.Why)
		}
	}
}

func TestFewLettersAreNotTrusted(t *testing.T) {
	for _, text := range []string{"\xe3", "Marc\xe3", "\xb9\xb9 \xe6\xe6", "\x81\x8d\x8f"} {
		if got := byContent([]byte(text), true); got.Sure {
			t.Errorf("%q is surely %s (%s)", text, got.Name, got.Why)
		}
	}
}

// decoded reads a text through the decoder, in small pieces.
func decoded(t *testing.T, coded, name string) (string, Encoding) {
	t.Helper()
	in, err := newText(iotest.HalfReader(strings.NewReader(coded)), name)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain), in.encoding
}

func TestFirstLetterBeyondASCIIFarIntoTheFile(t *testing.T) {
	start := strings.Repeat("plain,ascii\r\n", 3*headSize/13)
	for _, test := range []struct {
		codec encoding.Encoding
		name  string
	}{{charmap.Windows1250, "windows-1250"}, {encoding.Nop, nameUTF8}} {
		const rest = "Wiśniewska,Łucja\r\nŻak,Grażyna\r\n"
		coded, err := test.codec.NewEncoder().String(rest)
		if err != nil {
			t.Fatal(err)
		}
		got, e := decoded(t, start+coded, "")
		if e.Name != test.name || !e.Sure || got != start+rest {
			t.Errorf("recognised as %s (%s); decoded to …%q", e.Name, e.Why, got[len(start):])
		}
	}
}

func TestMarksAndNames(t *testing.T) {
	for _, test := range []struct {
		coded, name string
		want, as    string
		bom         bool
	}{
		{"\xEF\xBB\xBFé", "", "é", nameUTF8, true},
		{"\xFF\xFEa\x00\x51\x01", "", "aő", nameUTF16LE, true},
		{"\xFE\xFF\x00a\x01\x51", "", "aő", nameUTF16BE, true},
		{"\xFF\xFE\x00\x00a\x00\x00\x00", "", "a", "UTF-32LE", true},
		{"\x00a\x00,\x00b\x00\n", "", "a,b\n", nameUTF16BE, false},
		{"\xEF\xBB\xBFé", "UTF8", "é", nameUTF8, true},
		{"\xb9", "latin2", "š", "iso-8859-2", false},
		{"a\x00b,c", "", "a\x00b,c", nameUTF8, false},
		{"only ascii", "", "only ascii", nameUTF8, false},
	} {
		got, e := decoded(t, test.coded, test.name)
		if got != test.want || e.Name != test.as || e.BOM != test.bom {
			t.Errorf("%q gives %q in %s, mark %t; want %q in %s, mark %t", test.coded, got, e.Name, e.BOM, test.want, test.as, test.bom)
		}
		back := string(e.encode(got))
		if e.BOM {
			back = string(e.encode("\uFEFF" + got))
		}
		if back != test.coded {
			t.Errorf("%q is encoded to %q, want %q", got, back, test.coded)
		}
	}
}
