package main

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"unicode/utf8"
)

// address finds e-mail addresses in a text, also as they stand in a URL. It
// takes rather too much than too little.
var address = regexp.MustCompile(`[^\s"<>()\[\],;:=|@]+(?:@|%40)([^\s"<>()\[\],;:=|@/]+)`)

// withoutPeople shortens each address to "a…@fabrikam.com": that tells who is
// meant to somebody who has the file, and little to others.
func withoutPeople(text string) string {
	return address.ReplaceAllStringFunc(text, func(found string) string {
		first, _ := utf8.DecodeRuneInString(found)
		return string(first) + "…@" + address.FindStringSubmatch(found)[1]
	})
}

// masked keeps the addresses of people out of a log.
type masked struct{ slog.Handler }

func (m masked) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, withoutPeople(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(maskedAttr(a))
		return true
	})
	return m.Handler.Handle(ctx, clean)
}

func (m masked) WithAttrs(attrs []slog.Attr) slog.Handler {
	return masked{m.Handler.WithAttrs(maskedAttrs(attrs))}
}

func (m masked) WithGroup(name string) slog.Handler { return masked{m.Handler.WithGroup(name)} }

func maskedAttrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = maskedAttr(a)
	}
	return clean
}

// maskedAttr leaves numbers and the like as they are, and groups: they are no people.
func maskedAttr(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	switch {
	case a.Key == "group":
		return a
	case value.Kind() == slog.KindGroup:
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(maskedAttrs(value.Group())...)}
	case value.Kind() == slog.KindString:
		return slog.String(a.Key, withoutPeople(value.String()))
	case value.Kind() == slog.KindAny:
		return slog.String(a.Key, withoutPeople(fmt.Sprint(value.Any())))
	}
	return a
}
