package exchange

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSuccessTakesManyForms(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		header     []string
		values     int
		warnings   []string
	}{
		{name: "empty body", status: 200},
		{name: "no content", status: 204},
		{name: "null value", status: 200, body: `{"value":null}`},
		{name: "no value", status: 200, body: `{"@adminapi.warnings":[]}`},
		{name: "empty list", status: 200, body: `{"value":[]}`},
		{name: "lone object", status: 200, body: `{"value":{"Guid":"1"}}`, values: 1},
		{name: "byte order mark", status: 200, body: "\ufeff" + `{"value":[{}]}`, values: 1},
		{name: "plain text", status: 200, body: "Done.", warnings: []string{"Done."}},
		{name: "warnings in the body", status: 200, body: `{"adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":["a"]}`, warnings: []string{"a"}},
		{name: "warnings in the header too", status: 200, header: []string{"X-Warnings", `["a","b"]`}, body: `{"@adminapi.warnings":["a"]}`, warnings: []string{"a", "b"}},
		{name: "plain warning in the header", status: 200, header: []string{"X-Warnings", "careful"}, warnings: []string{"careful"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, say(tt.status, tt.body, tt.header...))
			got, err := s.client(t).Invoke(t.Context(), Command{Name: "Set-Contact", Effect: Repeatable})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Values) != tt.values {
				t.Errorf("values = %s, want %d", got.Values, tt.values)
			}
			if diff := cmp.Diff(tt.warnings, got.Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDistributionGroup(t *testing.T) {
	const group = `{"Guid@data.type":"System.Guid","Guid@odata.type":"#Guid","Guid":"9feb","DisplayName":"Partners",
 "IsDirSynced":"False","RequireSenderAuthenticationEnabled":"True","ModerationEnabled":null,"ReportToOriginatorEnabled":true,
 "ManagedBy@odata.type":"#Collection(String)","ManagedBy":["o1"],"AcceptMessagesOnlyFrom":[],"ModeratedBy":null}`
	tests := []struct {
		name, body string
		want       error
	}{
		{"found", `{"value":[` + group + `]}`, nil},
		{"none", `{"value":[]}`, ErrObjectNotFound},
		{"several", `{"value":[` + group + `,` + group + `]}`, ErrAmbiguous},
		{"setting missing", `{"value":[{"Guid":"9feb"}]}`, ErrMalformed},
		{"setting null", `{"value":[{"RequireSenderAuthenticationEnabled":null}]}`, ErrMalformed},
		{"setting not a boolean", `{"value":[{"RequireSenderAuthenticationEnabled":"perhaps"}]}`, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newServer(t, say(200, tt.body)).client(t).DistributionGroup(t.Context(), "partners")
			if !errors.Is(err, tt.want) {
				t.Fatalf("DistributionGroup = %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				return
			}
			want := Group{
				Guid: "9feb", DisplayName: "Partners", ManagedBy: Strings{"o1"}, AcceptMessagesOnlyFrom: Strings{},
				RequireSenderAuthenticationEnabled: true, ReportToOriginatorEnabled: true,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("group (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewMailContactAnswer(t *testing.T) {
	n := NewContact{Name: "ana@f.example", ExternalEmailAddress: "ana@f.example", DisplayName: "Ana"}
	known := Recipient{
		Name: "ana@f.example", DisplayName: "Ana", ExternalEmailAddress: "SMTP:ana@f.example", RecipientTypeDetails: "MailContact",
	}
	full := known
	full.Guid, full.Alias = "g1", "ana"
	for body, want := range map[string]Recipient{
		``: known,
		`{"value":[{"Guid":"g1","Alias":"ana","id":"ana@f.example"}]}`: full,
	} {
		got, err := newServer(t, say(200, body)).client(t).NewMailContact(t.Context(), n)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("answer %q: %v (-want +got):\n%s", body, err, diff)
		}
	}
}

func TestAcceptedDomains(t *testing.T) {
	s := newServer(t, say(200, `{"value":[{"DomainName":"contoso.example","DomainType":"Authoritative","Default":true,"MatchSubDomains":"False"}]}`))
	got, err := s.client(t).AcceptedDomains(t.Context())
	want := []AcceptedDomain{{DomainName: "contoso.example", DomainType: "Authoritative", Default: true}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("AcceptedDomains: %v (-want +got):\n%s", err, diff)
	}
}

func TestFindGroupsLooksWhereTheNameCanBe(t *testing.T) {
	for name, want := range map[string]string{
		"Ana's list":        "DisplayName -eq 'Ana''s list' -or Name -eq 'Ana''s list' -or Alias -eq 'Ana''s list'",
		"p@contoso.example": "EmailAddresses -eq 'p@contoso.example' -or DisplayName -eq 'p@contoso.example' -or Name -eq 'p@contoso.example'",
		tenantID:            "ExternalDirectoryObjectId -eq '" + tenantID + "' -or Guid -eq '" + tenantID + "' -or DisplayName -eq '" + tenantID + "' -or Name -eq '" + tenantID + "'",
	} {
		s := newServer(t, say(200, `{"value":[{"Guid":"g1","RecipientTypeDetails":"DynamicDistributionGroup"}]}`))
		got, err := s.client(t).FindGroups(t.Context(), name)
		if err != nil || len(got) != 1 || got[0].RecipientTypeDetails != "DynamicDistributionGroup" {
			t.Errorf("FindGroups(%q) = %+v, %v", name, got, err)
		}
		if filter := s.requests[0].input.CmdletInput.Parameters["Filter"]; filter != want {
			t.Errorf("filter = %s\nwant %s", filter, want)
		}
	}
}

func TestBypassIsLeftOutWhereTheRoleHasNone(t *testing.T) {
	s := newServer(t, say(400, unknownParameter), ok)
	c := s.client(t)
	for _, member := range []string{"ana", "dan"} {
		if err := c.AddDistributionGroupMember(t.Context(), "g", member); err != nil {
			t.Fatal(err)
		}
	}
	var with []bool
	for _, r := range s.requests {
		_, bypass := r.input.CmdletInput.Parameters["BypassSecurityGroupManagerCheck"]
		with = append(with, bypass)
	}
	if diff := cmp.Diff([]bool{true, false, false}, with); diff != "" {
		t.Errorf("requests with the switch (-want +got):\n%s", diff)
	}
}

func TestAddresses(t *testing.T) {
	r := Recipient{
		PrimarySmtpAddress:   "Ana@f.example",
		ExternalEmailAddress: "SMTP:ana@f.example",
		EmailAddresses:       Strings{"SMTP:ana@F.example", "smtp:pop@f.example", "X500:/o=x", "SIP:ana@f.example"},
	}
	if diff := cmp.Diff([]string{"Ana@f.example", "pop@f.example"}, r.Addresses()); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
}
