package journal

import (
	"fmt"
	"strings"

	"enlist/pkg/onboard"
)

// kept says why a change is left as it is, and what to do if it shall not stay
// so; empty if it is taken back.
type kept struct {
	why, next string
	gone      bool // there is nothing left to take back
}

// Where nothing is left to take back, nothing is to be done.
var (
	keptNoMember  = kept{gone: true, why: "The person is not in the group any more."}
	keptNoPerson  = kept{gone: true, why: "The person does not exist any more."}
	keptNoContact = kept{gone: true, why: "The contact does not exist any more."}
	keptNoGroup   = kept{gone: true, why: "The group does not exist any more."}
	keptClosed    = kept{gone: true, why: "The group is closed already."}
	keptIsMember  = kept{gone: true, why: "The person is in the group again already."}
	keptNotListed = kept{gone: true, why: "The group does not take mail from this sender by name any more."}
	keptListed    = kept{gone: true, why: "The person is on the list again already."}
	keptNoReports = kept{gone: true, why: "Delivery reports go to nobody any more, as before the run."}
	keptBack      = kept{gone: true, why: "The attributes have their former values already."}
)

var (
	keptUncertain = kept{
		why:  "It is not known whether the run did this.",
		next: "Look in the tenant whether it is so, and take it back by hand if it should not be.",
	}
	// These two are about what can't be brought back.
	keptNobody  = kept{why: "The person does not exist any more.", next: "Run a file with the person again, if that is wanted."}
	keptNowhere = kept{why: "The group does not exist any more."}
	keptForGood = kept{
		why:  "This kind of change is not taken back.",
		next: "Take it back by hand, if it should not stay.",
	}
	keptNoPortrait = kept{
		why:  "It is not recorded what the contact was like.",
		next: "Create it by hand, if it is needed.",
	}
	keptAddressTaken = kept{
		why:  "The address belongs to somebody else by now.",
		next: "Look who has it, and take the change back by hand if it should not stay.",
	}
	keptEdited = kept{
		why:  "Somebody has changed the attributes since.",
		next: "Look whether they are as they should be.",
	}
)

// What a plan has to do with it.
var (
	keptUnplanned = kept{
		why:  "The plan doesn't tell of this.",
		next: "Make a new plan of the file, look at it, and run that.",
	}
	keptOutdated = kept{
		why:  "By the plan it was to be done, and there is no reason for it any more: somebody has done it, or it is wanted again.",
		next: "Make a new plan of the file if that is unexpected.",
	}
)

// What was done to groups.
var (
	keptReportsChanged = kept{
		why:  "Somebody has changed since to whom delivery reports go.",
		next: "Look whether that is as it should be.",
	}
	keptInside = kept{
		why:  "Others are on the list since, and without this group nobody else inside could write to them.",
		next: "Take off the list who should not write to the group, and then take the run back once more.",
	}
	keptNoList = kept{
		why:  "The list is empty by now, so the group is not limited to any senders.",
		next: "Run the file again with --senders listed, if it should be.",
	}
	keptOtherGroup   = kept{why: "Another group has the address by now."}
	keptGroupChanged = kept{
		why:  "Somebody has changed the group since.",
		next: "Remove it in the Exchange admin center, if nobody needs it.",
	}
)

// keptLastOfOpen: without its last entry, the list of an open group would let
// everybody in.
func keptLastOfOpen(v Reversal) kept {
	return kept{
		why: "It is the last on the list, and without it the group would take mail from everybody.",
		next: fmt.Sprintf("Close the group and take the run back once more; or, if everybody may write to it, run: Set-DistributionGroup %s -AcceptMessagesOnlyFromSendersOrMembers $null",
			v.Group.Address),
	}
}

// keptLastOfClosed: those who were on the list before the run are gone.
func keptLastOfClosed(v Reversal) kept {
	return kept{
		why: "It is the last on the list, and without it everybody inside could write to the group.",
		next: fmt.Sprintf("If they may, run: Set-DistributionGroup %s -AcceptMessagesOnlyFromSendersOrMembers $null",
			v.Group.Address),
	}
}

// keptLastSender: with the person, the only entry of a list would be gone.
func keptLastSender(group string) kept {
	return kept{
		why:  "The person is the last on the list of " + group + ", which would take mail from everybody without it.",
		next: "Close that group or put somebody else on its list, and then take the run back once more.",
	}
}

// keptMembers: the new group is in use.
func keptMembers(n int) kept {
	return kept{
		why:  fmt.Sprintf("The group has members: %d.", n),
		next: "If it is to go all the same, remove it in the Exchange admin center.",
	}
}

// keptOlderGuest: the invitation has found a guest.
var keptOlderGuest = kept{why: "The guest was there before the run already."}

// keptAccepted: the guest has been to the organisation.
func keptAccepted(r onboard.Recipient) kept {
	return kept{why: "The person has accepted the invitation, and may use it for more by now.", next: deleteByHand(r)}
}

// keptNotAllowed: deleting users takes a permission that enlist does without.
func keptNotAllowed(r onboard.Recipient) kept {
	return kept{
		why:  "The app may not read and delete users.",
		next: deleteByHand(r) + " Or give the app the permission User.ReadWrite.All of Microsoft Graph, and take the run back once more.",
	}
}

func deleteByHand(r onboard.Recipient) string {
	return "If the guest is to go, delete it in the Microsoft Entra admin center, or with: Remove-MgUser -UserId " + r.ID + "."
}

// keptAgain: a later run has done the same again.
func keptAgain(run string) kept {
	return kept{why: "The run " + run + " has done it again since.", next: "Take that run back, if it should not stay."}
}

// keptOpen: a later run relies on the group being open.
func keptOpen(run string) kept {
	return kept{
		why:  "The run " + run + " has put people there since.",
		next: "Take that run back first, if the group is to be closed, and then this one once more.",
	}
}

// keptInGroups: what was created, a contact, a guest or a group, is still wanted
// somewhere.
func keptInGroups(what string, groups []string) kept {
	return kept{
		why:  fmt.Sprintf("The %s is in %s.", what, strings.Join(groups, ", ")),
		next: "If it is to go all the same, take it out there, and take the run back once more.",
	}
}
