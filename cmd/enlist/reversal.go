package main

import (
	"fmt"
	"strings"

	"enlist/pkg/journal"
	"enlist/pkg/report"
)

// toTakeBack says in words what taking a change back means.
func toTakeBack(v journal.Reversal) string {
	switch v.What {
	case journal.AddMember:
		return fmt.Sprintf("take %s out of %s", v.Person.Address, v.Group.Address)
	case journal.OpenGroup:
		return fmt.Sprintf("close %s to outside senders", v.Group.Address)
	case journal.UpdateContact:
		if address, ok := v.NewAddress(); ok {
			return fmt.Sprintf("give %s the address %s back", address, v.Person.Address)
		}
		return fmt.Sprintf("set attributes of %s back", v.Person.Address)
	case journal.CreateContact:
		return fmt.Sprintf("remove the contact %s", v.Person.Address)
	case journal.RemoveMember:
		return fmt.Sprintf("put %s back into %s", v.Person.Address, v.Group.Address)
	case journal.RemoveContact:
		return fmt.Sprintf("create the contact %s anew", v.Person.Address)
	case journal.AllowSender:
		return fmt.Sprintf("take %s off the senders of %s", v.Person.Address, v.Group.Address)
	case journal.RemoveSender:
		return fmt.Sprintf("put %s back on the senders of %s", v.Person.Address, v.Group.Address)
	case journal.ReportToOriginator:
		return fmt.Sprintf("let nobody have the delivery reports of %s again", v.Group.Address)
	case journal.CreateGroup:
		return fmt.Sprintf("remove the group %s", v.Group.Address)
	case journal.InviteGuest:
		return fmt.Sprintf("delete the guest %s", v.Person.Address)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", strings.ReplaceAll(v.What, "_", " "), v.Person.Address, v.Group.Address))
}

// reportedReversal is what became of a change, as reports have it. again says
// how to try again what failed.
func reportedReversal(v journal.Reversal, again string) report.Reversal {
	told := report.Reversal{
		Result: report.ReversalDone, Change: v.What, Doing: toTakeBack(v),
		Person: v.Person.Address, Group: v.Group.Address, Run: v.Run, At: v.At,
	}
	switch {
	case v.Err != nil:
		told.Result, told.Message, told.NextStep = report.ReversalFailed, v.Err.Error(), again
	case v.Kept != "":
		told.Result, told.Message, told.NextStep = report.ReversalLeft, v.Kept, v.NextStep
	}
	return told
}

// tellReversal prints what did not go as it was announced.
func tellReversal(out *printer, v report.Reversal) {
	switch v.Result {
	case report.ReversalFailed:
		out.line("Failed: %s: %s", v.Doing, v.Message)
	case report.ReversalLeft:
		out.line("Left as it is: %s: %s", v.Doing, v.Message)
	}
}
