package graph

import (
	"strings"

	"enlist/pkg/simtenant/directory"
)

// searchTerm is one "property:text" of $search; several are joined by and.
type searchTerm struct {
	property string
	text     string // lower case
}

// readSearch reads $search, for example `"displayName:ana" AND "mail:partner"`
// (Microsoft Learn, "Use the $search query parameter").
func (q *query) readSearch(types []*entity) error {
	given := strings.TrimSpace(q.raw.Get("$search"))
	if given == "" {
		return nil
	}
	if !q.eventual {
		return unsupportedQuery("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	for _, quoted := range strings.Split(given, " AND ") {
		quoted = strings.TrimSpace(quoted)
		if strings.Contains(quoted, " OR ") {
			return notSimulated("OR in $search")
		}
		inner, ok := strings.CutPrefix(quoted, `"`)
		inner, okEnd := strings.CutSuffix(inner, `"`)
		property, text, hasColon := strings.Cut(inner, ":")
		if !ok || !okEnd || !hasColon {
			return badRequest(`Invalid $search query: search clauses have to be of the form "property:text", each in double quotes.`)
		}
		if _, known := sharedProperty(property, types); !known {
			return badRequest("Unsupported property '%s' in $search.", property)
		}
		q.search = append(q.search, searchTerm{property, strings.ToLower(text)})
	}
	return nil
}

// matches looks for the text at the beginning of each word of the property.
// Display names and descriptions are cut into words; other properties are one.
func (t searchTerm) matches(dir *directory.Directory, e *entity, o *directory.Object) bool {
	value, _ := e.values(dir, o)(t.property).(string)
	value = strings.ToLower(value)
	if strings.HasPrefix(value, t.text) {
		return true
	}
	if !strings.EqualFold(t.property, "displayName") && !strings.EqualFold(t.property, "description") {
		return false
	}
	words := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" -_.,'()", r) })
	for _, word := range words {
		if strings.HasPrefix(word, t.text) {
			return true
		}
	}
	return false
}
