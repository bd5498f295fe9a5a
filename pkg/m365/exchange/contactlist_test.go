package exchange

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func collected(list iter.Seq2[ListedContact, error]) (all []ListedContact, err error) {
	for c, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func TestListContacts(t *testing.T) {
	s := newServer(t,
		func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"@odata.nextLink":"https://%s%s?$skiptoken=2","@adminapi.warnings":["There are more results available than are currently displayed."],
 "value":[{"ExternalDirectoryObjectId":"e1","WindowsEmailAddress":"ana@x.example","Company":"Fabrikam","OtherTelephone":["1","2"]}]}`, r.Host, r.URL.Path)
		},
		say(200, `{"value":[{"WindowsEmailAddress":"bo@x.example","Company":null}]}`))
	got, err := collected(s.client(t).ListContacts(t.Context(), time.Date(2026, 3, 9, 15, 4, 5, 0, time.FixedZone("", 3600)), "Company", "OtherTelephone"))
	if err != nil {
		t.Fatal(err)
	}
	want := []ListedContact{
		{ID: "e1", Address: "ana@x.example", Values: map[string]string{"Company": "Fabrikam", "OtherTelephone": "1, 2"}},
		{Address: "bo@x.example", Values: map[string]string{"Company": "", "OtherTelephone": ""}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sent := s.requests[0].input.CmdletInput
	if diff := cmp.Diff(map[string]any{"Filter": "WhenChangedUTC -gt '3/9/2026 2:04:05 PM'", "ResultSize": "Unlimited"}, sent.Parameters); diff != "" || sent.CmdletName != "Get-Contact" {
		t.Errorf("%s (-want +got):\n%s", sent.CmdletName, diff)
	}
	if got, want := s.requests[0].RequestURI, "/adminapi/beta/"+tenantID+"/InvokeCommand?$select=ExternalDirectoryObjectId%2CWindowsEmailAddress%2CCompany%2COtherTelephone"; got != want {
		t.Errorf("URI = %s, want %s", got, want)
	}
}

// A list that breaks off is no list.
func TestListOfContactsThatBreaksOff(t *testing.T) {
	more := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"@odata.nextLink":"https://%s%s?$skiptoken=2","value":[{"PrimarySmtpAddress":"ana@x.example"}]}`, r.Host, r.URL.Path)
	}
	for name, tt := range map[string]struct {
		last http.HandlerFunc
		want error
	}{
		"the second page is refused":    {say(403, "no"), ErrForbidden},
		"more is left, without a link":  {say(200, `{"@adminapi.warnings":["There are more results available than are currently displayed."],"value":[]}`), ErrMalformed},
		"a contact that is none":        {say(200, `{"value":["?"]}`), ErrMalformed},
		"a second page that is no JSON": {say(200, "Done."), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, more, tt.last)
			got, err := collected(s.client(t).ListMailContacts(t.Context(), time.Time{}, "MailTip"))
			if !errors.Is(err, tt.want) || len(got) != 1 {
				t.Errorf("%d contacts, err = %v, want %v", len(got), err, tt.want)
			}
			if _, ok := s.requests[0].input.CmdletInput.Parameters["Filter"]; ok {
				t.Error("all were asked for, and yet with a filter")
			}
		})
	}
}

func TestGroupsAskedForTogether(t *testing.T) {
	const open = `{"Guid":"1","PrimarySmtpAddress":"a@contoso.example","RequireSenderAuthenticationEnabled":false}`
	s := newServer(t, say(200, `{"value":[`+open+`,{"Guid":"2","EmailAddresses":["SMTP:c@contoso.example","smtp:B@contoso.example"],"RequireSenderAuthenticationEnabled":true}]}`),
		say(200, `{"value":[`+open+`,{"Guid":"2"}]}`))
	c := s.client(t)
	got, err := c.DistributionGroups(t.Context(), "a@contoso.example", "b@contoso.example")
	if err != nil || len(got) != 2 || !got[0].Holds("A@contoso.example") || !got[1].Holds("b@contoso.example") || got[1].Holds("a@contoso.example") {
		t.Errorf("got %+v, %v", got, err)
	}
	if filter := s.requests[0].input.CmdletInput.Parameters["Filter"]; filter != "EmailAddresses -eq 'a@contoso.example' -or EmailAddresses -eq 'b@contoso.example'" {
		t.Errorf("filter = %s", filter)
	}
	if _, err := c.DistributionGroups(t.Context(), "a@contoso.example"); !errors.Is(err, ErrMalformed) {
		t.Errorf("a group without its setting: err = %v", err)
	}
	if _, err := c.DistributionGroups(t.Context(), make([]string, MaxGroups+1)...); err == nil {
		t.Error("too many were asked for")
	}
	if _, err := c.FindGroups(t.Context(), make([]string, MaxNames+1)...); err == nil {
		t.Error("too many names were asked for")
	}
}
