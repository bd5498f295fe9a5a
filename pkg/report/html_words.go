package report

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"enlist/pkg/onboard"
)

// headline is the one thing that a person wants to know.
func headline(s Summary) string {
	all := s.Input.Rows
	left := all - s.Verdicts[string(onboard.Changed)] - s.Verdicts[string(onboard.Unchanged)]
	switch {
	case s.StoppedBecause != "" && left == 0 && all > 0:
		return "All rows are as wanted, but the run stopped before its end" // as before people are taken out
	case s.StoppedBecause != "":
		return fmt.Sprintf("Stopped early: %s left to do", share(left, all, "is", "are"))
	case all == 0:
		return "The input has no rows"
	case left > 0:
		return share(left, all, "needs", "need") + " attention"
	case s.DryRun && s.Verdicts[string(onboard.Changed)] > 0:
		return share(s.Verdicts[string(onboard.Changed)], all, "is", "are") + " to be changed"
	case all == 1:
		return "The one row is as wanted"
	}
	return fmt.Sprintf("All %s rows are as wanted", grouped(all))
}

// share tells "3 of 7 rows need".
func share(n, all int, one, many string) string {
	verb := many
	if n == 1 {
		verb = one
	}
	return fmt.Sprintf("%s of %s %s", grouped(n), rowsInWords(all), verb)
}

// deeds tells in half a sentence what the run did: "created 2 contacts and
// added 3 memberships".
func deeds(s Summary) string {
	var done []string
	for _, d := range []struct {
		n              int
		did, one, many string
	}{
		{s.Steps.Contacts[string(onboard.ContactCreated)], "created", "contact", "contacts"},
		{s.Steps.Contacts[string(onboard.ContactUpdated)], "updated", "contact", "contacts"},
		{s.Steps.Contacts[string(onboard.ContactInvited)], "invited", "guest", "guests"},
		{s.Steps.Members[string(onboard.MemberAdded)], "added", "membership", "memberships"},
		{len(s.OpenedGroups), "opened", "group to mail from outside", "groups to mail from outside"},
		{s.Removals[string(ReversalDone)] + s.Removals[string(ReversalPlanned)], "made", "removal", "removals"},
	} {
		switch d.n {
		case 0:
		case 1:
			done = append(done, d.did+" 1 "+d.one)
		default:
			done = append(done, d.did+" "+grouped(d.n)+" "+d.many)
		}
	}
	switch {
	case len(done) == 0 && s.DryRun:
		return "would have changed nothing"
	case len(done) == 0:
		return "changed nothing"
	case s.DryRun:
		return "would have " + enumerated(done)
	}
	return enumerated(done)
}

func enumerated(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

func meaning(v onboard.Verdict) string {
	switch v {
	case onboard.Changed:
		return "something was to be done"
	case onboard.Unchanged:
		return "as wanted already"
	case onboard.Partial:
		return "some steps failed"
	case onboard.Failed:
		return "no contact, so nothing done"
	case onboard.Invalid:
		return "the row can't be used"
	case onboard.Deferred:
		return "left for another run"
	}
	return ""
}

// number is a line of the run's details.
type number struct{ Label, Value string }

// numbers leaves out what is zero.
func numbers(s Summary) []number {
	list := []number{
		{"Contacts", listed("", s.Steps.Contacts, contactActions())},
		{"Memberships", listed("", s.Steps.Members, memberActions())},
		{"Mail from outside", listed("", s.Steps.Senders, senderActions())},
		{"Exchange commands", listed("", s.Commands, byCount(s.Commands))},
	}
	if s.Requests > 0 {
		list = append(list, number{"Requests", fmt.Sprintf("%s, %s of them to Microsoft Graph, %s throttled",
			grouped(s.Requests), grouped(s.Graph), grouped(s.Throttled))})
	}
	list = append(list, number{"Waits for the tenant to take contacts again", s.quotaWaits()})
	if s.TriedTooSoon > 0 {
		list = append(list, number{"Repeated since something was not visible yet", grouped(s.TriedTooSoon) + " commands"})
	}
	return slices.DeleteFunc(list, func(n number) bool { return n.Value == "" })
}

// byCount gives the names with the highest count first.
func byCount(counts map[string]int) []string {
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	return names
}

// inputName is how a person would call the input: by its file's name.
func inputName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return filepath.Base(path)
}

// rowsInWords is rows with commas between thousands.
func rowsInWords(n int) string {
	if n == 1 {
		return "1 row"
	}
	return grouped(n) + " rows"
}

// grouped sets commas between thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
