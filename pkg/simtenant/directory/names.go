package directory

import (
	"strconv"
	"strings"
)

// MaxName is how long a Name or an Alias may be, in characters (New-MailContact).
const MaxName = 64

// DN is the object's distinguished name.
// Observed: "CN=<Name>,OU=<tenant>.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=…".
func (d *Directory) DN(o *Object) string {
	return "CN=" + dnEscaper.Replace(o.Name) + d.dnSuffix()
}

var dnEscaper = strings.NewReplacer(",", `\,`, "+", `\+`, `"`, `\"`, `\`, `\\`, "<", `\<`, ">", `\>`, ";", `\;`)

func (d *Directory) dnSuffix() string {
	return ",OU=" + d.tenant.Domain +
		",OU=Microsoft Exchange Hosted Organizations,DC=EURPR07A013,DC=PROD,DC=OUTLOOK,DC=COM"
}

// nameInDN is the Name in one of the organisation's distinguished names.
func (d *Directory) nameInDN(dn string) (string, bool) {
	suffix := d.dnSuffix()
	if len(dn) <= len("CN=")+len(suffix) || !strings.EqualFold(dn[:3], "CN=") ||
		!strings.EqualFold(dn[len(dn)-len(suffix):], suffix) {
		return "", false
	}
	var name strings.Builder
	escaped := false
	for _, r := range dn[3 : len(dn)-len(suffix)] {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		name.WriteRune(r)
	}
	return name.String(), true
}

// LegacyDN is the object's LegacyExchangeDN, the X.500 form of its address.
func (d *Directory) LegacyDN(o *Object) string {
	return "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=" +
		strings.ReplaceAll(o.GUID.String(), "-", "")
}

// AliasFrom makes an alias of a name as New-MailContact does: spaces are
// removed, and every character that an alias may not have becomes "?".
func AliasFrom(name string) string {
	var alias strings.Builder
	length := 0
	for _, r := range name {
		if r == ' ' {
			continue
		}
		if !AliasRune(r) && r != '.' {
			r = '?'
		}
		alias.WriteRune(r)
		if length++; length == MaxName {
			break
		}
	}
	return strings.Trim(alias.String(), ".")
}

// AliasRune reports whether an alias may have the character anywhere. A full
// stop is allowed between two of them only.
// Source: the Alias parameter of New-MailContact.
func AliasRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', 0xA1 <= r && r <= 0xFF:
		return true
	}
	return strings.ContainsRune("!#%*+-/=?^_~$&'{}|`", r)
}

// freeAlias makes an alias of a name that nobody has yet.
func (d *Directory) freeAlias(name string) string {
	alias := AliasFrom(name)
	if alias == "" {
		alias = "recipient"
	}
	free := alias
	for n := 1; d.taken(&d.indexes.alias, strings.ToLower(free), nil) != nil; n++ {
		free = alias[:min(len(alias), MaxName-8)] + strconv.Itoa(n)
	}
	return free
}
