package exchange

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContactAttributes(t *testing.T) {
	s := newServer(t, say(200, `{"value":[{"Company":"Fabrikam","Fax":null,"OtherTelephone@odata.type":"#Collection(String)","OtherTelephone":["1","2"],"Hidden":true,"Named":"False"}]}`))
	got, err := s.client(t).ContactAttributes(t.Context(), "ana", "Company", "Fax", "OtherTelephone", "Hidden", "Named", "Missing")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Company": "Fabrikam", "Fax": "", "OtherTelephone": "1, 2", "Hidden": "true", "Named": "False", "Missing": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("attributes (-want +got):\n" + diff)
	}
	if cmdlet := s.requests[0].input.CmdletInput.CmdletName; cmdlet != "Get-Contact" {
		t.Errorf("%s was sent", cmdlet)
	}
}

func TestAttributesOfNobody(t *testing.T) {
	for body, want := range map[string]error{`{"value":[]}`: ErrObjectNotFound, `{"value":[{},{}]}`: ErrAmbiguous, `{"value":["?"]}`: ErrMalformed} {
		if _, err := newServer(t, say(200, body)).client(t).MailContactAttributes(t.Context(), "ana", "MailTip"); !errors.Is(err, want) {
			t.Errorf("%s gives %v, want %v", body, err, want)
		}
	}
}

func TestChangeContact(t *testing.T) {
	s := newServer(t, say(200, ""))
	c := s.client(t)
	if err := errors.Join(
		c.ChangeContact(t.Context(), "ana", map[string]any{"Company": "Fabrikam", "Fax": nil}),
		c.ChangeMailContact(t.Context(), "ana", map[string]any{"HiddenFromAddressListsEnabled": false}),
	); err != nil {
		t.Fatal(err)
	}
	for i, want := range []map[string]any{
		{"Identity": "ana", "Company": "Fabrikam", "Fax": nil},
		{"Identity": "ana", "HiddenFromAddressListsEnabled": false},
	} {
		sent := s.requests[i].input.CmdletInput
		if diff := cmp.Diff(want, sent.Parameters); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sent.CmdletName, diff)
		}
	}
}
