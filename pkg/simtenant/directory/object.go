package directory

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Object is one recipient of the organisation: a person, a mailbox or a group.
// Its JSON form is that of the state file.
type Object struct {
	// ID is the object id in Entra: Graph's id, Exchange's ExternalDirectoryObjectId.
	ID uuid.UUID `json:"id"`
	// GUID is Exchange's own id, its Guid.
	GUID uuid.UUID `json:"guid"`
	Kind Kind      `json:"kind"`

	Name        string `json:"name"` // the common name, unique in the organisation, at most 64 characters
	Alias       string `json:"alias"`
	DisplayName string `json:"display_name"`

	// Address is the primary SMTP address. It is empty for a guest whose address
	// somebody else held already.
	Address string `json:"address,omitempty"`
	// External is where mail goes on to: for contacts, mail users and guests.
	External string `json:"external,omitempty"`
	// MoreProxies are the proxy addresses besides the primary one, with their
	// prefix ("smtp:…", "X500:…").
	MoreProxies []string `json:"proxies,omitempty"`

	Created time.Time `json:"created"` // a fixed time long ago for what the seed brought
	Changed time.Time `json:"changed"`

	Synced bool `json:"synced,omitempty"` // kept in step with an on-premises directory, which alone may change it
	// CloudManaged: a synced object whose source of authority was moved to the
	// cloud, where it may be changed from then on.
	CloudManaged bool `json:"cloud_managed,omitempty"`
	Hidden       bool `json:"hidden,omitempty"` // from address lists
	// SoftDeleted objects can be restored. They hold their addresses, and only
	// [View.WithSoftDeleted] sees them.
	SoftDeleted bool `json:"soft_deleted,omitempty"`
	// RequireSenderAuthentication refuses mail from outside the organisation.
	RequireSenderAuthentication bool `json:"require_sender_authentication,omitempty"`

	Attributes Attributes `json:"attributes,omitempty"`
	Delivery   *Delivery  `json:"delivery,omitempty"` // nil: no restriction and no moderation
	Group      *Group     `json:"group,omitempty"`    // nil for everything but a group
}

// Delivery says who may send to a recipient and who has to agree.
type Delivery struct {
	AcceptFrom       []uuid.UUID `json:"accept_from,omitempty"` // object ids; empty: everybody
	RejectFrom       []uuid.UUID `json:"reject_from,omitempty"`
	Moderated        bool        `json:"moderated,omitempty"`
	ModeratedBy      []uuid.UUID `json:"moderated_by,omitempty"`
	BypassModeration []uuid.UUID `json:"bypass_moderation,omitempty"`
}

// Group holds what only groups have, apart from their members.
type Group struct {
	ManagedBy          []uuid.UUID `json:"managed_by,omitempty"`
	ReportToOriginator bool        `json:"report_to_originator,omitempty"`
	ReportToManager    bool        `json:"report_to_manager,omitempty"`
	Description        string      `json:"description,omitempty"`
	// Filter is a dynamic group's recipient filter, in OPATH.
	Filter string `json:"filter,omitempty"`
}

// Proxies lists the object's proxy addresses, the primary one first, with the
// prefix "SMTP:"; the others keep theirs.
func (o *Object) Proxies() []string {
	if o.Address == "" {
		return slices.Clone(o.MoreProxies)
	}
	return append([]string{"SMTP:" + o.Address}, o.MoreProxies...)
}

// Holds reports whether address, in any letter case and with or without the
// prefix "smtp:", is one of the object's proxy addresses.
func (o *Object) Holds(address string) bool {
	key := AddressKey(address)
	if o.Address != "" && AddressKey(o.Address) == key {
		return true
	}
	return slices.ContainsFunc(o.MoreProxies, func(p string) bool { return AddressKey(p) == key })
}

// Get is the value of an attribute, empty when it has none.
func (o *Object) Get(a Attribute) string { return o.Attributes.get(a) }

// Set gives an attribute a value; an empty value clears it.
func (o *Object) Set(a Attribute, value string) { o.Attributes = o.Attributes.with(a, value) }

// clone copies the object and all that hangs on it, so that the copy may be changed.
func (o *Object) clone() *Object {
	c := *o
	c.MoreProxies = slices.Clone(o.MoreProxies)
	c.Attributes = slices.Clone(o.Attributes)
	if o.Delivery != nil {
		d := *o.Delivery
		d.AcceptFrom = slices.Clone(d.AcceptFrom)
		d.RejectFrom = slices.Clone(d.RejectFrom)
		d.ModeratedBy = slices.Clone(d.ModeratedBy)
		d.BypassModeration = slices.Clone(d.BypassModeration)
		c.Delivery = &d
	}
	if o.Group != nil {
		g := *o.Group
		g.ManagedBy = slices.Clone(g.ManagedBy)
		c.Group = &g
	}
	return &c
}

// Restrictions returns the object's delivery restrictions, ready to be changed.
// It is meant for the function given to [View.Change].
func (o *Object) Restrictions() *Delivery {
	if o.Delivery == nil {
		o.Delivery = &Delivery{}
	}
	return o.Delivery
}

// AddressKey is the form in which addresses are compared: lower case, without
// the prefix "smtp:". Other prefixes ("x500:") stay.
func AddressKey(address string) string {
	key := strings.ToLower(strings.TrimSpace(address))
	return strings.TrimPrefix(key, "smtp:")
}

// Domain is the part of an address after its last @, in lower case; empty
// when there is none.
func Domain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(address[at+1:])
}
