package exchange

import (
	"slices"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// isSMTP reports whether an address can be sent mail to: ASCII, one @, a local
// part of atoms and a domain of labels.
func isSMTP(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || len(local) > 64 || len(domain) > 255 || !strings.Contains(domain, ".") {
		return false
	}
	return every(local, isAtom) && every(domain, isLabel)
}

// every reports whether all parts between full stops are well formed.
func every(dotted string, wellFormed func(string) bool) bool {
	for part := range strings.SplitSeq(dotted, ".") {
		if !wellFormed(part) {
			return false
		}
	}
	return true
}

// isAtom: the characters that RFC 5322 allows in an atom.
func isAtom(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !isAlnum(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	})
}

// isLabel: letters, digits and hyphens, these not at the ends (RFC 1123).
func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && strings.Trim(s, "-") == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return !isAlnum(r) && r != '-' })
}

func isAlnum(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func checkAlias(alias string) *cmdletError {
	if strings.HasPrefix(alias, ".") || strings.HasSuffix(alias, ".") || strings.Contains(alias, "..") {
		return invalidAlias(alias)
	}
	for _, r := range alias {
		if r != '.' && !directory.AliasRune(r) {
			return invalidAlias(alias)
		}
	}
	return nil
}

// editAddresses prepares the change of an object's addresses.
func (c *call) editAddresses() (edit, *cmdletError) {
	target := ""
	if c.cmdlet.name == "Set-MailContact" && c.params.text("ExternalEmailAddress") != "" {
		address, err := c.externalAddress()
		if err != nil {
			return nil, err
		}
		target = address
	}
	primary := c.params.text("PrimarySmtpAddress")
	if primary == "" {
		primary = c.params.text("WindowsEmailAddress")
	}
	if primary != "" && !isSMTP(primary) {
		return nil, notSMTP(primary)
	}
	proxies, _ := c.params["EmailAddresses"].(multi)
	return func(o *directory.Object) error {
		if target != "" {
			// Documented: the former address is not kept as a proxy address.
			if directory.AddressKey(o.Address) == directory.AddressKey(o.External) {
				o.Address = target
			}
			o.External = target
		}
		if primary != "" {
			setPrimary(o, primary)
		}
		return editProxies(o, proxies)
	}, nil
}

// setPrimary makes an address the primary one and keeps the former as a proxy.
func setPrimary(o *directory.Object, address string) {
	if former := o.Address; former != "" && !equalFold(former, address) {
		o.MoreProxies = append(o.MoreProxies, "smtp:"+former)
	}
	o.MoreProxies = slices.DeleteFunc(o.MoreProxies, func(p string) bool {
		return directory.AddressKey(p) == directory.AddressKey(address)
	})
	o.Address = address
}

func editProxies(o *directory.Object, m multi) error {
	if m.set {
		o.Address, o.MoreProxies = "", nil
		m.add = m.values
	}
	for _, p := range m.remove {
		if directory.AddressKey(p) == directory.AddressKey(o.Address) {
			o.Address = ""
		}
		o.MoreProxies = slices.DeleteFunc(o.MoreProxies, func(have string) bool {
			return directory.AddressKey(have) == directory.AddressKey(p)
		})
	}
	for _, p := range m.add {
		if err := addProxy(o, p); err != nil {
			return err
		}
	}
	if o.Address == "" && len(o.MoreProxies) > 0 {
		first := o.MoreProxies[0]
		o.MoreProxies = o.MoreProxies[1:]
		o.Address = strings.TrimPrefix(first, "smtp:")
	}
	return nil
}

// addProxy adds one address; the prefix "SMTP:" in capitals makes it primary.
func addProxy(o *directory.Object, p string) error {
	prefix, address, ok := strings.Cut(p, ":")
	if !ok {
		prefix, address = "smtp", p
	}
	if !strings.EqualFold(prefix, "smtp") {
		o.MoreProxies = append(o.MoreProxies, p)
		return nil
	}
	if !isSMTP(address) {
		return notSMTP(address)
	}
	if prefix == "SMTP" {
		setPrimary(o, address)
		return nil
	}
	if !o.Holds(address) {
		o.MoreProxies = append(o.MoreProxies, "smtp:"+address)
	}
	return nil
}
