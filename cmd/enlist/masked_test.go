package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestAddressesAreShortened(t *testing.T) {
	for text, want := range map[string]string{
		"nothing to hide": "nothing to hide",
		"ana.pop@fabrikam.com is in use by smtp:Zoë.o'Neill@fabrikam.com.":   "a…@fabrikam.com is in use by smtp:Z…@fabrikam.com.",
		`<Ana@Fabrikam.example>,"josé+list@bücher.example"`:                  `<A…@Fabrikam.example>,"j…@bücher.example"`,
		"GET /users/ana%40fabrikam.com/memberOf, answered with status = 404": "GET /…@fabrikam.com/memberOf, answered with status = 404",
	} {
		if got := withoutPeople(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLogNamesNobody(t *testing.T) {
	var out bytes.Buffer
	h := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	log := slog.New(masked{h}).With("of", "ana@fabrikam.com").WithGroup("g")
	log.Warn("about ana@fabrikam.com", "error", errors.New("no ana@fabrikam.com"), "line", 7, "group", "news@contoso.com",
		slog.Group("more", "who", "ana@fabrikam.com"))
	want := "level=WARN msg=\"about a…@fabrikam.com\" of=a…@fabrikam.com g.error=\"no a…@fabrikam.com\" g.line=7 g.group=news@contoso.com g.more.who=a…@fabrikam.com\n"
	if got := out.String(); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

// troubledPeople are the names, and the beginnings of addresses, in what cmdTroubles
// writes.
var troubledPeople = regexp.MustCompile(`(?i)person[ .]\d|person\.one|carla|costa|braun|gita@|gita guest|mihai|two.holders|same.person|dan.park|dan park|by\.(alias|name|id)|a\.very\.long|no\.group|two\.groups|synced@|dynamic@|nobody@`)

// cmdNamesNobody checks that the last program wrote nobody's name or address to
// standard error.
func cmdNamesNobody(ts *testscript.TestScript, neg bool, args []string) {
	if found := troubledPeople.FindString(ts.ReadFile("stderr")); found != "" {
		ts.Fatalf("standard error names %q", found)
	}
}

// cmdJSONLines checks that each line of standard error is a JSON object.
func cmdJSONLines(ts *testscript.TestScript, neg bool, args []string) {
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			ts.Fatalf("%v: %s", err, line)
		}
	}
}
