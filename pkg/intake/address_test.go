package intake

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct{ cell, want, name string }{
		{"ana.pop@fabrikam.example", "ana.pop@fabrikam.example", ""},
		{"Ana.Pop@Fabrikam.EXAMPLE", "Ana.Pop@fabrikam.example", ""},
		{"o'hara+news@x-y.example", "o'hara+news@x-y.example", ""},
		{"o’hara@x.example", "o'hara@x.example", ""},
		{"a_b-c@sub.x.example", "a_b-c@sub.x.example", ""},
		{"mailto:ana@x.example?subject=hi", "ana@x.example", ""},
		{"MAILTO:ana@x.example", "ana@x.example", ""},
		{"Ana Pop <ana@x.example>", "ana@x.example", "Ana Pop"},
		{`"Pop, Ana" <ana@x.example>`, "ana@x.example", "Pop, Ana"},
		{"Pop, Ana <mailto:ana@x.example>", "ana@x.example", "Pop, Ana"},
		{"<ana@x.example>", "ana@x.example", ""},
		{"ana@x.example;", "ana@x.example", ""},
		{"“ana@x.example”", "ana@x.example", ""},
		{"ana @x.example", "ana@x.example", ""},
		{"ana@ x.example", "ana@x.example", ""},
		{"ana@x.example.", "ana@x.example", ""},
		{"bo@bücher.example", "bo@xn--bcher-kva.example", ""},
		{"bo@BÜCHER.example", "bo@xn--bcher-kva.example", ""},
		{"bo@faß.example", "bo@xn--fa-hia.example", ""}, // IDNA2008, not ss
	} {
		got, err := parseAddress(test.cell)
		if err != nil {
			t.Errorf("%q: %v", test.cell, err)
			continue
		}
		if got.email != test.want || got.name != test.name {
			t.Errorf("%q gives %q of %q, want %q of %q", test.cell, got.email, got.name, test.want, test.name)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, test := range []struct {
		cell        string
		unsupported bool
	}{
		{"ana", false}, {"@x.example", false}, {"ana@", false}, {"ana@x", false}, {"ana@localhost", false},
		{"a b@x.example", false}, {"a..b@x.example", false}, {".a@x.example", false}, {"a.@x.example", false},
		{"a@x..example", false}, {"a@-x.example", false}, {"a@x-.example", false}, {"a@.x.example", false}, {"a@x_y.example", false},
		{"a@[192.0.2.1]", false}, {"a@192.0.2.1", false}, {"a@x.e", false}, {"a@b@x.example", false},
		{"a@x.example; b@x.example", false}, {"a@x.example, b@x.example", false}, {"a@x.example b@x.example", false},
		{"Ana <ana@x.example", false}, {"<ana@x.example> Ana", false}, {"ana@x.example (work)", false},
		{strings.Repeat("a", 65) + "@x.example", false}, {"a@" + strings.Repeat("b", 64) + ".example", false},
		{"a@" + strings.Repeat("b.", 130) + "example", false}, {"a\uFFFD@x.example", false},
		{`"a b"@x.example`, true}, {"жук@x.example", true}, {"jürgen@x.example", true},
	} {
		got, err := parseAddress(test.cell)
		var why *addressError
		if !errors.As(err, &why) {
			t.Errorf("%q gives %q, want it refused", test.cell, got.email)
			continue
		}
		if why.unsupported != test.unsupported {
			t.Errorf("%q: unsupported is %t: %v", test.cell, why.unsupported, err)
		}
	}
}

// FuzzAddress holds that an address which is accepted is accepted again, as
// it is, and that the short way for common addresses tells the same as the
// long one.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"ana.pop@fabrikam.example", "Ana <a@B.example>", "a-b@x--y.example", "a@xn--a.example", "mailto:a@b.cc", "a.@b.cc", "a@b.c1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got, err := parseAddress(cell)
		if err != nil {
			return
		}
		again, err := parseAddress(got.email)
		if err != nil || again.email != got.email {
			t.Errorf("%q gives %q, which gives %q, %v", cell, got.email, again.email, err)
		}
		if simpleAddress(cell) {
			local, domain, _ := strings.Cut(cell, "@")
			if err := checkLocal(local); err != nil {
				t.Errorf("%q is taken for simple, but %v", cell, err)
			}
			if normal, err := normalDomain(domain); err != nil || normal != domain {
				t.Errorf("%q is taken for simple, but its domain gives %q, %v", cell, normal, err)
			}
		}
	})
}
