package intake

import (
	"fmt"
	"slices"
	"strings"
)

// maxGroup bounds the name of a group: an address has at most 320 characters,
// a display name 256.
const maxGroup = 320

// splitGroups takes a cell with several groups apart: at ; or | or line
// breaks, at the ::: of a Google export, and at commas if all parts are
// addresses, since a display name may hold a comma. Spaces around a name are
// taken off, and names that are there already are left out, whatever their
// letter case.
func splitGroups(into []string, cell string) []string {
	if google := strings.Contains(cell, ":::") || strings.HasPrefix(cell, "* "); google {
		for label := range strings.SplitSeq(cell, ":::") {
			label = strings.TrimSpace(label)
			if !strings.HasPrefix(label, "* ") { // one of Google's own labels, as "* myContacts"
				into = addGroup(into, label)
			}
		}
		return into
	}
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == '|' || r == '\n' }) {
		if addressList(part) {
			for name := range strings.SplitSeq(part, ",") {
				into = addGroup(into, name)
			}
			continue
		}
		into = addGroup(into, part)
	}
	return into
}

func addGroup(into []string, name string) []string {
	name = strings.TrimSpace(name)
	if _, inner, found := strings.Cut(name, "<"); found && strings.HasSuffix(inner, ">") && strings.Contains(inner, "@") {
		name = strings.TrimSpace(strings.TrimSuffix(inner, ">"))
	}
	if name == "" || slices.ContainsFunc(into, func(have string) bool { return strings.EqualFold(have, name) }) {
		return into
	}
	return append(into, name)
}

// addressList reports whether text is a list of addresses with commas between.
func addressList(text string) bool {
	if !strings.Contains(text, ",") {
		return false
	}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part != "" && (strings.Count(part, "@") != 1 || strings.ContainsAny(part, " \"")) {
			return false
		}
	}
	return true
}

// checkGroup says why a name can't be that of a group.
func checkGroup(name string) error {
	if len([]rune(name)) > maxGroup {
		return fmt.Errorf("the name of a group has more than %d characters", maxGroup)
	}
	if strings.ContainsRune(name, '\uFFFD') {
		return fmt.Errorf("the name %q has a damaged character", name)
	}
	return nil
}
