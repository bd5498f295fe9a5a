package graph

import (
	"encoding/base64"
	"encoding/json"

	"enlist/pkg/simtenant/directory"
)

// position is where a page begins. It travels in $skiptoken.
type position struct {
	// Cursor is the place in the directory, or, in a sorted list, the number of
	// objects before it.
	Cursor directory.Cursor `json:"c"`
	// Eventual says that the pages before were of an advanced query.
	Eventual bool `json:"e,omitempty"`
}

// readToken reads $skiptoken. A link of an advanced query without the header
// is refused (observed: msgraph-sdk-design#41).
func (q *query) readToken([]*entity) error {
	given := q.raw.Get("$skiptoken")
	if given == "" {
		return nil
	}
	if !decodeToken(given, &q.from) {
		return badRequest("Badly formed token.")
	}
	if q.from.Eventual && !q.eventual {
		return unsupportedQuery("Unable to execute query; invalid page token specified.")
	}
	return nil
}

func encodeToken(content any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // the types that are passed in can't fail
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func decodeToken(token string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && json.Unmarshal(text, into) == nil
}

// nextLink is the address of the page that begins at a position: the request's
// own, with a $skiptoken.
func (c *call) nextLink(q *query, next position) string {
	raw := make(map[string][]string, len(q.raw)+1)
	for name, values := range q.raw {
		raw[name] = values
	}
	raw["$skiptoken"] = []string{encodeToken(next)}
	return c.link(raw)
}
