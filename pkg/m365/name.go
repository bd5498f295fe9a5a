package m365

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// nameLimit is the most characters of a recipient's Name
// (learn.microsoft.com/powershell/module/exchange/new-mailcontact). The
// directory counts UTF-16 code units.
const nameLimit = 64

// contactName is the Name of the mail contact with the address. Exchange wants
// it to be unique, and people share names, while addresses are unique by
// themselves; so the Name is the address. Being the same each time, it also
// keeps two runs from creating the same person twice.
func contactName(email string) string {
	name := strings.ToLower(email)
	if length16(name) <= nameLimit {
		return name
	}
	return hashedName(email)
}

// hashedName is the address, cut short, with a piece of its hash behind it.
func hashedName(email string) string {
	name := strings.ToLower(email)
	sum := sha256.Sum256([]byte(name))
	suffix := "_" + hex.EncodeToString(sum[:4])
	return cut16(name, nameLimit-len(suffix)) + suffix
}

func length16(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// cut16 cuts s to limit UTF-16 code units, between runes.
func cut16(s string, limit int) string {
	n := 0
	for i, r := range s {
		n += max(utf16.RuneLen(r), 1)
		if n > limit {
			return s[:i]
		}
	}
	return s
}
