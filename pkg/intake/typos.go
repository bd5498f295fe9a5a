package intake

import "strings"

// meantDomain gives the address that was probably meant, if the domain is a
// common misspelling of a well-known mail provider's; otherwise nothing.
func meantDomain(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	meant := ""
	switch domain {
	case "gmial.com", "gmal.com", "gmai.com", "gamil.com", "gnail.com", "gmail.co", "gmail.con", "gmail.cm", "gmaill.com", "gmil.com", "gmail.om":
		meant = "gmail.com"
	case "hotmial.com", "hotmal.com", "hotmai.com", "hotmail.co", "hotmail.con", "hotmil.com", "hotnail.com", "hotamil.com":
		meant = "hotmail.com"
	case "outlok.com", "outloo.com", "outlook.co", "outlook.con", "outllok.com", "otlook.com", "oulook.com":
		meant = "outlook.com"
	case "yaho.com", "yahooo.com", "yahoo.co", "yahoo.con", "yhaoo.com", "yahho.com", "yhoo.com":
		meant = "yahoo.com"
	case "iclod.com", "icoud.com", "icloud.co", "icloud.con", "iclould.com":
		meant = "icloud.com"
	case "gmx.d", "gmx.ed", "gmx.dee":
		meant = "gmx.de"
	default:
		return ""
	}
	return local + "@" + meant
}
