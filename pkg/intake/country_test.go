package intake

import (
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

func TestCountryCode(t *testing.T) {
	for code, names := range map[string][]string{
		"DE": {"DE", "de", " Germany ", "Deutschland", "GERMANIA", "Allemagne", "Alemania", "Niemcy", "DEU"},
		"RO": {"România", "Romania", "ROMÂNIA", "Rumänien", "Roumanie", "Rumunia"},
		"AT": {"Österreich", "Austria", "Autriche"},
		"CH": {"Schweiz", "Elveția", "Elvetia", "Elveţia", "Suisse", "Svizzera"},
		"NL": {"Olanda", "Țările de Jos", "Niederlande", "Holland", "The Netherlands"},
		"CZ": {"Czech Republic", "Czechia", "Cehia", "Tschechien", "Česko", "Ceska republika"},
		"GB": {"UK", "United Kingdom", "Marea Britanie", "Großbritannien", "Grossbritannien"},
		"US": {"USA", "U.S.A.", "SUA", "Vereinigte Staaten", "United States of America"},
		"HU": {"Ungarn", "Ungaria", "Magyarország"},
		"MD": {"Republica Moldova", "Moldova", "Moldau"},
		"NE": {"Niger"}, "NG": {"Nigeria"}, "GE": {"Georgia"}, "GR": {"Grecia", "Ελλάδα"}, "UA": {"Україна"},
		"": {"", "Atlantis", "Europa", "XX", "D", "Bayern", "n/a", "-"},
	} {
		for _, name := range names {
			if got, ok := CountryCode(name); got != code || ok != (code != "") {
				t.Errorf("%q is taken for %q, want %q", name, got, code)
			}
		}
	}
}

// No language may take a country's English name for another country.
func TestEnglishCountriesAreUnderstood(t *testing.T) {
	for _, tag := range []string{"RO", "DE", "CD", "CG", "GN", "GQ", "GW", "KP", "KR", "SD", "SS", "DM", "DO", "AS", "WS", "VG", "VI", "TR", "MK"} {
		region := language.MustParseRegion(tag)
		if got, ok := CountryCode(display.English.Regions().Name(region)); !ok || got != tag {
			t.Errorf("%s is taken for %q, want %s", display.English.Regions().Name(region), got, tag)
		}
	}
}
