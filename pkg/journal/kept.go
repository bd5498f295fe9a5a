package journal

import (
	"fmt"
	"strings"
)

// kept says why a change is left as it is, and what to do if it shall not stay
// so; empty if it is taken back.
type kept struct{ why, next string }

// Where nothing is left to take back, nothing is to be done.
var (
	keptNoMember  = kept{why: "The person is not in the group any more."}
	keptNoPerson  = kept{why: "The person does not exist any more."}
	keptNoContact = kept{why: "The contact does not exist any more."}
	keptNoGroup   = kept{why: "The group does not exist any more."}
	keptClosed    = kept{why: "The group is closed already."}
	keptIsMember  = kept{why: "The person is in the group again already."}
)

var (
	keptUncertain = kept{
		why:  "It is not known whether the run did this.",
		next: "Look in the tenant whether it is so, and take it back by hand if it should not be.",
	}
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

// keptInGroups: the contact is still wanted somewhere.
func keptInGroups(groups []string) kept {
	return kept{
		why:  fmt.Sprintf("The contact is in %s.", strings.Join(groups, ", ")),
		next: "If it is to go all the same, take it out there, and take the run back once more.",
	}
}
