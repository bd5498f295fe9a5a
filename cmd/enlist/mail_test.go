package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdMail sends a mail to the script's tenant, authenticated if the sender is
// one of contoso.example, and checks what the tenant says: accepted, held (for
// a moderator), unreturnable (sent on with an empty return path), or the code
// of its refusal, as in 5.7.133.
func cmdMail(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: mail FROM TO accepted|held|unreturnable|CODE")
	}
	if got := mailAnswer(ts, args[0], args[1]); got != args[2] {
		ts.Fatalf("mail from %s to %s: %s, want %s", args[0], args[1], got, args[2])
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
	case delivery.ReturnPath == "":
		return "unreturnable"
	}
	return "accepted"
}
