package config

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testKeys has a key of each kind.
func testKeys() []Key {
	return []Key{
		{Name: "tenant", Kind: Text, Usage: "whose tenant"},
		{Name: "senders", Kind: Text, Usage: "who may write", Default: "anyone", Choices: []string{"anyone", "off"}},
		{Name: "workers", Kind: Number, Usage: "how many at once", Default: "16"},
		{Name: "quiet", Kind: Switch, Usage: "say less", Default: "false"},
		{Name: "max-duration", Kind: Duration, Usage: "how long", Default: "0s"},
		{Name: "max-creates", Kind: Scalar, Usage: "how many new ones, or percent", Default: "100"},
		{Name: "group", Kind: List, Usage: "groups for all"},
		{Name: "report-format", Kind: List, Usage: "forms", Default: "csv,html", Choices: []string{"csv", "html"}},
		{Name: "mapping", Kind: Mapping, Usage: "meaning of columns", Choices: []string{"email", "groups"}},
		{Name: "groups", Kind: Entries, Usage: "settings for some groups", Entry: []Key{
			{Name: "match", Kind: Text, Usage: "which groups", Sample: "*@contoso.example"},
			{Name: "senders", Kind: Text, Usage: "who may write", Default: "anyone", Choices: []string{"anyone", "off"}},
			{Name: "protected", Kind: Switch, Usage: "leave them alone", Default: "false"},
		}},
	}
}

func TestParse(t *testing.T) {
	const text = `# nightly
tenant: contoso.onmicrosoft.com
senders: off
workers: 4
quiet: true
max-duration: 1h30m
max-creates: 5%
group: partners@contoso.example
report-format: [csv, html]
mapping:
  "E-Mail = Adresse": email
  3: groups
groups:
  - match: partners-*@contoso.example
    senders: off
  - {protected: true, match: "*"}
`
	want := []Value{
		{Key: "tenant", Values: []string{"contoso.onmicrosoft.com"}, Line: 2, Column: 9},
		{Key: "senders", Values: []string{"off"}, Line: 3, Column: 10},
		{Key: "workers", Values: []string{"4"}, Line: 4, Column: 10},
		{Key: "quiet", Values: []string{"true"}, Line: 5, Column: 8},
		{Key: "max-duration", Values: []string{"1h30m"}, Line: 6, Column: 15},
		{Key: "max-creates", Values: []string{"5%"}, Line: 7, Column: 14},
		{Key: "group", Values: []string{"partners@contoso.example"}, Line: 8, Column: 8},
		{Key: "report-format", Values: []string{"csv", "html"}, Line: 9, Column: 16},
		{Key: "mapping", Values: []string{"E-Mail = Adresse=email", "3=groups"}, Line: 11, Column: 21},
		{Key: "groups", Line: 14, Column: 3, Entries: [][]Value{
			{
				{Key: "match", Values: []string{"partners-*@contoso.example"}, Line: 14, Column: 12},
				{Key: "senders", Values: []string{"off"}, Line: 15, Column: 14},
			},
			{
				{Key: "protected", Values: []string{"true"}, Line: 16, Column: 17},
				{Key: "match", Values: []string{"*"}, Line: 16, Column: 30},
			},
		}},
	}
	got, err := Parse("enlist.yaml", []byte(text), testKeys())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestParseNothing(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n"} {
		if values, err := Parse("enlist.yaml", []byte(text), testKeys()); err != nil || len(values) != 0 {
			t.Errorf("%q: %v, %v", text, values, err)
		}
	}
}

func TestMistakesHaveTheirPlace(t *testing.T) {
	tests := []struct{ text, want string }{
		{"worker: 4", "1:1: worker is not a setting; did you mean workers?"},
		{"max_duration: 2h", "1:1: max_duration is not a setting; did you mean max-duration?"},
		{"tenant: sim\nnonsense: 4", "2:1: nonsense is not a setting"},
		{"workers: many", "1:10: workers wants a whole number"},
		{"workers: 1.5", "1:10: workers wants a whole number"},
		{"workers:", "1:10: workers wants a whole number"},
		{"quiet: yes", "1:8: quiet wants true or false"},
		{"max-duration: 90", "1:15: max-duration wants a span of time such as 90s, 30m or 2h"},
		{"tenant: 12345", "1:9: tenant wants a text; put it in quotes"},
		{"tenant: [a]", "1:9: tenant wants a text; put it in quotes"},
		{"group: {a: b}", "1:8: group wants a list of texts"},
		{"group: [a, true]", "1:12: group wants a list of texts"},
		{"mapping: email", "1:10: mapping wants pairs, each on a line of its own: COLUMN: FIELD"},
		{"mapping:\n  Mail: e-mail", `2:9: mapping does not take "e-mail"; it takes one of: email, groups`},
		{"senders: all", `1:10: senders does not take "all"; it takes one of: anyone, off`},
		{"report-format: [csv, pdf]", `1:22: report-format does not take "pdf"; it takes one of: csv, html`},
		{"groups: partners", "1:9: groups wants a list, each entry beginning with - match:"},
		{"groups: [partners]", "1:10: groups wants settings in each entry, beginning with - match:"},
		{"groups:\n  - senders: off", "2:12: this entry of groups lacks match"},
		{"groups:\n  - match: a\n    sender: off", "3:5: sender is not a setting; did you mean senders?"},
		{"groups:\n  - match: a\n    senders: all", `3:14: senders does not take "all"; it takes one of: anyone, off`},
		{"groups:\n  - match: *@contoso.example", "2:13: a text that begins with * has to stand in quotes"},
		{"- tenant", "1:1: the file must hold settings, each as NAME: VALUE"},
		{"tenant: a\n---\ntenant: b", "3:7: a second document begins here; the file must hold one only"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(tt.text), testKeys())
			if err == nil || err.Error() != "f.yaml:"+tt.want {
				t.Errorf("got  %v\nwant f.yaml:%s", err, tt.want)
			}
		})
	}
}

func TestAllMistakesAreTold(t *testing.T) {
	_, err := Parse("f.yaml", []byte("worker: 4\nquiet: yes\nsenders: nobody\n"), testKeys())
	wrong, ok := errors.AsType[*Error](err)
	if !ok || len(wrong.Problems) != 3 {
		t.Fatalf("got %v, want three problems", err)
	}
}

func TestSyntaxErrorHasItsPlace(t *testing.T) {
	for _, text := range []string{"tenant: [a\nquiet: true", "tenant: a\ntenant: b", "\ttenant: a", "tenant: a\n  quiet: true"} {
		_, err := Parse("f.yaml", []byte(text), testKeys())
		wrong, ok := errors.AsType[*Error](err)
		if !ok || len(wrong.Problems) != 1 || wrong.Problems[0].Line < 1 || wrong.Problems[0].Column < 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSecretsAreRefusedAndNotRepeated(t *testing.T) {
	for key, variable := range map[string]string{
		"client-secret":        "AZURE_CLIENT_SECRET",
		"AZURE_CLIENT_SECRET":  "AZURE_CLIENT_SECRET",
		"certificate_password": "AZURE_CLIENT_CERTIFICATE_PASSWORD",
		"access token":         "AZURE_FEDERATED_TOKEN_FILE",
		"client-id":            "AZURE_CLIENT_ID",
		"notify-webhook":       "ENLIST_NOTIFY_WEBHOOK ",
		"notify-smtp-password": "ENLIST_NOTIFY_SMTP_PASSWORD",
	} {
		_, err := Parse("f.yaml", []byte(key+": hunter2\n"), testKeys())
		if err == nil || !strings.Contains(err.Error(), variable) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestExample(t *testing.T) {
	got, err := Example("Settings.\n\nAll of them.", testKeys())
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "example.yaml", got)
}

func TestExampleIsRightWithoutItsMarks(t *testing.T) {
	text, err := Example("", testKeys())
	if err != nil {
		t.Fatal(err)
	}
	var set strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "#  ") {
			line = strings.TrimPrefix(line, "#")
		}
		set.WriteString(line)
	}
	values, err := Parse("example.yaml", []byte(set.String()), testKeys())
	if err != nil {
		t.Fatalf("%v in:\n%s", err, set.String())
	}
	if len(values) != len(testKeys()) {
		t.Errorf("%d values of %d settings in:\n%s", len(values), len(testKeys()), set.String())
	}
}

func TestSchema(t *testing.T) {
	got, err := Schema("Test", testKeys())
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(got) {
		t.Fatal("not JSON")
	}
	compareGolden(t, "schema.json", got)
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// Whatever a file holds, it is taken, or refused with a place.
func FuzzParse(f *testing.F) {
	f.Add("tenant: sim\nworkers: 3\ngroup: [a, b]\nmapping: {a: email}\n")
	f.Add("a: &x 1\nb: *x\n<<: *x\n? c\n: !!str d\n")
	f.Add("---\n- - {a: [}\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := Parse("f.yaml", []byte(text), testKeys())
		wrong, ok := errors.AsType[*Error](err)
		if err != nil && (!ok || len(wrong.Problems) == 0 || values != nil) {
			t.Fatalf("%v, %v", values, err)
		}
		if !ok {
			return
		}
		for _, p := range wrong.Problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
