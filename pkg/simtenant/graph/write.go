package graph

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"enlist/pkg/simtenant/directory"
)

// link is the request's own address with other options. The dollar signs stay
// readable, as in the service's links.
func (c *call) link(options url.Values) string {
	link := "https://" + c.r.Host + c.r.URL.Path
	if len(options) == 0 {
		return link
	}
	return link + "?" + strings.ReplaceAll(options.Encode(), "%24", "$")
}

// page is a part of a collection, being written.
type page struct {
	context string
	count   int // -1 for none
	next    string
	delta   string
	items   []byte // JSON values, separated by commas
}

func newPage() *page { return &page{count: -1} }

// add begins a further item.
func (p *page) add() []byte {
	if len(p.items) > 0 {
		p.items = append(p.items, ',')
	}
	return p.items
}

func (c *call) answerPage(p *page) error {
	body := []byte{'{'}
	if !c.bare {
		body = appendText(append(body, `"@odata.context":`...), c.base()+"/$metadata#"+p.context)
		body = append(body, ',')
	}
	if p.count >= 0 {
		body = append(body, `"@odata.count":`...)
		body = append(strconv.AppendInt(body, int64(p.count), 10), ',')
	}
	if p.next != "" {
		body = append(appendText(append(body, `"@odata.nextLink":`...), p.next), ',')
	}
	if p.delta != "" {
		body = append(appendText(append(body, `"@odata.deltaLink":`...), p.delta), ',')
	}
	body = append(body, `"value":[`...)
	body = append(body, p.items...)
	c.answer(200, append(body, "]}"...))
	return nil
}

// shape says how objects of one type are written.
type shape struct {
	entity     *entity
	properties []*property
	// typed writes @odata.type, which collections of several types need.
	typed bool
	// masked hides everything but type and id: the caller may not read the type.
	masked bool
}

// shapeOf is how the call shows objects of a type.
func (c *call) shapeOf(e *entity, q *query, typed bool) shape {
	s := shape{entity: e, properties: e.defaults(), typed: typed && !c.bare, masked: !c.caller.HasRole(e.readers...)}
	if q.selected == nil {
		return s
	}
	s.properties = nil
	for i := range e.properties {
		for _, name := range q.selected {
			if strings.EqualFold(name, e.properties[i].name) {
				s.properties = append(s.properties, &e.properties[i])
				break
			}
		}
	}
	return s
}

// append writes an object. extra is further members in JSON, or nothing.
func (s shape) append(b []byte, dir *directory.Directory, o *directory.Object, extra string) []byte {
	b = append(b, '{')
	b = append(b, extra...)
	if s.typed {
		b = appendText(appendName(b, "@odata.type"), s.entity.odataType())
	}
	for _, p := range s.properties {
		b = appendName(b, p.name)
		if s.masked && p.name != "id" {
			b = append(b, p.hidden()...)
			continue
		}
		b = p.append(b, dir, o)
	}
	return append(b, '}')
}

func (p *property) hidden() string {
	if p.empty == "" {
		return "null"
	}
	return p.empty
}

func (p *property) append(b []byte, dir *directory.Directory, o *directory.Object) []byte {
	if p.read == nil {
		return append(b, p.hidden()...)
	}
	switch value := p.read(dir, o).(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, value)
	case string:
		return appendText(b, value)
	default:
		return appendJSON(b, value)
	}
}

// appendName begins a member of an object.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// appendText writes a JSON string. Most strings need no escapes.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			return appendJSON(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendJSON(b []byte, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // the tables of properties hold nothing that can fail
	}
	return append(b, text...)
}
