package exchange

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// records collects the objects of an answer, written as JSON as they come.
type records struct {
	buf    []byte
	count  int
	wanted map[string]bool // $select; empty for everything
	fields int             // of the current object
}

// object writes one object with what fill puts in.
func (r *records) object(fill func(*records)) {
	if r.count > 0 {
		r.buf = append(r.buf, ',')
	}
	r.count++
	r.fields = 0
	r.buf = append(r.buf, '{')
	fill(r)
	r.buf = append(r.buf, '}')
}

// wants reports whether a property was asked for.
func (r *records) wants(name string) bool {
	return len(r.wanted) == 0 || r.wanted[strings.ToLower(name)]
}

// key writes a property's name, and reports whether the property is wanted.
func (r *records) key(name, suffix string) {
	if r.fields > 0 {
		r.buf = append(r.buf, ',')
	}
	r.fields++
	r.buf = append(r.buf, '"')
	r.buf = append(r.buf, name...)
	r.buf = append(r.buf, suffix...)
	r.buf = append(r.buf, `":`...)
}

// annotate writes the annotation pair that precedes values of some types.
func (r *records) annotate(name, dataType, odataType string) {
	if dataType != "" {
		r.key(name, "@data.type")
		r.buf = appendString(r.buf, dataType)
	}
	if odataType != "" {
		r.key(name, "@odata.type")
		r.buf = appendString(r.buf, odataType)
	}
}

func (r *records) text(name, value string) {
	if r.wants(name) {
		r.key(name, "")
		r.buf = appendString(r.buf, value)
	}
}

// textOrNull writes null for an empty text.
func (r *records) textOrNull(name, value string) {
	switch {
	case value != "":
		r.text(name, value)
	case r.wants(name):
		r.key(name, "")
		r.buf = append(r.buf, "null"...)
	}
}

func (r *records) bool(name string, value bool) {
	if r.wants(name) {
		r.key(name, "")
		r.buf = strconv.AppendBool(r.buf, value)
	}
}

// boolText writes a boolean as text, as some properties come.
func (r *records) boolText(name string, value bool) {
	r.text(name, printed(value))
}

func (r *records) int32(name string, value int) {
	if r.wants(name) {
		r.annotate(name, "System.Int32", "")
		r.key(name, "")
		r.buf = strconv.AppendInt(r.buf, int64(value), 10)
	}
}

func (r *records) guid(name string, value uuid.UUID) {
	if r.wants(name) {
		r.annotate(name, "System.Guid", "#Guid")
		r.key(name, "")
		r.buf = appendString(r.buf, value.String())
	}
}

func (r *records) time(name string, value time.Time) {
	if r.wants(name) {
		r.annotate(name, "System.DateTime", "")
		r.key(name, "")
		r.buf = appendString(r.buf, value.UTC().Format("2006-01-02T15:04:05.0000000+00:00"))
	}
	if name += "UTC"; r.wants(name) {
		r.annotate(name, "System.DateTime", "")
		r.key(name, "")
		r.buf = appendString(r.buf, value.UTC().Format("2006-01-02T15:04:05.0000000Z"))
	}
}

// list writes a list of texts, which is only made when it is wanted.
func (r *records) list(name string, values func() []string) {
	if r.wants(name) {
		r.annotate(name, "", "#Collection(String)")
		r.key(name, "")
		r.buf = appendStrings(r.buf, values())
	}
}
