package odata_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"enlist/pkg/simtenant/graph/odata"

	"github.com/google/go-cmp/cmp"
)

// person is the entity of these tests.
func person(property string) odata.Value {
	return map[string]odata.Value{
		"displayName":     "Ana O'Brien",
		"mail":            "Ana@Partner.example",
		"companyName":     nil,
		"mailEnabled":     true,
		"securityEnabled": false,
		"createdDateTime": time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		"proxyAddresses":  []string{"SMTP:ana@partner.example", "smtp:a.obrien@partner.example"},
		"groupTypes":      []string{},
		"id":              "11111111-2222-3333-4444-555555555555",
	}[property]
}

func TestMatch(t *testing.T) {
	cases := []struct {
		filter string
		want   bool
	}{
		{"mail eq 'ana@partner.example'", true},
		{"MAIL eq 'ana@partner.example'", false}, // property names are exact; the face corrects them
		{"mail EQ 'ANA@partner.example'", true},
		{"mail ne 'ana@partner.example'", false},
		{"displayName eq 'Ana O''Brien'", true},
		{"displayName ge 'an' and displayName lt 'ao'", true},
		{"companyName eq null", true},
		{"mail eq null", false},
		{"mail ne null", true},
		{"mailEnabled", true},
		{"mailEnabled eq true and securityEnabled eq false", true},
		{"not mailEnabled", false},
		{"not(securityEnabled eq true)", true},
		{"mail in ('x@y.example', 'ana@partner.example')", true},
		{"mail in ('x@y.example')", false},
		{"startsWith(mail,'ana@')", true},
		{"startswith(mail, 'bob') eq false", true},
		{"endsWith(mail,'.EXAMPLE')", true},
		{"contains(displayName,'o''b')", true},
		{"startsWith(companyName,'x')", false},
		{"proxyAddresses/any(p:p eq 'smtp:a.obrien@partner.example')", true},
		{"proxyAddresses/any(p:startsWith(p,'smtp:bob'))", false},
		{"proxyAddresses/any(p: p eq 'smtp:ana@partner.example' and mailEnabled eq true)", true},
		{"proxyAddresses/all(p:endsWith(p,'partner.example'))", true},
		{"groupTypes/any()", false},
		{"groupTypes/any(c:c eq 'Unified')", false},
		{"proxyAddresses/$count eq 2", true},
		{"groupTypes/$count ne 0", false},
		{"createdDateTime ge 2026-03-01T00:00:00Z", true},
		{"createdDateTime lt 2026-03-01", false},
		{"id eq 11111111-2222-3333-4444-555555555555", true},
		{"mail eq 'a' or mail eq 'b' and mail eq 'c' or mailEnabled eq true", true},
		{"(mail eq 'a' or mailEnabled eq true) and securityEnabled eq true", false},
		{"mailEnabled eq 'true'", false},
	}
	for _, c := range cases {
		t.Run(c.filter, func(t *testing.T) {
			n, err := odata.Parse(c.filter)
			if err != nil {
				t.Fatal(err)
			}
			if got := odata.Match(n, person); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []string{
		"", " ", "mail eq", "mail eq 'a", "eq 'a'", "mail = 'a'", "mail eq 'a' and", "(mail eq 'a'", "mail eq 'a')",
		"mail eq a", "mail in 'a'", "mail in ()", "mail in ('a'", "length(mail) gt 3", "any(p:p eq 'a')",
		"proxyAddresses/any(p eq 'a')", "proxyAddresses/any(p:)", "proxyAddresses/all()", "startsWith(mail)",
		"startsWith('a',mail)", "startsWith(mail,'a') eq 3", "proxyAddresses/$count", "mail eq 'a' 'b'",
		strings.Repeat("(", 1000) + "mail eq 'a'" + strings.Repeat(")", 1000),
		strings.Repeat("not ", 1000) + "mailEnabled",
	}
	for _, filter := range cases {
		n, err := odata.Parse(filter)
		var syntax *odata.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.60q: got %v, %v, want a SyntaxError", filter, n, err)
			continue
		}
		if syntax.Position < 0 || syntax.Position > len(filter) {
			t.Errorf("%.60q: position %d is outside", filter, syntax.Position)
		}
	}
}

func TestLeaves(t *testing.T) {
	n, err := odata.Parse("mail eq 'a' and not(groupTypes/any(c:c eq 'Unified' or displayName in ('x'))) or proxyAddresses/$count ne 0 or groupTypes/any()")
	if err != nil {
		t.Fatal(err)
	}
	want := []odata.Leaf{
		{Property: "mail", Operation: "eq"},
		{Property: "groupTypes", Operation: "eq", Lambda: true, Negated: true},
		{Property: "displayName", Operation: "in", Lambda: true, Negated: true},
		{Property: "proxyAddresses", Operation: "ne", Count: true},
		{Property: "groupTypes", Operation: "any"},
	}
	if diff := cmp.Diff(want, odata.Leaves(n)); diff != "" {
		t.Errorf("leaves (-want +got):\n%s", diff)
	}
}

// FuzzParse checks that no text makes the parser fail otherwise than with a
// SyntaxError, and that what it accepts can be evaluated.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"mail eq 'ana@partner.example'", "not(groupTypes/any(c:c eq 'Unified'))", "proxyAddresses/$count ne 0",
		"startsWith(displayName,'a''b') or id in ('1','2')", "createdDateTime ge 2026-03-01T00:00:00Z", "((mailEnabled))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		n, err := odata.Parse(filter)
		if err != nil {
			var syntax *odata.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if match, inverse := odata.Match(n, person), odata.Match(odata.Not{Operand: n}, person); match == inverse {
			t.Errorf("%q and its negation are both %v", filter, match)
		}
		odata.Leaves(n)
	})
}
