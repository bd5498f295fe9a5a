package intake

import (
	"maps"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryLanguages are those in which countries are understood: the languages of
// header names, and those of the neighbours.
const countryLanguages = "de fr es it ro pl pt nl hu cs sk sl hr bg sv da nb fi el tr uk"

// countryNames are names that people use and the tables of Unicode don't have.
const countryNames = `
US: usa, u.s.a., united states of america, america, sua, s.u.a., statele unite ale americii, vereinigte staaten von amerika, etats unis d amerique, estados unidos de america, eeuu, stati uniti d america, stany zjednoczone ameryki
GB: uk, u.k., great britain, england, marea britanie, anglia, großbritannien, vereinigtes königreich von großbritannien, grande bretagne, gran bretaña, inghilterra, gran bretagna, wielka brytania
DE: federal republic of germany, bundesrepublik deutschland
NL: holland, the netherlands, olanda, hollande, holanda, holandia
CZ: czech republic, republica cehă, tschechische republik, république tchèque, república checa, repubblica ceca, republika czeska, česká republika
SK: slovak republic, slowakische republik, republica slovacă
MD: moldova, republic of moldova, moldova republic of, moldau, moldavia
RU: russian federation, russische föderation, federația rusă
KR: korea, republic of korea, corea de sud, südkorea
MK: macedonia, mazedonien, macédoine
TR: turkey, türkiye
VN: viet nam
BY: weißrussland
HK: hong kong
MO: macao
CI: ivory coast, elfenbeinküste
SZ: swaziland, swasiland
CH: swiss confederation, schweizerische eidgenossenschaft
`

// CountryCode gives the ISO 3166 code of a country by its name in one of the
// languages that headers are understood in, or by a code of two or three
// letters. Exchange takes codes and English names only (observed: German ones
// are refused), and which English ones is not known, so codes are the surest.
func CountryCode(name string) (code string, ok bool) {
	if name = strings.TrimSpace(name); len(name) == 2 || len(name) == 3 {
		if region, err := language.ParseRegion(strings.ToUpper(name)); err == nil && region.IsCountry() {
			return region.Canonicalize().String(), true
		}
	}
	code = countryCodes()[normalHeader(name)]
	return code, code != ""
}

// countryCodes gives the codes by name, normalised as headers are. A name that
// means one country in English and another one elsewhere is taken as English;
// one that means two otherwise is not understood.
var countryCodes = sync.OnceValue(func() map[string]string {
	codes := map[string]string{}
	english := namesIn(language.English)
	for lang := range strings.FieldsSeq(countryLanguages) {
		for name, code := range namesIn(language.Make(lang)) {
			if known, ok := codes[name]; ok && known != code {
				code = ""
			}
			codes[name] = code
		}
	}
	maps.Copy(codes, english)
	for line := range strings.Lines(countryNames) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), ":")
		for name := range strings.SplitSeq(names, ",") {
			codes[normalHeader(name)] = code
		}
	}
	return codes
})

// namesIn gives the codes of all countries by their names in a language.
func namesIn(lang language.Tag) map[string]string {
	codes, names := map[string]string{}, display.Regions(lang)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err != nil || !region.IsCountry() {
				continue
			}
			if name := normalHeader(names.Name(region)); name != "" {
				codes[name] = region.Canonicalize().String()
			}
		}
	}
	return codes
}
