package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// args are a command's parameters.
type args map[string]any

// bypass is what lets an app change a group that it does not own.
var bypass = args{"BypassSecurityGroupManagerCheck": true}

func (a args) and(more args) args {
	sum := args{}
	for _, part := range []args{a, more} {
		for name, value := range part {
			sum[name] = value
		}
	}
	return sum
}

func (w *wire) anchor() string {
	return "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" + w.tenantID()
}

func (w *wire) invokePath() string { return "/adminapi/beta/" + w.tenantID() + "/InvokeCommand" }

func command(cmdlet string, parameters args) map[string]any {
	if parameters == nil {
		parameters = args{}
	}
	return map[string]any{"CmdletInput": map[string]any{"CmdletName": cmdlet, "Parameters": parameters}}
}

// run sends one command, as the admin unless an option says otherwise.
func (w *wire) run(t *testing.T, cmdlet string, parameters args, options ...option) answer {
	t.Helper()
	return w.runAt(t, w.invokePath(), cmdlet, parameters, options...)
}

func (w *wire) runAt(t *testing.T, target, cmdlet string, parameters args, options ...option) answer {
	t.Helper()
	body, err := json.Marshal(command(cmdlet, parameters))
	if err != nil {
		t.Fatal(err)
	}
	return w.send(t, "POST", target, body, append([]option{w.exchange(t)}, options...)...)
}

// exchange sets what every request to Exchange has.
func (w *wire) exchange(t *testing.T) option {
	token := w.as(t, admin, exchangeScope)
	return func(r *http.Request) {
		token(r)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-AnchorMailbox", w.anchor())
	}
}

// must is run for commands that have to succeed.
func (w *wire) must(t *testing.T, cmdlet string, parameters args, options ...option) answer {
	t.Helper()
	a := w.run(t, cmdlet, parameters, options...)
	if a.status/100 != 2 {
		t.Fatalf("%s %v: %d %s", cmdlet, parameters, a.status, a.raw)
	}
	return a
}

// newContact makes a contact whose Name is its address.
func (w *wire) newContact(t *testing.T, address string) map[string]any {
	t.Helper()
	return w.must(t, "New-MailContact", args{"Name": address, "ExternalEmailAddress": address}).values()[0]
}

// exchangeError is the error object in the form that was captured.
type exchangeError struct {
	Code    string
	Message string
	Details []struct{ Code, Target, Message string }
	Inner   struct {
		Message, Type string
		Internal      struct{ Message, Type string } `json:"internalexception"`
	} `json:"innererror"`
}

func (a answer) exchangeError() exchangeError {
	var in struct{ Error exchangeError }
	_ = json.Unmarshal(a.raw, &in) // what is no error has none
	return in.Error
}

// refusal is the text that tells most: of the first detail, or else, after an
// exclamation mark, of the inner exception.
func (a answer) refusal() string {
	e := a.exchangeError()
	if len(e.Details) > 0 {
		return e.Details[0].Message
	}
	return "!" + e.Inner.Internal.Message
}

// wantRefusal checks status and text. A text that ends in "…" need only begin so.
func (a answer) wantRefusal(t *testing.T, status int, text string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d\n%s", a.status, status, a.raw)
	}
	got := a.refusal()
	if prefix, open := strings.CutSuffix(text, "…"); got != text && !(open && strings.HasPrefix(got, prefix)) {
		t.Errorf("text\n  %s\nwant\n  %s", got, text)
	}
}

// bare checks a refusal without a word.
func (a answer) bare(t *testing.T, status int) {
	t.Helper()
	if a.status != status || len(a.raw) != 0 {
		t.Errorf("%d %q, want %d and no body", a.status, a.raw, status)
	}
}

// nul checks a 403 whose body is NUL bytes.
func (a answer) nul(t *testing.T) {
	t.Helper()
	if a.status != http.StatusForbidden || len(a.raw) == 0 || strings.Trim(string(a.raw), "\x00") != "" {
		t.Errorf("%d %q, want 403 and NUL bytes", a.status, a.raw)
	}
}
