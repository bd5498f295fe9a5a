package exchange

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeCommand(t *testing.T) {
	cases := []struct {
		name, body string
		want       command
		fails      bool
	}{
		{"no parameters", `{"CmdletInput":{"CmdletName":"Get-X"}}`, command{name: "Get-X"}, false},
		{"empty parameters", `{"CmdletInput":{"CmdletName":"Get-X","Parameters":{}}}`, command{name: "Get-X"}, false},
		{"in their order", `{"CmdletInput":{"CmdletName":"Get-X","Parameters":{"B":true,"A":"x"}}}`,
			command{"Get-X", []argument{{"B", true}, {"A", "x"}}}, false},
		{"null parameters", `{"CmdletInput":{"CmdletName":"Get-X","Parameters":null}}`, command{}, true},
		{"parameters in a list", `{"CmdletInput":{"CmdletName":"Get-X","Parameters":[]}}`, command{}, true},
		{"no cmdlet", `{"CmdletInput":{}}`, command{}, true},
		{"no input", `{}`, command{}, true},
		{"nothing", ``, command{}, true},
		{"cut off", `{"CmdletInput":{"CmdletName":"Get-X"`, command{}, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, err := decodeCommand([]byte(tc.body))
			if (err != nil) != tc.fails {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(command{}, argument{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Whatever comes in, decoding and binding either give values of the declared
// types or an error that can be written.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		`{"CmdletInput":{"CmdletName":"New-MailContact","Parameters":{"Name":"a","ExternalEmailAddress":"a@b.example"}}}`,
		`{"CmdletInput":{"CmdletName":"Set-DistributionGroup","Parameters":{"Identity":"a","RequireSenderAuthenticationEnabled":false,"BypassSecurityGroupManagerCheck":true}}}`,
		`{"CmdletInput":{"CmdletName":"Set-MailContact","Parameters":{"Identity":"a","EmailAddresses":{"@odata.type":"#Exchange.GenericHashTable","add":["x"],"remove":["y"]}}}}`,
		`{"CmdletInput":{"CmdletName":"Get-Recipient","Parameters":{"ResultSize":"Unlimited","Filter":"Name -eq 'x'"}}}`,
		`{"CmdletInput":{"CmdletName":"Set-Contact","Parameters":{"Identity":1e9,"Manager":null,"CountryOrRegion":"RO"}}}`,
	} {
		f.Add([]byte(seed))
	}
	table := cmdletTable()
	all := rightsOf(everything)
	f.Fuzz(func(t *testing.T, body []byte) {
		cmd, failed := decodeCommand(body)
		if failed != nil {
			return
		}
		c := table[strings.ToLower(cmd.name)]
		if c == nil {
			return
		}
		bound, failed := bind(c, cmd.args, all)
		if failed != nil {
			if failed.text == "" || failed.status < 400 {
				t.Errorf("error without words: %+v", failed)
			}
			return
		}
		for name, v := range bound {
			checkType(t, c.param(name), v)
		}
	})
}

func checkType(t *testing.T, p *param, v any) {
	ok := false
	switch p.kind {
	case boolParam, switchParam:
		_, ok = v.(bool)
	case sizeParam:
		n, isInt := v.(int)
		ok = isInt && (n > 0 || n == unlimited)
	case listParam:
		_, ok = v.([]string)
	case multiParam:
		_, ok = v.(multi)
	case recipientParam:
		_, ok = v.(string)
		ok = ok || v == nil
	default:
		_, ok = v.(string)
	}
	if !ok {
		t.Errorf("parameter %s is bound to %T(%v)", p.name, v, v)
	}
}
