package opath_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"enlist/pkg/simtenant/exchange/opath"
)

// person is an object with properties for filters.
type person map[string][]string

func (p person) Property(name string) []string { return p[strings.ToLower(name)] }

var ana = person{
	"name":           {"Ana Pop"},
	"company":        {"O'Neill & Co"},
	"emailaddresses": {"SMTP:ana@fabrikam.example", "smtp:a.pop@fabrikam.example"},
	"isdirsynced":    {"False"},
	"number":         {"42"},
}

func TestMatch(t *testing.T) {
	cases := []struct {
		filter string
		want   bool
	}{
		{"Name -eq 'ana pop'", true},
		{`NAME -EQ "Ana Pop"`, true},
		{"Name -ne 'Ana Pop'", false},
		{"Company -eq 'O''Neill & Co'", true},
		{`Company -eq "O'Neill & Co"`, true},
		{"Name -like 'Ana*'", true},
		{"Name -like 'Ana'", false},
		{"Name -notlike 'Bo*'", true},
		{"EmailAddresses -eq 'smtp:a.pop@fabrikam.example'", true},
		{"EmailAddresses -ne 'smtp:a.pop@fabrikam.example'", false},
		{"Title -eq $null", true},
		{"Title -ne $null", false},
		{"Name -ne $null", true},
		{"IsDirSynced -eq $false", true},
		{"IsDirSynced -eq $true", false},
		{"Number -eq 42", true},
		{"Name -gt 'Ana' -and Name -lt 'Anb'", true},
		{"Name -ge 'Ana Pop' -and Name -le 'Ana Pop'", true},
		{"Name -eq 'x' -or Name -eq 'y' -or Name -eq 'Ana Pop'", true},
		{"Name -eq 'Ana Pop' -or Name -eq 'x' -and Name -eq 'y'", true},
		{"(Name -eq 'Ana Pop' -or Name -eq 'x') -and Name -eq 'y'", false},
		{"-not (Name -eq 'x')", true},
		{"-not Name -eq 'x' -and !(Name -eq 'y')", true},
		{"((Name -eq 'Ana Pop'))", true},
	}
	for _, tc := range cases {
		e, err := opath.Parse(tc.filter)
		if err != nil {
			t.Errorf("%s: %v", tc.filter, err)
			continue
		}
		if got := e.Match(ana); got != tc.want {
			t.Errorf("%s matches: %t, want %t", tc.filter, got, tc.want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	cases := map[string]int{ // where the service's text points to
		"":                          1,
		"Name":                      5,
		"Name -eq":                  9,
		"Name -eq ana":              10,
		"Name -eq 'ana":             10,
		"Name eq 'ana'":             6,
		"Name -is 'ana'":            6,
		"Name -eq 'a' 'b'":          14,
		"(Name -eq 'a'":             14,
		"Name -eq 'a')":             13,
		"Name -eq 'a' -and":         18,
		"Name -eq $nothing":         10,
		"Name -like '*a'":           12,
		"Name -like 'a*b'":          12,
		"{Name -eq 'a'}":            1,
		strings.Repeat("(", 10_000): 201,
	}
	for filter, pos := range cases {
		_, err := opath.Parse(filter)
		var syntax *opath.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.20q: error %v, want a *SyntaxError", filter, err)
			continue
		}
		if syntax.Pos != pos {
			t.Errorf("%.20q: at position %d, want %d", filter, syntax.Pos, pos)
		}
	}
}

func TestKeys(t *testing.T) {
	cases := []struct {
		filter string
		want   string // values, or "none"
	}{
		{"Name -eq 'a'", "a"},
		{"Name -eq 'a' -or Name -eq 'b'", "a b"},
		{"Title -eq 'x' -and Name -eq 'a'", "a"},
		{"Title -eq 'x' -or Name -eq 'a'", "none"},
		{"Name -like 'a*'", "none"},
		{"Name -eq $null", "none"},
		{"-not Name -eq 'a'", "none"},
	}
	for _, tc := range cases {
		e, err := opath.Parse(tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if keys, ok := opath.Keys(e, func(p string) bool { return p == "Name" }); ok {
			var values []string
			for _, k := range keys {
				values = append(values, k.Value.Text)
			}
			got = strings.Join(values, " ")
		}
		if got != tc.want {
			t.Errorf("%s: keys %s, want %s", tc.filter, got, tc.want)
		}
	}
}

// A filter that can be read can be applied, and the objects that its keys
// leave out do not pass it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"EmailAddresses -eq 'ana@fabrikam.example'",
		"Company -eq 'O''Neill' -and -not (Title -like 'x*' -or Name -ne $null)",
		`!(Name -ge "a") -or Number -eq 42`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		e, err := opath.Parse(filter)
		if err != nil {
			var syntax *opath.SyntaxError
			if !errors.As(err, &syntax) || syntax.Pos < 1 || syntax.Pos > len(filter)+1 {
				t.Fatalf("error %v", err)
			}
			return
		}
		passes := e.Match(ana)
		keys, ok := opath.Keys(e, func(string) bool { return true })
		if ok && passes && !slices.ContainsFunc(keys, func(k *opath.Compare) bool { return k.Match(ana) }) {
			t.Errorf("%s passes an object that none of its keys finds", filter)
		}
	})
}
