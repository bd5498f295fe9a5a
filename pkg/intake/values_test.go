package intake

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"enlist/pkg/onboard"
)

func TestSplitGroups(t *testing.T) {
	for _, test := range []struct {
		cell string
		want []string
	}{
		{"", nil},
		{" ; | ", nil},
		{"Partners", []string{"Partners"}},
		{"Partners; News|Buyers", []string{"Partners", "News", "Buyers"}},
		{"a@x.example,b@x.example", []string{"a@x.example", "b@x.example"}},
		{"a@x.example, b@x.example; Sales, EMEA", []string{"a@x.example", "b@x.example", "Sales, EMEA"}},
		{"News;NEWS; news", []string{"News"}},
		{"News <news@x.example>", []string{"news@x.example"}},
		{"* myContacts ::: partners ::: News", []string{"partners", "News"}},
		{"Partners\nNews", []string{"Partners", "News"}},
	} {
		if diff := cmp.Diff(test.want, splitGroups(nil, test.cell)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.cell, diff)
		}
	}
}

func TestCleanText(t *testing.T) {
	for _, test := range []struct {
		value, want string
		said        bool
	}{
		{"plain", "plain", false},
		{"  around ", "around", false},
		{"\u00a0Ana\u00a0Pop\u2009", "Ana Pop", true},
		{"A\u200bna", "Ana", true},
		{"\ufeffAna", "Ana", true},
		{"Șerban Ţîru", "Șerban Ţîru", false}, // both forms of the letter stay
		{"two\r\nlines\rthree", "two\nlines\nthree", false},
		{"be\x07ll", "bell", true},
		{"نام\u200cها", "نام\u200cها", false}, // a joiner that is part of the spelling
		{"O’Hara", "O’Hara", false},
	} {
		got, change := cleanText(test.value)
		if got != test.want || change != "" != test.said {
			t.Errorf("%q gives %q (%s), want %q", test.value, got, change, test.want)
		}
	}
}

func TestParseYesNo(t *testing.T) {
	for text, want := range map[string]string{"": "unknown", "Yes": "yes", "TRUE": "yes", "da": "yes", "Tak": "yes", "$false": "no", "nein": "no", "0": "no", "maybe": "error"} {
		got := "unknown"
		switch value, err := parseYesNo(text); {
		case err != nil:
			got = "error"
		case value != nil && *value:
			got = "yes"
		case value != nil:
			got = "no"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestHeaderNamesAreUnderstood(t *testing.T) {
	for _, test := range []struct{ header, want string }{
		{"E-Mail|Name|Vorname|Verteiler", "email|last_name|first_name|groups"},
		{"Adresă de e-mail|Nume|Prenume|Liste de distribuție", "email|last_name|first_name|groups"},
		{"ADRESA  DE E-MAIL|NUME COMPLET|GRUPURI", "email|display_name|groups"},
		{"Correo electrónico|Nombre|Apellidos|Grupos", "email|first_name|last_name|groups"},
		{"Adresse électronique|Nom|Prénom|Listes de diffusion", "email|last_name|first_name|groups"},
		{"Adres e-mail|Imię i nazwisko|Stanowisko|Grupy", "email|display_name|title|groups"},
		{"Indirizzo di posta elettronica|Nome|Cognome|Gruppi", "email|first_name|last_name|groups"},
		{"Name|EmailAddress|Groups", "display_name|email|groups"},
		{"First Name|Middle Name|Last Name|Title|Suffix|E-mail Address|Job Title|Categories", "first_name||last_name|||email|title|groups"},
		{"Email|Categories|Groups", "email||groups"},
		{"Email|Categories|Labels|Groups", "email|||groups"},
		{"Extension Attribute 7|Custom attribute 12|email", "custom_attribute_7|custom_attribute_12|email"},
		{"Person|Email|DL", "display_name|email|groups"},
	} {
		cols, err := columnsOf(strings.Split(test.header, "|"), nil)
		if err != nil {
			t.Errorf("%s: %v", test.header, err)
		}
		var got []string
		for _, c := range cols {
			got = append(got, c.field)
		}
		if strings.Join(got, "|") != test.want {
			t.Errorf("%s is taken for %s, want %s", test.header, strings.Join(got, "|"), test.want)
		}
	}
}

// TestHeaderNamesDoNotClash finds a name that stands in the table under two
// fields, of which only the first would count.
func TestHeaderNamesDoNotClash(t *testing.T) {
	field := map[string]string{}
	for line := range strings.Lines(headerNames) {
		name, list, _ := strings.Cut(line, ":")
		for word := range strings.SplitSeq(list, ",") {
			key := normalHeader(strings.TrimPrefix(strings.TrimSpace(word), "~"))
			if have := field[key]; have != "" && have != name {
				t.Errorf("%q stands for %s and %s", strings.TrimSpace(word), have, name)
			}
			field[key] = name
		}
	}
}

// TestFieldsAreDecodedInOrder holds that the table of fields and the struct
// that gocsv fills by position agree.
func TestFieldsAreDecodedInOrder(t *testing.T) {
	var tags []string
	structure := reflect.TypeFor[person]()
	for i := range structure.NumField() {
		tag := structure.Field(i).Tag
		count, isArray := tag.Lookup("csv[]")
		if !isArray {
			tags = append(tags, tag.Get("csv"))
			continue
		}
		n, err := strconv.Atoi(count)
		if err != nil {
			t.Fatal(err)
		}
		for j := range n {
			tags = append(tags, fmt.Sprintf("%s_%d", tag.Get("csv"), j+1))
		}
	}
	var names []string
	for _, f := range fields() {
		names = append(names, f.name)
	}
	if diff := cmp.Diff(names, tags); diff != "" {
		t.Errorf("fields against tags (-fields +tags):\n%s", diff)
	}
}

func TestEveryFieldReachesTheContact(t *testing.T) {
	for _, f := range fields() {
		value := "value of " + f.name
		if f.name == fieldHidden {
			value = "yes"
		}
		p, err := (&decoder{}).decode(&Record{Fields: []string{value}}, []column{{field: f.name}})
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		if cmp.Equal(p.contact(), onboard.Contact{}) && len(p.Groups) == 0 && p.EmployeeID == "" {
			t.Errorf("%s is lost", f.name)
		}
	}
}

func TestExplanationsCoverAllCodes(t *testing.T) {
	for _, e := range Explanations() {
		if e.Code == "" || e.Meaning == "" || e.NextStep == "" {
			t.Errorf("%+v is incomplete", e)
		}
		if p := newProblem(e.Code, "x"); p.NextStep != e.NextStep {
			t.Errorf("%s: next step %q", e.Code, p.NextStep)
		}
	}
}

func TestMeantDomain(t *testing.T) {
	if got := meantDomain("ana@gmial.com"); got != "ana@gmail.com" {
		t.Errorf("ana@gmial.com: %q is meant", got)
	}
	if got := meantDomain("ana@gmail.com"); got != "" {
		t.Errorf("ana@gmail.com: %q is meant", got)
	}
}
