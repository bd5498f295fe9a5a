package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"enlist/pkg/cause"
	"enlist/pkg/m365/cloud"
)

// checkCredential tells which credential was chosen and for how long it is
// good. That there is one is known already.
func (e *examination) checkCredential(context.Context) {
	e.ok("credential", e.Identity.String())
	if until := e.Identity.CertificateExpires(); !until.IsZero() {
		e.note(judgeCertificate(until, time.Now()))
	}
}

func judgeCertificate(until, now time.Time) Finding {
	left := until.Sub(now)
	days := int(left.Hours() / 24)
	f := Finding{
		Check:    "certificate",
		Verdict:  OK,
		Message:  fmt.Sprintf("good until %s, for %d more days", until.Format(time.DateOnly), days),
		NextStep: "Make a new certificate and register its public part beside the old one, under Certificates & secrets of the app registration; then replace the file that AZURE_CLIENT_CERTIFICATE_PATH names.",
	}
	switch {
	case left <= 0:
		f.Verdict, f.Message = Failed, "expired on "+until.Format(time.DateOnly)
	case left < expiresSoon:
		f.Verdict = Warning
	default:
		f.NextStep = ""
	}
	return f
}

// signIn gets a token for one API and returns what it says.
func (e *examination) signIn(ctx context.Context, check string, source func() (*cloud.TokenSource, error), rests ...string) (cloud.Claims, bool) {
	if !e.need(check, rests...) {
		return cloud.Claims{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	tokens, err := source()
	if err != nil {
		e.note(Finding{Check: check, Verdict: Failed, Message: cause.Text(err), NextStep: "Correct the credential in the environment."})
		return cloud.Claims{}, false
	}
	if _, err := tokens.Token(ctx); err != nil {
		e.note(refused(check, err))
		return cloud.Claims{}, false
	}
	claims, err := tokens.Claims(ctx)
	if err != nil {
		e.note(Finding{Check: check, Verdict: Warning, Message: "got a token, but what it allows can't be read: " + cause.Text(err), NextStep: "Try a small file with: enlist run"})
		return cloud.Claims{}, false
	}
	e.ok(check, "got a token for tenant "+claims.TenantID)
	return claims, true
}

// refused is a sign-in that failed.
func refused(check string, err error) Finding {
	f := Finding{Check: check, Verdict: Failed, Message: cause.Text(err)}
	if signIn, ok := errors.AsType[*cloud.SignInError](err); ok {
		f.Message = strings.TrimSuffix(cause.Plain(signIn.Message, err), ".")
		if signIn.Code != "" {
			f.Message += " (" + signIn.Code + ")"
		}
		f.NextStep = signIn.NextStep
		f.Later = signIn.Temporary
	}
	return f
}

// permission is something that an app must be granted.
type permission struct {
	check  string
	api    string
	enough []string // any of these will do; the first is the least
	// otherwise is what a run does without the permission; empty if it fails.
	otherwise string
}

// checkPermission looks for a permission in the token.
func (e *examination) checkPermission(claims cloud.Claims, p permission) {
	least := p.enough[0]
	if claims.Scopes != "" {
		e.note(Finding{Check: p.check, Verdict: Warning,
			Message:  "a person is signed in, not an app, so the permission " + least + " can't be judged by the token",
			NextStep: "For unattended runs, register an app: enlist doctor --script prints how."})
		return
	}
	for _, name := range p.enough {
		if slices.Contains(claims.Roles, name) {
			e.ok(p.check, name+" is granted")
			return
		}
	}
	f := Finding{Check: p.check, Verdict: Failed,
		Message:  fmt.Sprintf("the app lacks the permission %s of %s", least, p.api),
		NextStep: "Add it under API permissions of the app registration, as an application permission, and grant admin consent. " + printHow}
	if p.otherwise != "" {
		f.Verdict = Warning
		f.Message += "; without it " + p.otherwise
	}
	e.note(f)
}

const printHow = "\"enlist doctor --script\" prints the commands for it."
