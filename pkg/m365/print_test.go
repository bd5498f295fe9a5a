package m365

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"enlist/pkg/onboard"
)

func TestMarksTellFieldsApart(t *testing.T) {
	seen := map[uint16]onboard.Field{}
	for _, f := range allFields() {
		if other, ok := seen[markOf(f)]; ok {
			t.Errorf("%s and %s share a mark", f, other)
		}
		seen[markOf(f)] = f
	}
}

func TestPrintThatIsTornFitsNothing(t *testing.T) {
	whole := printOf(onboard.Contact{Company: "Fabrikam"}, []onboard.Field{"company", "title"})
	for n := range len(whole) {
		if hasValue(whole[:n], "company", "Fabrikam") || hasValue(whole[:n], "title", "") || managerIn(whole[:n]) != "" {
			t.Errorf("%d bytes of it fit", n)
		}
	}
}

// A print fits a value if, and only if, it is the same to the directory.
func TestPrintFitsWhatIsTheSame(t *testing.T) {
	fields := allFields()
	values := rapid.SampledFrom([]string{"", " ", "Fabrikam", "fabrikam ", "+40 21 123", "+4021123", "RO", "Romania", "https://x.example/", "X.example", "<html>Hi</html>", "Hi"})
	draw := func(t *rapid.T) onboard.Contact {
		var c onboard.Contact
		for _, f := range fields {
			if text := c.Text(f); text != nil {
				*text = values.Draw(t, string(f))
			}
		}
		if rapid.Bool().Draw(t, "tells hidden") {
			hidden := rapid.Bool().Draw(t, "hidden")
			c.HiddenFromAddressLists = &hidden
		}
		return c
	}
	rapid.Check(t, func(t *rapid.T) {
		has, like := draw(t), draw(t)
		print := printOf(has, fields)
		for _, f := range fields {
			if f == fieldManager {
				continue
			}
			want := f.Same(valueOf(has, f), valueOf(like, f))
			if got := hasValue(print, f, valueOf(like, f)); got != want {
				t.Errorf("%s: %q fits %q: %v, want %v", f, valueOf(like, f), valueOf(has, f), got, want)
			}
		}
		if got := managerIn(print); got != strings.TrimSpace(has.Manager) {
			t.Errorf("manager %q, want %q", got, has.Manager)
		}
	})
}
