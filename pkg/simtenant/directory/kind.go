package directory

import "strings"

// Kind tells what an object is. Each kind is a bit, so that kinds can be
// combined with | where a set of them is wanted.
type Kind uint16

// The kinds of recipients that the tenant knows.
const (
	Contact Kind = 1 << iota
	Mailbox
	SharedMailbox
	RoomMailbox
	MailUser
	Guest
	Distribution
	Security
	RoomList
	Dynamic
	Microsoft365
)

// Sets of kinds.
const (
	Users = Mailbox | SharedMailbox | RoomMailbox | MailUser | Guest
	// DistributionGroups are the kinds that the DistributionGroup cmdlets see.
	DistributionGroups = Distribution | Security | RoomList
	Groups             = DistributionGroups | Dynamic | Microsoft365
	Recipients         = Contact | Users | Groups
)

// kindNames pairs every kind with its name in the seed and its
// RecipientTypeDetails in Exchange.
var kindNames = []struct {
	kind    Kind
	seed    string
	details string
}{
	{Contact, "contact", "MailContact"},
	{Mailbox, "mailbox", "UserMailbox"},
	{SharedMailbox, "shared", "SharedMailbox"},
	{RoomMailbox, "room", "RoomMailbox"},
	{MailUser, "mail_user", "MailUser"},
	{Guest, "guest", "GuestMailUser"},
	{Distribution, "distribution", "MailUniversalDistributionGroup"},
	{Security, "security", "MailUniversalSecurityGroup"},
	{RoomList, "room_list", "RoomList"},
	{Dynamic, "dynamic", "DynamicDistributionGroup"},
	{Microsoft365, "microsoft365", "GroupMailbox"},
}

// Has reports whether one of the kinds in set is k's.
func (k Kind) Has(set Kind) bool { return k&set != 0 }

// String is the kind's name in the seed.
func (k Kind) String() string {
	for _, n := range kindNames {
		if n.kind == k {
			return n.seed
		}
	}
	return "unknown"
}

// RecipientTypeDetails is the kind's name in Exchange.
func (k Kind) RecipientTypeDetails() string {
	for _, n := range kindNames {
		if n.kind == k {
			return n.details
		}
	}
	return "Unknown"
}

// RecipientType is the coarser of Exchange's two names for a kind.
func (k Kind) RecipientType() string {
	switch {
	case k.Has(Mailbox | SharedMailbox | RoomMailbox):
		return "UserMailbox"
	case k.Has(MailUser | Guest):
		return "MailUser"
	case k.Has(Distribution | RoomList | Microsoft365):
		return "MailUniversalDistributionGroup"
	}
	return k.RecipientTypeDetails()
}

// KindOf finds a kind by its name in the seed or by its RecipientTypeDetails.
func KindOf(name string) (Kind, bool) {
	for _, n := range kindNames {
		if strings.EqualFold(n.seed, name) || strings.EqualFold(n.details, name) {
			return n.kind, true
		}
	}
	return 0, false
}
