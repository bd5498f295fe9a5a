package contract_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
)

// bounces is a claim about an outsider's mail that is refused.
func bounces(row, from, to, code string) claim {
	return claim{row, func(t *testing.T, w *wire) {
		if got := w.mail(t, from, to); got != code {
			t.Errorf("mail to %s got %s, want %s", to, got, code)
		}
	}}
}

func mailClaims() []claim {
	const stranger, partner = "eve@elsewhere.example", "sales@adatum.example"
	return []claim{
		bounces("E9.1 5.7.133: the group wants senders to be authenticated", stranger, "partners@contoso.example", "550 5.7.133"),
		bounces("E9.1 being a member does not make an outsider authenticated", partner, "suppliers@contoso.example", "550 5.7.133"),
		bounces("E9.2 5.7.124: the sender is not on the group's list", stranger, "listed@contoso.example", "550 5.7.124"),
		bounces("E9.2 5.7.124 goes away for who is on the list", partner, "listed@contoso.example", "250"),
		bounces("E9.2 5.7.136: a mail user refuses outsiders", stranger, "closed.user@contoso.example", "550 5.7.136"),
		bounces("E9.2 5.7.134: a mailbox refuses outsiders", stranger, "closed.box@contoso.example", "550 5.7.134"),
		bounces("E9.2 5.7.12: a contact refuses outsiders", stranger, "shy@contoso.example", "550 5.7.12"),
		bounces("E9.2 5.7.193: a Microsoft 365 group refuses outsiders", stranger, "project-team@contoso.example", "550 5.7.193"),
		{"E9.1 Set-DistributionGroup -RequireSenderAuthenticationEnabled $false opens the group", func(t *testing.T, w *wire) {
			w.must(t, "Set-DistributionGroup", bypass.and(args{"Identity": "Partners", "RequireSenderAuthenticationEnabled": false}))
			if got := w.mail(t, stranger, "partners@contoso.example"); got != "250" {
				t.Errorf("mail got %s", got)
			}
			w.send(t, "GET", "/sim/state", nil).want(t, 200, `"recipients":["carla.costa@fabrikam.example","ada@contoso.example"]`)
		}},
		{"E9.2 5.7.193 goes away with Set-UnifiedGroup", func(t *testing.T, w *wire) {
			w.must(t, "Set-UnifiedGroup", args{"Identity": "Project Team", "RequireSenderAuthenticationEnabled": false})
			if got := w.mail(t, stranger, "project-team@contoso.example"); got != "250" {
				t.Errorf("mail got %s", got)
			}
		}},
		{"E9.2 5.7.1: the sender is rejected by name", func(t *testing.T, w *wire) {
			w.must(t, "Set-DistributionGroup", bypass.and(args{"Identity": "Open House", "RejectMessagesFrom": []string{"Old Supplier"}}))
			if got := w.mail(t, partner, "open-house@contoso.example"); got != "550 5.7.1" {
				t.Errorf("mail got %s", got)
			}
		}},
		{"E9.3 a moderated group holds mail, for its owners when no moderator is set", func(t *testing.T, w *wire) {
			if got := w.mail(t, stranger, "moderated@contoso.example"); got != "250" {
				t.Errorf("mail got %s", got)
			}
			w.send(t, "GET", "/sim/state", nil).want(t, 200, `"recipients":[],"held":["moderated@contoso.example"]`)
		}},
		{"E9.3 without reports to originator and manager the return path is blank", func(t *testing.T, w *wire) {
			if got := w.mail(t, stranger, "silent@contoso.example"); got != "250" {
				t.Errorf("mail got %s", got)
			}
			w.send(t, "GET", "/sim/state", nil).want(t, 200, `"to":"silent@contoso.example","return_path":"","recipients":["ada@contoso.example"]`)
		}},
		{"E7.4 only members may send to a group of more than 5,000", func(t *testing.T, w *wire) {
			var crowd []string
			for i := range 5001 {
				crowd = append(crowd, w.newContact(t, fmt.Sprintf("crowd%04d@litware.example", i))["Name"].(string))
			}
			w.must(t, "Update-DistributionGroupMember", bypass.and(args{"Identity": "Open House", "Members": crowd}))
			if got := w.mail(t, stranger, "open-house@contoso.example"); got != "550 5.7.124" {
				t.Errorf("mail got %s", got)
			}
		}},
	}
}

// mail sends a mail from outside and tells the reply: 250, or code and enhanced
// code of the refusal.
func (w *wire) mail(t *testing.T, from, to string) string {
	t.Helper()
	c, err := gosmtp.Dial(w.srv.SMTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	err = c.SendMail(from, []string{to}, strings.NewReader("Subject: offer\r\n\r\nOur offer.\r\n"))
	var refused *gosmtp.SMTPError
	switch {
	case errors.As(err, &refused):
		e := refused.EnhancedCode
		return fmt.Sprintf("%d %d.%d.%d", refused.Code, e[0], e[1], e[2])
	case err != nil:
		t.Fatal(err)
	}
	return "250"
}
