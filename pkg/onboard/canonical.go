package onboard

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// The directory hands values back in a form of its own. What differs in form
// only is the same, or no second run would find everything as wanted.

// plainText ignores blanks around the text, and how its lines end.
func plainText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// digits ignores how the digits of a phone number are grouped.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\u00a0\u202f-\u2010\u2011\u2013./()", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// page ignores letter case and a slash at the end, and a missing scheme.
func page(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, scheme := range []string{"https://", "http://"} {
		s = strings.TrimPrefix(s, scheme)
	}
	return strings.TrimRight(s, "/")
}

// tip ignores the HTML that Exchange puts around a mail tip (documented:
// Set-MailContact, MailTip).
func tip(s string) string {
	s = plainText(s)
	for _, tag := range []string{"<html>", "</html>", "<body>", "</body>"} {
		s = strings.ReplaceAll(s, tag, "")
	}
	return plainText(s)
}

// country takes an ISO 3166 code and any English name for one country.
func country(s string) string {
	key := strings.ToLower(strings.TrimSpace(s))
	if code, ok := countries()[key]; ok {
		return code
	}
	return key
}

// countries gives the codes by code and by name, all in lower case.
var countries = sync.OnceValue(func() map[string]string {
	table := map[string]string{
		"united states of america": "us", "great britain": "gb", "czech republic": "cz", "holland": "nl",
		"korea": "kr", "russian federation": "ru", "turkey": "tr", "viet nam": "vn", "macedonia": "mk",
		"moldova, republic of": "md", "ivory coast": "ci", "swaziland": "sz", "hong kong": "hk", "macao": "mo",
	}
	names := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err != nil || !region.IsCountry() {
				continue
			}
			code := strings.ToLower(region.String())
			table[code], table[strings.ToLower(names.Name(region))] = code, code
		}
	}
	return table
})
