package directory_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/simtenant/directory"
)

func TestSeedRoundTrip(t *testing.T) {
	first := open(t, directory.Options{})
	exported := first.Export()
	text, err := json.Marshal(exported)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(directory.DefaultClientSecret)) {
		t.Error("the export holds a secret")
	}
	seed, err := directory.ReadSeed(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, directory.Options{Seed: seed})
	if diff := cmp.Diff(exported, second.Export()); diff != "" {
		t.Errorf("(-exported +exported again)\n%s", diff)
	}
}

func TestSeedIsRefused(t *testing.T) {
	cases := []struct{ name, seed, want string }{
		{"unknown key", `{"contcats":[]}`, "contcats"},
		{"something after it", `{} {}`, "after the end"},
		{"unknown kind of user", `{"users":[{"kind":"mailbocks","address":"a@b.example"}]}`, `"mailbocks"`},
		{"unknown kind of group", `{"groups":[{"kind":"list","address":"a@b.example"}]}`, `"list"`},
		{"id", `{"contacts":[{"id":"1","email":"a@b.example"}]}`, `id "1" is not a GUID`},
		{"member", `{"groups":[{"kind":"distribution","address":"g@b.example","members":["x@b.example"]}]}`, "x@b.example"},
		{"address twice", `{"contacts":[{"email":"a@b.example"},{"name":"B","email":"A@b.example"}]}`, "taken by contact"},
		{"attribute", `{"contacts":[{"email":"a@b.example","attributes":{"Shoe":"42"}}]}`, "Shoe"},
		{"own domain", `{"tenant":{"domain":"b.example"},"contacts":[{"email":"a@b.example"}]}`, "own domains"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			seed, err := directory.ReadSeed(strings.NewReader(tc.seed))
			if err == nil {
				_, err = directory.Open(directory.Options{Seed: seed})
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one about %s", err, tc.want)
			}
		})
	}
}

func TestSeedDefaults(t *testing.T) {
	seed, err := directory.ReadSeed(strings.NewReader(`{"groups":[{"kind":"distribution","address":"g@contoso.example"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, directory.Options{Seed: seed})
	g := find(t, d, "g@contoso.example")
	if !g.RequireSenderAuthentication || !g.Group.ReportToOriginator || g.Name != "g@contoso.example" || g.Alias != "g" {
		t.Errorf("group %+v", g)
	}
	if apps := d.Apps(); len(apps) != 1 || apps[0].ClientID != directory.DefaultClientID {
		t.Errorf("apps %v", apps)
	}
}

func TestIDsAreAlwaysTheSame(t *testing.T) {
	ids := func() string {
		d := open(t, directory.Options{Now: newClock().time})
		made := create(t, d.Exchange(0), contact("Ana", "ana@fabrikam.example"))
		return fmt.Sprint(find(t, d, "Partners").ID, made.ID, made.GUID)
	}
	if first, second := ids(), ids(); first != second {
		t.Errorf("ids %s, then %s", first, second)
	}
}

func TestAppsKeepTheirSecret(t *testing.T) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, directory.DefaultApp()); strings.Contains(got, directory.DefaultClientSecret) {
			t.Errorf("%s prints %s", format, got)
		}
	}
}

func TestAliasFrom(t *testing.T) {
	cases := map[string]string{
		"Ana Pop":                  "AnaPop",
		"ana.pop@fabrikam.example": "ana.pop?fabrikam.example",
		"Ștefan Țîru":              "?tefan?îru",
		"Zoë":                      "Zoë",
		".x.":                      "x",
		strings.Repeat("n", 70):    strings.Repeat("n", 64),
	}
	for name, want := range cases {
		if got := directory.AliasFrom(name); got != want {
			t.Errorf("AliasFrom(%q) is %q, want %q", name, got, want)
		}
	}
}

func bigSeed(contacts int) *directory.Seed {
	seed := &directory.Seed{Contacts: make([]directory.SeedContact, contacts)}
	for i := range seed.Contacts {
		address := fmt.Sprintf("person%06d@fabrikam.example", i)
		seed.Contacts[i] = directory.SeedContact{Name: address, DisplayName: fmt.Sprintf("Person Number %d", i), Email: address,
			Attributes: map[string]string{"FirstName": "Person", "LastName": fmt.Sprint(i), "Company": "Fabrikam", "Department": "Sales"}}
	}
	return seed
}

// A contact with the usual attributes is to cost less than 1 KB.
func TestMemoryPerContact(t *testing.T) {
	if testing.Short() {
		t.Skip("fills some memory")
	}
	const contacts = 50_000
	seed := bigSeed(contacts)
	before := heap()
	d := open(t, directory.Options{Seed: seed})
	each := int(heap()-before) / contacts
	t.Logf("%d bytes a contact", each)
	if each >= 1000 {
		t.Errorf("a contact costs %d bytes", each)
	}
	runtime.KeepAlive(d)
	runtime.KeepAlive(seed)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkLoad(b *testing.B) {
	seed := bigSeed(200_000)
	for b.Loop() {
		if _, err := directory.Open(directory.Options{Seed: seed}); err != nil {
			b.Fatal(err)
		}
	}
}
