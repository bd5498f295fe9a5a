package smtp

import (
	"strings"

	"github.com/google/uuid"

	"enlist/pkg/simtenant/directory"
)

// target is a recipient that the tenant took a mail for.
type target struct {
	address string
	// object is nil for an address outside the organisation, to which only
	// insiders may send.
	object *directory.Object
}

// resolve finds the recipient of an address, or says why it gets no mail.
func resolve(view directory.View, address string, from sender) (target, error) {
	to := target{address: address}
	if legacy, ok := encapsulated(address); ok {
		found := view.ByAddress("x500:" + legacy)
		if len(found) == 0 {
			return to, errUnknownX500
		}
		to.object = found[0]
	} else if found := view.ByAddress(address); len(found) > 0 {
		to.object = found[0]
	}
	ours := view.Directory().IsAcceptedDomain(directory.Domain(address))
	switch {
	case !ours && from.inside != nil:
		return to, nil // on its way out, also to a contact's external address
	case !ours:
		return to, errRelay
	case to.object == nil:
		return to, errUnknownRecipient
	}
	if v := judge(view, to.object, from); v.refused != nil {
		return to, v.refused
	}
	return to, nil
}

// encapsulated decodes an address that Outlook's cache made of a
// LegacyExchangeDN: "IMCEAEX-_o=Contoso_cn=Recipients@contoso.example", where
// "_" stands for "/" and "+" and two hexadecimal digits for any other character.
// Mail to somebody who was deleted and made anew comes this way
// (OfficeDocs-Support, "IMCEAEX non-delivery report").
func encapsulated(address string) (legacyDN string, ok bool) {
	const prefix = "IMCEAEX-"
	if len(address) < len(prefix) || !strings.EqualFold(address[:len(prefix)], prefix) {
		return "", false
	}
	local := address[len(prefix):]
	if at := strings.LastIndexByte(local, '@'); at >= 0 {
		local = local[:at]
	}
	var dn strings.Builder
	for i := 0; i < len(local); i++ {
		switch c := local[i]; {
		case c == '_':
			dn.WriteByte('/')
		case c == '+' && i+2 < len(local) && hex(local[i+1]) >= 0 && hex(local[i+2]) >= 0:
			dn.WriteByte(byte(hex(local[i+1])<<4 | hex(local[i+2])))
			i += 2
		default:
			dn.WriteByte(c)
		}
	}
	return dn.String(), true
}

func hex(c byte) int { return strings.IndexByte("0123456789ABCDEF", upper(c)) }

func upper(c byte) byte {
	if 'a' <= c && c <= 'f' {
		return c - 'a' + 'A'
	}
	return c
}

// deliver works out who gets a mail to the target.
func deliver(view directory.View, to target, from sender) Delivery {
	e := expansion{
		view: view,
		from: from,
		seen: map[uuid.UUID]bool{},
		result: Delivery{
			From: from.address, Authenticated: from.inside != nil, To: to.address, ReturnPath: from.address,
			Recipients: []string{}, Held: []string{}, Bounced: []Bounce{},
		},
	}
	if to.object == nil {
		e.result.Recipients = append(e.result.Recipients, to.address)
		return e.result
	}
	e.visit(to.object)
	if g := to.object.Group; g != nil && !g.ReportToOriginator {
		e.result.ReturnPath = ""
		if g.ReportToManager {
			e.result.ReturnPath = addressOfFirst(view, g.ManagedBy)
		}
	}
	return e.result
}

// expansion replaces groups by their members. Everybody is visited once, so
// groups that contain each other do no harm.
type expansion struct {
	view   directory.View
	from   sender
	seen   map[uuid.UUID]bool
	result Delivery
}

func (e *expansion) visit(o *directory.Object) {
	if e.seen[o.ID] {
		return
	}
	e.seen[o.ID] = true
	v := judge(e.view, o, e.from)
	switch {
	case v.refused != nil:
		e.result.Bounced = append(e.result.Bounced, Bounce{Address: o.Address, Error: v.refused.Error()})
	case v.held:
		e.result.Held = append(e.result.Held, o.Address)
	case o.Kind.Has(directory.Groups):
		for member := range members(e.view, o) {
			e.visit(member)
		}
	case o.External != "":
		e.result.Recipients = append(e.result.Recipients, o.External)
	default:
		e.result.Recipients = append(e.result.Recipients, o.Address)
	}
}

func addressOfFirst(view directory.View, ids []uuid.UUID) string {
	for _, id := range ids {
		if o, ok := view.ByID(id); ok {
			return o.Address
		}
	}
	return ""
}
