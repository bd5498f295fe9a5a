package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestJudgeClock(t *testing.T) {
	tests := []struct {
		ahead time.Duration
		signs bool
		want  Verdict
		says  string
	}{
		{2 * time.Second, true, OK, "agrees"},
		{-59 * time.Second, true, OK, "agrees"},
		{90 * time.Second, true, Warning, "1m30s ahead of"},
		{-10 * time.Minute, true, Failed, "10m0s behind"},
		{-10 * time.Minute, false, Warning, "10m0s behind"},
	}
	for _, tt := range tests {
		f := judgeClock(tt.ahead, tt.signs)
		if f.Verdict != tt.want || !strings.Contains(f.Message, tt.says) || (f.Verdict == OK) != (f.NextStep == "") {
			t.Errorf("%v: %+v", tt.ahead, f)
		}
	}
}

func TestJudgeCertificate(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		left time.Duration
		want Verdict
		says string
	}{
		{90 * 24 * time.Hour, OK, "for 90 more days"},
		{8 * 24 * time.Hour, Warning, "good until 2026-12-01, for 8 more days"},
		{-time.Hour, Failed, "expired on 2026-11-23"},
	}
	for _, tt := range tests {
		f := judgeCertificate(now.Add(tt.left), now)
		if f.Verdict != tt.want || !strings.Contains(f.Message, tt.says) || (f.Verdict == OK) != (f.NextStep == "") {
			t.Errorf("%v: %+v", tt.left, f)
		}
	}
}

func TestUnreachableSaysWhy(t *testing.T) {
	tests := []struct {
		err   error
		says  string
		later bool
	}{
		{&net.DNSError{Name: "graph.example"}, "name graph.example is not found", true},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "--cloud-ca", false},
		{&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}}, "clock", false},
		{errors.New("connection refused"), "connection refused", true},
	}
	for _, tt := range tests {
		f := unreachable("reach.graph", "graph.example", tt.err)
		if f.Verdict != Failed || f.Later != tt.later || !strings.Contains(f.Message+f.NextStep, tt.says) {
			t.Errorf("%v: %+v", tt.err, f)
		}
	}
}

func TestScriptGrantsTheLeast(t *testing.T) {
	var script strings.Builder
	err := Script{Cloud: "usgov", Commands: []string{"New-MailContact", "Add-DistributionGroupMember"}}.Write(&script)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"az cloud set --name AzureUSGovernment", "-ExchangeEnvironmentName O365USGovGCCHigh",
		"\ngrant $graph OrgContact.Read.All\n", "\ngrant $graph GroupMember.Read.All\n", "\ngrant $exchange Exchange.ManageAsApp\n",
		`-Roles "Mail Recipient Creation","Distribution Groups","Security Group Creation and Membership"` + "\n",
	} {
		if !strings.Contains(script.String(), want) {
			t.Errorf("%q is not in:\n%s", want, script.String())
		}
	}
	for _, surplus := range []string{"Mail Recipients", "User.Invite.All", "\ngrant $graph User.Read.All"} {
		if strings.Contains(script.String(), surplus) {
			t.Errorf("%q is granted without need in:\n%s", surplus, script.String())
		}
	}
}

func TestScriptForGuests(t *testing.T) {
	var script strings.Builder
	if err := (Script{InvitesGuests: true}).Write(&script); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"grant $graph User.Invite.All\n", "grant $graph GroupMember.ReadWrite.All\n"} {
		if !strings.Contains(script.String(), want) {
			t.Errorf("%q is not in:\n%s", want, script.String())
		}
	}
}
