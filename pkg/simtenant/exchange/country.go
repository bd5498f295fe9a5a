package exchange

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countries maps ISO codes and English names, in lower case, to English names.
type countries map[string]string

func englishCountries() countries {
	table, name := countries{}, display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err != nil || !region.IsCountry() {
				continue
			}
			english := name.Name(region)
			table[strings.ToLower(english)] = english
			table[strings.ToLower(region.String())] = english
		}
	}
	return table
}

// convertCountry takes English names and ISO codes. Observed: names in other
// languages are refused.
func (p *param) convertCountry(v any) (any, *cmdletError) {
	s := printed(v)
	if s == "" {
		return "", nil
	}
	if name, ok := p.countries[strings.ToLower(s)]; ok {
		return name, nil
	}
	return nil, transformation(p.name, fmt.Sprintf("Cannot convert value %q to type %q. Error: %q", s,
		"Microsoft.Exchange.Data.Directory.CountryInfo", fmt.Sprintf("The value %q isn't a valid country or region.", s)))
}
