package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"

	"enlist/pkg/simtenant/smtp"
)

// cmdMail sends a mail to the script's tenant, authenticated if the sender is
// one of contoso.example, and checks what the tenant says: accepted, held (for
// a moderator), bounced (by a group in the group that had accepted it),
// unreturnable (sent on with an empty return path), or the code of its refusal,
// as in 5.7.133.
func cmdMail(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: mail FROM TO accepted|held|unreturnable|CODE")
	}
	if got := mailAnswer(ts, args[0], args[1]); got != args[2] {
		ts.Fatalf("mail from %s to %s: %s, want %s", args[0], args[1], got, args[2])
	}
}

// cmdMails sends the mails of a table. Each of its lines has a policy, a group of
// contoso.example, the address of a partner, and what the tenant says to that
// partner, to another outsider and to Bogdan, who is inside.
func cmdMails(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mails FILE POLICY")
	}
	sent := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		cells := strings.Fields(line)
		if len(cells) != 6 || cells[0] != args[1] {
			continue
		}
		group := cells[1] + "@contoso.example"
		for i, from := range []string{cells[2], "stranger@elsewhere.example", "bogdan@contoso.example"} {
			sent++
			if got, want := mailAnswer(ts, from, group), cells[3+i]; got != want {
				ts.Fatalf("%s: mail from %s to %s: %s, want %s", args[1], from, group, got, want)
			}
		}
	}
	if sent == 0 {
		ts.Fatalf("%s has no line about %s", args[0], args[1])
	}
}

func mailAnswer(ts *testscript.TestScript, from, to string) string {
	server := tenantOf(ts).server
	var client *gosmtp.Client
	var err error
	if inside := strings.HasSuffix(from, "@contoso.example"); inside {
		roots, rootsErr := readRoots(ts.MkAbs("ca.pem"), "")
		ts.Check(rootsErr)
		client, err = gosmtp.DialStartTLS(server.SMTPAddr(), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
		ts.Check(err)
		ts.Check(client.Auth(sasl.NewPlainClient("", from, server.App().Secret)))
	} else {
		client, err = gosmtp.Dial(server.SMTPAddr())
		ts.Check(err)
	}
	defer client.Close()

	before := len(server.Deliveries())
	err = client.SendMail(from, []string{to}, strings.NewReader("Subject: hello\r\n\r\nHello.\r\n"))
	var refused *gosmtp.SMTPError
	if errors.As(err, &refused) {
		code := refused.EnhancedCode
		return fmt.Sprintf("%d.%d.%d", code[0], code[1], code[2])
	}
	ts.Check(err)
	delivery := server.Deliveries()[before]
	switch {
	case len(delivery.Held) > 0:
		return "held"
	case slices.ContainsFunc(delivery.Bounced, byGroup):
		return "bounced"
	case delivery.ReturnPath == "":
		return "unreturnable"
	}
	return "accepted"
}

// byGroup reports whether the mail was refused by a group, which is inside the
// organisation, and not by a contact.
func byGroup(b smtp.Bounce) bool { return strings.HasSuffix(b.Address, "@contoso.example") }
