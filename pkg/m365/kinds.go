package m365

import (
	"strings"

	"enlist/pkg/onboard"
)

// groupKinds are Exchange's kinds of groups, by RecipientTypeDetails
// (learn.microsoft.com/powershell/module/exchange/get-recipient).
func groupKind(details string) (onboard.GroupKind, bool) {
	switch details {
	case "MailUniversalDistributionGroup", "MailNonUniversalGroup":
		return onboard.GroupDistribution, true
	case "MailUniversalSecurityGroup":
		return onboard.GroupSecurity, true
	case "DynamicDistributionGroup":
		return onboard.GroupDynamic, true
	case "GroupMailbox":
		return onboard.GroupMicrosoft365, true
	case "RoomList":
		return onboard.GroupRoomList, true
	}
	return "", false
}

// recipientKind is the kind of a recipient, by RecipientTypeDetails.
func recipientKind(details string) onboard.RecipientKind {
	if _, ok := groupKind(details); ok {
		return onboard.KindGroup
	}
	switch {
	case details == "MailContact":
		return onboard.KindContact
	case details == "GuestMailUser":
		return onboard.KindGuest
	case details == "MailUser", details == "SharedWithMailUser":
		return onboard.KindMailUser
	case strings.HasSuffix(details, "Mailbox"):
		return onboard.KindMailbox
	}
	return onboard.KindOther
}
